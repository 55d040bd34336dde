"""What the store keeps of a contact, for whoever may ask for all that is kept."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.carts import Cart, CartItem, CouponUse, StoreCustomer
from sokoni.capabilities.store.models.orders import Order, OrderEvent, OrderItem
from sokoni.db.exporting import exported
from sokoni.kit.ids import ContactId, MerchantId

_HIDDEN: Final = frozenset(
    {"merchant_id", "contact_id", "conversation_id", "staff"} | {"address", "pin", "note"}
)
"""Whom else it is about, and what is sealed: the contact wrote it, and it stands in the log."""


async def export(
    session: AsyncSession, merchant_id: MerchantId, contact_id: ContactId
) -> Mapping[str, Any]:
    """Return the contact's carts and orders, with all that happened to them."""
    carts = select(Cart.id).where(Cart.merchant_id == merchant_id, Cart.contact_id == contact_id)
    orders = select(Order.id).where(
        Order.merchant_id == merchant_id, Order.contact_id == contact_id
    )
    used = (CouponUse.merchant_id == merchant_id, CouponUse.contact_id == contact_id)
    theirs = {
        "store_customer": select(StoreCustomer).where(StoreCustomer.contact_id == contact_id),
        "carts": select(Cart).where(Cart.contact_id == contact_id),
        "cart_items": select(CartItem).where(CartItem.cart_id.in_(carts)),
        "coupon_uses": select(CouponUse).where(*used),
        "orders": select(Order).where(Order.contact_id == contact_id),
        "order_items": select(OrderItem).where(OrderItem.order_id.in_(orders)),
        "order_events": select(OrderEvent).where(OrderEvent.order_id.in_(orders)),
    }
    return await exported(session, merchant_id, theirs, _HIDDEN)
