"""How messages come in and go out: one contract, a folder per provider."""
