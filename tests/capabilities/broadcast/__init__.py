"""Tests of what is said to many."""
