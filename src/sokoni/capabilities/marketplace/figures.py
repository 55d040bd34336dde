"""What the marketplace counts by day, for statistics."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import BuyRequest, Listing
from sokoni.db.days import Days
from sokoni.kit.ids import MerchantId

_COUNTED: Final[Mapping[str, Any]] = {"listings": Listing, "buy_requests": BuyRequest}


async def by_day(
    session: AsyncSession, merchant_id: MerchantId, days: Days
) -> Mapping[str, Mapping[date, int]]:
    """Count what was put up and what was looked for, by the day on which it began."""
    found = {}
    for name, model in _COUNTED.items():
        day = days.day_of(model.created_at)
        rows = await session.execute(
            select(day, func.count())
            .where(model.merchant_id == merchant_id, model.created_at >= days.since)
            .group_by(day.name)
        )
        found[name] = days.counted(rows)
    return found
