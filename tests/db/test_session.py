"""The few ways in which rows are written."""

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.session import insert_once
from sokoni.merchants.models import Merchant
from sokoni.testing.clock import NOON
from tests.conftest import THREE

MERCHANTS: Table = Merchant.metadata.tables["merchants"]


def merchant(slug: str) -> dict[str, object]:
    return {
        "slug": slug,
        "name": slug,
        "country": "ZW",
        "currency": "USD",
        "timezone": "Africa/Harare",
        "languages": ["en"],
        "capabilities": {},
        "settings": {},
        "created_at": NOON,
    }


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_row_that_is_there_is_left_as_it_is(session: AsyncSession) -> None:
    await insert_once(session, MERCHANTS, [merchant("a")])

    await insert_once(session, MERCHANTS, [{**merchant("a"), "name": "other"}, merchant("b")])

    assert await session.scalar(select(func.count()).select_from(MERCHANTS)) == 2
    assert await session.scalar(select(Merchant.name).where(Merchant.slug == "a")) == "a"
    await session.rollback()
