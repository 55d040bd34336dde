"""Codes by which people prove that a number is theirs: made, counted, checked, and kept as proofs."""
