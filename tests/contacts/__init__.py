"""People: what they agreed to."""
