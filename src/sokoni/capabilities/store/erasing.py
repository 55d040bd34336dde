"""What the store keeps of a contact goes. Orders stay as figures that are nobody's any more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.capabilities.store.machine import UNSENT, By, Move
from sokoni.capabilities.store.models.carts import Cart, CartItem, CouponUse, StoreCustomer
from sokoni.capabilities.store.models.orders import Order, OrderEvent, OrderId
from sokoni.capabilities.store.service.ending import Endings
from sokoni.capabilities.store.service.moves import Moves
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.messaging.events import TellTo
from sokoni.messaging.prompts import Worded

_ERASED: Final = "erased"
"""Why what was not sent yet is off."""


async def erase_contact(
    connection: AsyncConnection, merchant_id: MerchantId, contact_id: ContactId, now: datetime
) -> Sequence[TellTo]:
    """Forget who bought, and where it went; cancel what was not sent yet.

    What was sold is the merchant's to account for. Money that was paid for what is cancelled is
    for staff to give back.
    """
    mine = (Order.merchant_id == merchant_id, Order.contact_id == contact_id)
    orders = (await connection.execute(select(Order.id, Order.status).where(*mine))).all()
    unsent = [row.id for row in orders if row.status in UNSENT]
    await _cancel(connection, merchant_id, unsent, now)
    await _forget(connection, [row.id for row in orders], merchant_id, contact_id)
    carts = select(Cart.id).where(Cart.merchant_id == merchant_id, Cart.contact_id == contact_id)
    ids = list(await connection.scalars(carts))
    await connection.execute(delete(CartItem).where(CartItem.cart_id.in_(ids)))
    await connection.execute(delete(Cart).where(Cart.id.in_(ids)))
    customer = (StoreCustomer.merchant_id == merchant_id, StoreCustomer.contact_id == contact_id)
    await connection.execute(delete(StoreCustomer).where(*customer))
    return []


async def _cancel(
    connection: AsyncConnection, merchant_id: MerchantId, ids: Sequence[OrderId], now: datetime
) -> None:
    async with AsyncSession(
        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    ) as session:
        moves, endings = Moves(session, merchant_id, now), Endings(session, merchant_id, now)
        for order_id in ids:
            order = await moves.get(order_id)
            await endings.cancel(order, By.CONTACT, staff="", reason=_ERASED)
        await session.commit()


async def _forget(
    connection: AsyncConnection,
    ids: Sequence[OrderId],
    merchant_id: MerchantId,
    contact_id: ContactId,
) -> None:
    """Give the orders to nobody; notes of staff may be about whom they were of."""
    nobody: dict[str, Any] = {"address": None, "pin": None, "note": None, "conversation_id": None}
    for order_id in ids:
        forgetting = update(Order).where(Order.id == order_id)
        await connection.execute(forgetting.values(contact_id=new_id(), **nobody))
    noted = (OrderEvent.order_id.in_(ids), OrderEvent.move == Move.NOTE)
    await connection.execute(delete(OrderEvent).where(*noted))
    used = (CouponUse.merchant_id == merchant_id, CouponUse.contact_id == contact_id)
    await connection.execute(update(CouponUse).where(*used).values(contact_id=new_id()))


async def leaves(
    session: AsyncSession, merchant_id: MerchantId, contact_id: ContactId
) -> Sequence[Worded]:
    """Say what becomes of orders when whoever placed them is erased."""
    mine = (Order.merchant_id == merchant_id, Order.contact_id == contact_id)
    counting = select(Order.status, func.count()).where(*mine).group_by(Order.status)
    counts = {status: count for status, count in await session.execute(counting)}  # noqa: C416
    unsent = sum(count for status, count in counts.items() if status in UNSENT)
    called_off = Worded("store.forget.unsent", {"number": unsent})
    return [
        *([called_off] if unsent else []),
        *([Worded("store.forget.books")] if counts else []),
    ]
