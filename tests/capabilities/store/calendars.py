"""A shop whose calendar is looked into, as the sweep does."""

from collections.abc import Mapping
from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.calendar import CALENDAR
from sokoni.merchants.models import Merchant
from sokoni.messaging.events import TimerFor
from tests.capabilities.store.shopping import MONDAY, SHOP
from tests.due import next_due


async def shop(
    session: AsyncSession, settings: Mapping[str, int] | None = None, **store: object
) -> None:
    """Make the merchant, with settings of its own and of its store."""
    merchant = Merchant(
        id=SHOP,
        slug="corner-shop",
        name="Corner Shop",
        country="ZW",
        currency="USD",
        timezone="Africa/Harare",
        languages=["en"],
        capabilities={"store": store},
        settings=dict(settings or {}),
        created_at=MONDAY,
    )
    session.add(merchant)
    await session.flush()


async def due(session: AsyncSession, at: datetime) -> list[TimerFor]:
    """Sweep again and again until nothing more is due by the time."""
    connection = await session.connection()
    found: list[TimerFor] = []
    for _ in range(9):
        soonest = await next_due(connection, CALENDAR.times)
        if soonest is None or at < soonest:
            return found
        found += await CALENDAR.take(connection, at, 100)
    pytest.fail("the calendar never comes to rest")
