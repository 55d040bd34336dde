"""Readers: each finds one kind of value in words."""
