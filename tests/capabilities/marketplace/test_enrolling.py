"""Whoever becomes a seller in two places at once is one seller."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.marketplace.models import Seller
from sokoni.capabilities.marketplace.service.sellers import Sellers, Stall
from sokoni.db.writing import writing
from sokoni.kit.ids import ContactId, new_id
from sokoni.testing.clock import NOON
from sokoni.web.parts import session_on
from tests.capabilities.marketplace.factories import GOKWE, HARARE, MARKET
from tests.conftest import THREE


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_two_who_enrol_the_same_contact_at_once_find_one_seller(
    engine: AsyncEngine,
) -> None:
    contact_id = ContactId(new_id())

    async def enrol_later() -> Stall:
        async with writing(engine) as connection, session_on(connection) as session:
            return await Sellers(session, MARKET, NOON).enrol(contact_id, HARARE)

    async with writing(engine) as connection, session_on(connection) as session:
        first = await Sellers(session, MARKET, NOON).enrol(contact_id, GOKWE)
        later = asyncio.create_task(enrol_later())
        await asyncio.sleep(0.1)
    second = await later

    assert (second.id, second.place_name) == (first.id, "Gokwe")
    async with AsyncSession(engine) as session:
        assert list(await session.scalars(select(Seller.id))) == [first.id]
