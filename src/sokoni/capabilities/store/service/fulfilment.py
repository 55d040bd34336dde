"""What becomes of the goods of an order: sent in parts or whole, delivered, brought back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from sokoni.capabilities.store.machine import By, Charge, Move, Status
from sokoni.capabilities.store.models.catalogue import VariantId
from sokoni.capabilities.store.models.orders import Order, OrderId, OrderItem, OrderItemId
from sokoni.capabilities.store.service.dues import wanted, worth
from sokoni.capabilities.store.service.moves import Moves, Moving
from sokoni.capabilities.store.service.stock import Stock
from sokoni.db.session import rows_changed
from sokoni.errors import AppError
from sokoni.kit.ids import MerchantId

Pieces = Mapping[str, int]
"""How many of what, by SKU or by the id of an item; of all that is left where it is empty."""


class PiecesWrongError(AppError):
    """There are not so many of them in the order, or none that may be moved so."""

    code = "pieces_wrong"
    http_status = 422


class Fulfilment:
    """What staff of one merchant do with the goods of orders."""

    def __init__(
        self, session: AsyncSession, merchant_id: MerchantId, now: datetime, staff: str
    ) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._staff = staff
        self._moves = Moves(session, merchant_id, now)
        self._stock = Stock(session, merchant_id, now)

    async def fulfil(self, order: Order, pieces: Pieces, *, tracking: str = "") -> Order:
        """Send some of it, or all that is left; `OrderMovedError`, `PiecesWrongError`."""
        self._moves.check(order, Move.FULFIL, By.STAFF)
        items = await self._items(order)
        unsent = _unsent(items)
        sent = _chosen(items, pieces, unsent)
        left = sum(unsent.values()) - sum(sent.values())
        status = Status.PARTLY_FULFILLED if left else Status.FULFILLED
        data = {"pieces": _by_sku(items, sent)} | ({"tracking": tracking} if tracking else {})
        async with self._session.begin_nested():
            moved = await self._make(order, Move.FULFIL, {"status": status}, data)
            await self._count(OrderItem.fulfilled, sent)
        return moved

    async def call_off(self, order: Order, pieces: Pieces, *, reason: str = "") -> Order:
        """Note that what was not sent, or some of it, does not come: it is for sale again.

        Money that was paid for it is another affair; what was not paid yet is not wanted.
        """
        self._moves.check(order, Move.CALL_OFF, By.STAFF)
        items = await self._items(order)
        unsent = _unsent(items)
        off = _chosen(items, pieces, unsent)
        less = sum((worth(order, one, off[one.id]) for one in items if one.id in off), Decimal(0))
        values: dict[str, Any] = {"called_off": order.called_off + less}
        if order.status == Status.PARTLY_FULFILLED and sum(unsent.values()) == sum(off.values()):
            values["status"] = Status.FULFILLED
        if order.charge_status == Charge.COD and less >= wanted(order):
            values["charge_status"] = Charge.PAID
        data = {"pieces": _by_sku(items, off), "amount": str(less)}
        data |= {"reason": reason} if reason else {}
        async with self._session.begin_nested():
            moved = await self._make(order, Move.CALL_OFF, values, data)
            await self._count(OrderItem.called_off, off)
            await self._stock.restock(_by_variant(items, off))
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
        back = _chosen(items, pieces, {one.id: one.fulfilled - one.returned for one in items})
        left = sum(one.fulfilled - one.returned for one in items) - sum(back.values())
        status = Status.PARTLY_RETURNED if left else Status.RETURNED
        data = {"pieces": _by_sku(items, back), "restocked": restock}
        async with self._session.begin_nested():
            moved = await self._make(order, Move.RETURN, {"status": status}, data)
            await self._count(OrderItem.returned, back)
            if restock:
                await self._stock.restock(_by_variant(items, back))
        return moved

    async def note(self, order: Order, text: str) -> Order:
        """Write something down in the order's history, for colleagues."""
        return await self._make(order, Move.NOTE, {}, {"note": text})

    async def _count(
        self, column: InstrumentedAttribute[int], pieces: Mapping[OrderItemId, int]
    ) -> None:
        for item_id, quantity in sorted(pieces.items()):
            counting = update(OrderItem).where(
                OrderItem.merchant_id == self._merchant_id, OrderItem.id == item_id
            )
            await rows_changed(self._session, counting.values({column: column + quantity}))

    async def _make(
        self, order: Order, move: Move, values: Mapping[str, Any], data: Mapping[str, object]
    ) -> Order:
        moving = Moving(move=move, by=By.STAFF, staff=self._staff, values=values, data=data)
        return await self._moves.make(order, moving)

    async def _items(self, order: Order) -> Sequence[OrderItem]:
        order_id = OrderId(order.id)
        return (await self._moves.items([order_id]))[order_id]


def _unsent(items: Sequence[OrderItem]) -> Mapping[OrderItemId, int]:
    return {one.id: one.quantity - one.fulfilled - one.called_off for one in items}


def _chosen(
    items: Sequence[OrderItem], pieces: Pieces, free: Mapping[OrderItemId, int]
) -> Mapping[OrderItemId, int]:
    """Return how many of each item are meant, or raise `PiecesWrongError`."""
    chosen = {item_id: left for item_id, left in free.items() if left}
    if pieces:
        named = {str(one.id): one.id for one in items} | {one.sku: one.id for one in items}
        if not pieces.keys() <= named.keys():
            raise PiecesWrongError(", ".join(sorted(pieces.keys() - named.keys())))
        chosen = {named[name]: quantity for name, quantity in pieces.items() if quantity}
    fits = all(0 < quantity <= free[item_id] for item_id, quantity in chosen.items())
    if not chosen or not fits:
        raise PiecesWrongError(str(dict(pieces)))
    return chosen


def _by_sku(items: Sequence[OrderItem], chosen: Mapping[OrderItemId, int]) -> Mapping[str, int]:
    return {one.sku: chosen[one.id] for one in items if one.id in chosen}


def _by_variant(
    items: Sequence[OrderItem], chosen: Mapping[OrderItemId, int]
) -> Mapping[VariantId, int]:
    return {one.variant_id: chosen[one.id] for one in items if one.id in chosen}
