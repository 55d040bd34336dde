"""A service of the merchant's own that registers people and sends them codes (seed 002)."""
