"""Which pieces of an order are meant, and how many of them are still to be sent."""

from collections.abc import Mapping, Sequence

from sokoni.capabilities.store.models.catalogue import VariantId
from sokoni.capabilities.store.models.orders import OrderItem, OrderItemId
from sokoni.errors import AppError

Pieces = Mapping[str, int]
"""How many of what, by SKU or by the id of an item; of all that is left where it is empty."""


class PiecesWrongError(AppError):
    """There are not so many of them in the order, or none that may be moved so."""

    code = "pieces_wrong"
    http_status = 422


def unsent(items: Sequence[OrderItem]) -> Mapping[OrderItemId, int]:
    """Return how many pieces of each item are still to be sent."""
    return {one.id: one.quantity - one.fulfilled - one.called_off for one in items}


def chosen(
    items: Sequence[OrderItem], pieces: Pieces, free: Mapping[OrderItemId, int]
) -> Mapping[OrderItemId, int]:
    """Return how many of each item are meant, or raise `PiecesWrongError`."""
    meant = {item_id: left for item_id, left in free.items() if left}
    if pieces:
        named = {str(one.id): one.id for one in items} | {one.sku: one.id for one in items}
        if not pieces.keys() <= named.keys():
            raise PiecesWrongError(", ".join(sorted(pieces.keys() - named.keys())))
        meant = {named[name]: quantity for name, quantity in pieces.items() if quantity}
    fits = all(0 < quantity <= free[item_id] for item_id, quantity in meant.items())
    if not meant or not fits:
        raise PiecesWrongError(str(dict(pieces)))
    return meant


def by_sku(items: Sequence[OrderItem], meant: Mapping[OrderItemId, int]) -> Mapping[str, int]:
    return {one.sku: meant[one.id] for one in items if one.id in meant}


def by_variant(
    items: Sequence[OrderItem], meant: Mapping[OrderItemId, int]
) -> Mapping[VariantId, int]:
    return {one.variant_id: meant[one.id] for one in items if one.id in meant}
