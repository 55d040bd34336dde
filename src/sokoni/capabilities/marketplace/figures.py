"""What the marketplace counts by day, for statistics."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import BuyRequest, Listing
from sokoni.db.days import counted, day_of
from sokoni.kit.ids import MerchantId

_COUNTED: Final[Mapping[str, Any]] = {"listings": Listing, "buy_requests": BuyRequest}


async def by_day(
    session: AsyncSession, merchant_id: MerchantId, since: datetime
) -> Mapping[str, Mapping[date, int]]:
    """Count what was put up and what was looked for, by the day on which it began."""
    found = {}
    for name, model in _COUNTED.items():
        day = day_of(model.created_at)
        rows = await session.execute(
            select(day, func.count())
            .where(model.merchant_id == merchant_id, model.created_at >= since)
            .group_by(day)
        )
        found[name] = counted(list(rows.all()))
    return found
