"""Goods of an order that do not come any more, before or after some of it was sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.machine import AWAITED, OWED, UNSENT, By, Charge, Move, Status
from sokoni.capabilities.store.models.orders import Order, OrderId, OrderItem, OrderItemId
from sokoni.capabilities.store.service.dues import carriage, wanted, worth
from sokoni.capabilities.store.service.ending import pieces_of
from sokoni.capabilities.store.service.moves import Moves, Moving, OrderMovedError
from sokoni.capabilities.store.service.pieces import (
    Pieces,
    by_sku,
    by_variant,
    chosen,
    unsent,
)
from sokoni.capabilities.store.service.stock import Stock
from sokoni.kit.ids import MerchantId


class CallingOff:
    """Has one merchant's staff call off what was not sent yet, or some of it."""

    def __init__(
        self, session: AsyncSession, merchant_id: MerchantId, now: datetime, staff: str
    ) -> None:
        self._session = session
        self._staff = staff
        self._moves = Moves(session, merchant_id, now)
        self._stock = Stock(session, merchant_id, now)

    async def is_all(self, order: Order, pieces: Pieces) -> bool:
        """Tell whether nothing of the order comes then: that is to cancel it.

        `PiecesWrongError`.
        """
        if order.status not in UNSENT:
            return False
        items = await self._items(order)
        left = unsent(items)
        return sum(chosen(items, pieces, left).values()) == sum(left.values())

    async def call_off(
        self, order: Order, pieces: Pieces, *, reason: str = "", shipping: bool = False
    ) -> Order:
        """Note that what was not sent, or some of it, does not come: it is for sale again.

        Money that was paid for it is another affair; what was not paid yet is not wanted.
        `shipping`: nor is what bringing the order costs.
        `OrderMovedError`, also where nothing would be left to send; `PiecesWrongError`.
        """
        self._moves.check(order, Move.CALL_OFF, By.STAFF)
        if await self.is_all(order, pieces):
            raise OrderMovedError(order)
        items = await self._items(order)
        off = chosen(items, pieces, unsent(items))
        less = sum((worth(order, one, off[one.id]) for one in items if one.id in off), Decimal(0))
        less += carriage(order, items) if shipping else Decimal(0)
        said: dict[str, object] = {"reason": reason, "shipping": shipping}
        data = {"pieces": by_sku(items, off), "amount": str(less)}
        moving = Moving(
            move=Move.CALL_OFF,
            by=By.STAFF,
            staff=self._staff,
            values={"called_off": order.called_off + less, **_stands(order, items, off, less)},
            data=data | {name: one for name, one in said.items() if one},
        )
        promised = order.charge_status in AWAITED
        async with self._session.begin_nested():
            moved = await self._moves.make(order, moving)
            await self._moves.count(OrderItem.called_off, off)
            await self._freed(moved, by_variant(items, off), promised=promised)
        return moved

    async def _freed(self, order: Order, pieces: Mapping[Any, int], *, promised: bool) -> None:
        """Have the pieces be for sale again, whether they were only promised or taken."""
        if not promised:
            await self._stock.restock(pieces)
            return
        await self._stock.let_go(OrderId(order.id), pieces)
        if order.charge_status == Charge.PAID:
            rest = await pieces_of(self._moves, OrderId(order.id))
            await self._stock.take(OrderId(order.id), rest)

    async def _items(self, order: Order) -> Sequence[OrderItem]:
        order_id = OrderId(order.id)
        return (await self._moves.items([order_id]))[order_id]


def _stands(
    order: Order, items: Sequence[OrderItem], off: Mapping[OrderItemId, int], less: Decimal
) -> dict[str, Any]:
    """Return how goods and money stand then, where they stand otherwise."""
    values: dict[str, Any] = {}
    left = sum(unsent(items).values()) - sum(off.values())
    if order.status == Status.PARTLY_FULFILLED and not left:
        values["status"] = Status.FULFILLED
    if order.charge_status in OWED and less >= wanted(order):
        values |= {"charge_status": Charge.PAID, "pay_until": None}
        if order.status == Status.PLACED:
            values["status"] = Status.PAID
    return values
