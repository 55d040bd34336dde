"""What the store counts by day, for statistics."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.machine import Move
from sokoni.capabilities.store.models.orders import Order, OrderEvent
from sokoni.db.days import Days
from sokoni.kit.ids import MerchantId
from sokoni.kit.money import exponent

_MOVES: Final[Mapping[str, Move]] = {
    "orders": Move.PLACE,
    "orders_paid": Move.PAY,
    "orders_cancelled": Move.CANCEL,
    "orders_unpaid": Move.EXPIRE,
}


async def by_day(
    session: AsyncSession, merchant_id: MerchantId, days: Days
) -> Mapping[str, Mapping[date, int]]:
    """Count what was ordered, paid, cancelled and never paid, by the day on which it was.

    `paid_minor_units` is how much was paid, in the smallest unit of the currency: cents.
    """
    day = days.day_of(OrderEvent.at)
    found = {}
    for name, move in _MOVES.items():
        counting = (
            select(day, func.count())
            .where(OrderEvent.merchant_id == merchant_id, OrderEvent.at >= days.since)
            .where(OrderEvent.move == move)
            .group_by(day.name)
        )
        found[name] = days.counted(await session.execute(counting))
    return {**found, "paid_minor_units": await _paid(session, merchant_id, days)}


async def _paid(session: AsyncSession, merchant_id: MerchantId, days: Days) -> Mapping[date, int]:
    day = days.day_of(OrderEvent.at)
    summing = (
        select(day, func.sum(Order.total), Order.currency)
        .join(Order, Order.id == OrderEvent.order_id)
        .where(OrderEvent.merchant_id == merchant_id, OrderEvent.at >= days.since)
        .where(OrderEvent.move == Move.PAY)
        .group_by(day.name, Order.currency)
    )
    paid: Counter[date] = Counter()
    for row in await session.execute(summing):
        (on,) = days.counted([row])
        paid[on] += int(row[1].scaleb(exponent(row[2])))
    return dict(sorted(paid.items()))
