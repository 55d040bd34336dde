"""What becomes of the goods of an order: sent in parts or whole, delivered, brought back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.machine import By, Move, Status
from sokoni.capabilities.store.models.orders import Order, OrderId, OrderItem
from sokoni.capabilities.store.service.moves import Moves, Moving
from sokoni.capabilities.store.service.pieces import (
    Pieces,
    by_sku,
    by_variant,
    chosen,
    unsent,
)
from sokoni.capabilities.store.service.stock import Stock
from sokoni.kit.ids import MerchantId


class Fulfilment:
    """What staff of one merchant do with the goods of orders."""

    def __init__(
        self, session: AsyncSession, merchant_id: MerchantId, now: datetime, staff: str
    ) -> None:
        self._session = session
        self._staff = staff
        self._moves = Moves(session, merchant_id, now)
        self._stock = Stock(session, merchant_id, now)

    async def fulfil(self, order: Order, pieces: Pieces, *, tracking: str = "") -> Order:
        """Send some of it, or all that is left; `OrderMovedError`, `PiecesWrongError`."""
        self._moves.check(order, Move.FULFIL, By.STAFF)
        items = await self._items(order)
        left = unsent(items)
        sent = chosen(items, pieces, left)
        rest = sum(left.values()) - sum(sent.values())
        status = Status.PARTLY_FULFILLED if rest else Status.FULFILLED
        data = {"pieces": by_sku(items, sent)} | ({"tracking": tracking} if tracking else {})
        async with self._session.begin_nested():
            moved = await self._make(order, Move.FULFIL, {"status": status}, data)
            await self._moves.count(OrderItem.fulfilled, sent)
        return moved

    async def deliver(self, order: Order) -> Order:
        """Note that the contact has it."""
        return await self._make(order, Move.DELIVER, {}, {})

    async def take_back(self, order: Order, pieces: Pieces, *, restock: bool = True) -> Order:
        """Note that goods came back; they are for sale again unless they are not fit for it.

        Money that was paid for them is another affair.
        """
        self._moves.check(order, Move.RETURN, By.STAFF)
        items = await self._items(order)
        back = chosen(items, pieces, {one.id: one.fulfilled - one.returned for one in items})
        left = sum(one.fulfilled - one.returned for one in items) - sum(back.values())
        status = Status.PARTLY_RETURNED if left else Status.RETURNED
        data = {"pieces": by_sku(items, back), "restocked": restock}
        async with self._session.begin_nested():
            moved = await self._make(order, Move.RETURN, {"status": status}, data)
            await self._moves.count(OrderItem.returned, back)
            if restock:
                await self._stock.restock(by_variant(items, back))
        return moved

    async def note(self, order: Order, text: str) -> Order:
        """Write something down in the order's history, for colleagues."""
        return await self._make(order, Move.NOTE, {}, {"note": text})

    async def _make(
        self, order: Order, move: Move, values: Mapping[str, Any], data: Mapping[str, object]
    ) -> Order:
        moving = Moving(move=move, by=By.STAFF, staff=self._staff, values=values, data=data)
        return await self._moves.make(order, moving)

    async def _items(self, order: Order) -> Sequence[OrderItem]:
        order_id = OrderId(order.id)
        return (await self._moves.items([order_id]))[order_id]
