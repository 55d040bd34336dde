"""What contacts can do in the shop, a module for each of them or a few."""
