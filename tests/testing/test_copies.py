"""What one server loaded is copied into the database of the next, which cannot tell."""

from datetime import datetime
from typing import Final

import pytest
from sqlalchemy import func, insert, select

from sokoni.config import Settings
from sokoni.db.engine import open_engine
from sokoni.kit.ids import MerchantId, new_id
from sokoni.search.models import SearchTerm
from sokoni.testing.copies import read_rows
from sokoni.testing.databases import Spares
from sokoni.testing.stage import ChannelName, server
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)

MONDAY: Final = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 -- the merchant's own time
TERM: Final = {"merchant_id": MerchantId(new_id()), "shelf": "products", "term": "sugar"}


async def test_every_row_is_in_the_copy_and_numbers_go_on_behind_them(spares: Spares) -> None:
    spares.loaded.clear()
    settings, channel = Settings(database_url=spares.beside), ChannelName.SIMULATOR

    async with server(settings, channel, "corner-shop", MONDAY, spares=spares) as first:
        loaded = await read_rows(first.app.engine)
        began = first.clock()
    async with server(settings, channel, "corner-shop", MONDAY, spares=spares) as second:
        copied = await read_rows(second.app.engine)
        async with second.app.engine.begin() as connection:
            highest = await connection.scalar(select(func.max(SearchTerm.number)))
            await connection.execute(insert(SearchTerm).values(TERM))
            added = select(SearchTerm.number).where(SearchTerm.merchant_id == TERM["merchant_id"])
            number = await connection.scalar(added)

    assert copied == loaded
    assert second.clock() == began
    assert highest is not None
    assert number == highest + 1


async def test_what_was_left_is_gone_when_a_database_is_lent_again(spares: Spares) -> None:
    async with spares.lent() as url:
        engine = open_engine(url)
        async with engine.begin() as connection:
            await connection.execute(insert(SearchTerm).values(TERM))
        left = await read_rows(engine)
        await engine.dispose()

    async with spares.lent() as again:
        engine = open_engine(again)
        found = await read_rows(engine)
        await engine.dispose()

    assert again == url
    assert len(left) == 1
    assert found == {}
