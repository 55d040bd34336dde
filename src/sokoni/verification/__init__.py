"""Codes by which people prove that a number is theirs, and what they proved."""
