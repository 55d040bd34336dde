"""What the store keeps: its catalogue, carts and orders.

A module each; whoever loads the tables imports this one.
"""

from sokoni.capabilities.store.models import carts, catalogue, orders

__all__ = ["carts", "catalogue", "orders"]
