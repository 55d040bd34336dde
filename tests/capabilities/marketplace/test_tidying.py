"""What listings and requests leave behind goes when their time is over, and not before."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import Alert, ListingToken, RequestToken
from sokoni.capabilities.marketplace.service.alerts import Alerts, Audience
from sokoni.capabilities.marketplace.tidying import tidy
from sokoni.db.vault import Vault
from sokoni.testing.clock import NOON
from tests.capabilities.marketplace.factories import (
    MARKET,
    create_contact,
    create_listing,
    create_request,
    create_seller,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)

DAY = timedelta(days=1)


async def left(session: AsyncSession) -> list[int]:
    """Count what listings and requests leave behind."""
    tables = (ListingToken, RequestToken, Alert)
    return [await session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


async def test_rows_of_what_ran_out_go_and_others_stay(
    session: AsyncSession, vault: Vault
) -> None:
    seller, buyer = [await create_contact(session, vault) for _ in range(2)]
    await create_seller(session, seller, trades=("=goat",))
    for days_ago, thing in ((31, "goats"), (5, "maize")):
        then = NOON - days_ago * DAY
        await create_listing(session, seller, now=then)
        request = await create_request(session, buyer, thing, now=then)
        await Alerts(session, MARKET, then).next_wave(
            request, Audience(("=goat",), None, within_km=1), size=9, cap=9
        )
    before = await left(session)

    more = await tidy(await session.connection(), NOON)

    assert not more
    assert await left(session) == [count // 2 for count in before]
    assert all(before)


async def test_a_full_batch_asks_for_another(session: AsyncSession, vault: Vault) -> None:
    seller = await create_contact(session, vault)
    for _ in range(250):
        await create_listing(session, seller, now=NOON - 31 * DAY)
    connection = await session.connection()

    assert await tidy(connection, NOON)
    assert not await tidy(connection, NOON)
    assert await left(session) == [0, 0, 0]
