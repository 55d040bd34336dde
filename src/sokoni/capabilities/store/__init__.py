"""The store: one merchant's catalogue, carts and orders."""
