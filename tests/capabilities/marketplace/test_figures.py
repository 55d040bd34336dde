"""What the marketplace counts by day."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.figures import by_day
from sokoni.db.days import Days
from sokoni.db.vault import Vault
from sokoni.testing.clock import NOON
from tests.capabilities.marketplace.factories import (
    MARKET,
    RIVAL,
    create_contact,
    create_listing,
    create_request,
)
from tests.conftest import THREE

HARARE = ZoneInfo("Africa/Harare")


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_listings_and_requests_are_counted_by_day_for_one_merchant(
    session: AsyncSession, vault: Vault
) -> None:
    farai = await create_contact(session, vault, "Farai")
    rival = await create_contact(session, vault, "Rival", merchant_id=RIVAL)
    for day, listings in ((0, 1), (1, 2), (3, 1)):
        for _ in range(listings):
            await create_listing(session, farai, now=NOON + timedelta(days=day))
    await create_listing(session, rival, merchant_id=RIVAL, now=NOON + timedelta(days=1))
    await create_request(session, farai, now=NOON + timedelta(days=3))

    counted = await by_day(session, MARKET, Days.until(NOON + timedelta(days=3), HARARE, 3))

    assert counted == {
        "listings": {date(2026, 3, 3): 2, date(2026, 3, 5): 1},
        "buy_requests": {date(2026, 3, 5): 1},
    }
