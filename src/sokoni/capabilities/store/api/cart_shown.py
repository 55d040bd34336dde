"""Carts and coupons as programs see them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel

from sokoni.capabilities.store.api import order_examples as examples
from sokoni.capabilities.store.api.order_shown import coins
from sokoni.capabilities.store.models.carts import Coupon
from sokoni.capabilities.store.service.carted import CartLine, CartShown


class LineShown(BaseModel, frozen=True):
    """A line of a cart, at today's price."""

    variant_id: UUID
    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    total: Decimal
    left: int | None
    """How many may be had; null: nobody counts."""


class CartSeen(BaseModel, frozen=True, json_schema_extra=examples.CART_SHOWN):
    """What a contact is about to buy."""

    user_id: UUID
    currency: str
    items: Sequence[LineShown]
    saved: Sequence[LineShown]
    """Kept for later."""
    items_total: Decimal
    coupon: str
    note: str
    """For whoever packs or brings the order to be."""
    updated_at: datetime | None
    """Null: nothing was ever in it."""


class CouponShown(BaseModel, frozen=True, json_schema_extra=examples.COUPON_SHOWN):
    """A code that takes a share or an amount off."""

    id: UUID
    code: str
    percent: Decimal | None
    amount: Decimal | None
    least: Decimal
    starts_at: datetime | None
    ends_at: datetime | None
    uses_max: int | None
    uses: int
    once_each: bool


def cart_shown(user_id: UUID, shown: CartShown, note: str, language: str) -> CartSeen:
    return CartSeen(
        user_id=user_id,
        currency=shown.currency,
        items=[_line(one, language) for one in shown.lines],
        saved=[_line(one, language) for one in shown.saved],
        items_total=shown.items_total.amount,
        coupon=shown.coupon,
        note=note,
        updated_at=None if shown.cart is None else shown.cart.updated_at,
    )


def _line(one: CartLine, language: str) -> LineShown:
    return LineShown(
        variant_id=one.id,
        sku=one.variant.sku,
        name=one.name(language),
        quantity=one.quantity,
        unit_price=one.unit.amount,
        total=one.total.amount,
        left=one.left,
    )


def coupon_shown(one: Coupon, currency: str) -> CouponShown:
    shown = {name: getattr(one, name) for name in CouponShown.model_fields}
    for name in ("amount", "least"):
        shown[name] = None if shown[name] is None else coins(shown[name], currency)
    if one.percent is not None:
        shown["percent"] = Decimal(f"{one.percent.normalize():f}")
    return CouponShown(**shown)
