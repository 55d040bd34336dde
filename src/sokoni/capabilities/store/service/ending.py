"""How orders end before anything is sent: cancelled, or not paid in time. Goods are free again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.machine import AWAITED, By, Move
from sokoni.capabilities.store.models.catalogue import VariantId
from sokoni.capabilities.store.models.orders import Order, OrderId
from sokoni.capabilities.store.service.coupons import Coupons
from sokoni.capabilities.store.service.moves import Moves, Moving, OrderMovedError
from sokoni.capabilities.store.service.stock import Stock
from sokoni.kit.ids import MerchantId

LONG: Final = timedelta(days=3650)
"""For as long as money is set aside at a gateway, goods are promised."""
_OVER: Final[Mapping[str, Any]] = {"pay_until": None}


class Endings:
    """Ends one merchant's orders."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._now = now
        self._moves = Moves(session, merchant_id, now)
        self._stock = Stock(session, merchant_id, now)
        self._coupons = Coupons(session, merchant_id, now)

    async def cancel(self, order: Order, by: By, *, staff: str, reason: str) -> Order:
        """Cancel an order, or raise `OrderMovedError`."""
        data = {"reason": reason} if reason else {}
        moving = Moving(move=Move.CANCEL, by=by, staff=staff, values=_OVER, data=data)
        return await self._ended(order, moving)

    async def expire(self, order_id: OrderId) -> Order:
        """Cancel an order that nobody paid in time; `OrderMovedError` where it is not so."""
        order = await self._moves.get(order_id)
        if order.pay_until is None or self._now < order.pay_until:
            raise OrderMovedError(order)
        return await self._ended(order, Moving(move=Move.EXPIRE, by=By.TIME, values=_OVER))

    async def wait_on(self, order: Order) -> None:
        """Promise goods anew to an order that is not over, and free them of one that is."""
        if order.charge_status not in AWAITED:
            await self._stock.release(OrderId(order.id))
            return
        until = self._now + LONG if order.pay_until is None else order.pay_until
        await self._stock.extend(OrderId(order.id), until)

    async def forget(self, order_id: OrderId) -> None:
        """Free what is promised to an order that was erased."""
        await self._stock.release(order_id)

    async def _ended(self, order: Order, moving: Moving) -> Order:
        async with self._session.begin_nested():
            ended = await self._moves.make(order, moving)
            # What was promised is free; what was taken already is put back.
            if not await self._stock.release(OrderId(order.id)):
                await self._stock.restock(await pieces_of(self._moves, OrderId(order.id)))
            await self._coupons.give_back(OrderId(order.id))
        return ended


async def pieces_of(moves: Moves, order_id: OrderId) -> Mapping[VariantId, int]:
    """Return how many of each variant were bought, without those that were called off."""
    pieces: dict[VariantId, int] = {}
    for item in (await moves.items([order_id]))[order_id]:
        left = item.quantity - item.called_off
        pieces[item.variant_id] = pieces.get(item.variant_id, 0) + left
    return {one: count for one, count in pieces.items() if count}
