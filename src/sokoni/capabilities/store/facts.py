"""What the store knows of contacts that an audience may ask for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, select

from sokoni.capabilities.store.machine import Status
from sokoni.capabilities.store.models.carts import Cart, CartItem
from sokoni.capabilities.store.models.orders import Order
from sokoni.contacts.facts import Fact, FactKind, since
from sokoni.kit.ids import MerchantId


def _buyers(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:
    """Select who ordered something, at all or of late; what was cancelled is no order."""
    buyers = select(Order.contact_id).where(
        Order.merchant_id == merchant_id, Order.status != Status.CANCELLED
    )
    return buyers.where(Order.placed_at >= since(wanted, now)) if wanted else buyers


def _carts(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:  # noqa: ARG001
    return (
        select(Cart.contact_id)
        .join(CartItem, CartItem.cart_id == Cart.id)
        .where(Cart.merchant_id == merchant_id, Cart.open == 1, CartItem.saved.is_(False))
    )


FACTS: Final[Mapping[str, Fact]] = {
    "store.last_order": Fact(
        about="Ordered within so many days, and did not cancel it.",
        kind=FactKind.DAYS,
        people=_buyers,
    ),
    "store.ordered": Fact(
        about="Ever ordered, and did not cancel it.", kind=FactKind.FLAG, people=_buyers
    ),
    "store.cart": Fact(about="Has something in the cart.", kind=FactKind.FLAG, people=_carts),
}
