"""Stripe Checkout, by the official SDK."""
