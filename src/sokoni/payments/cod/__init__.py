"""Cash on delivery: staff say what was paid, and what was refused."""
