"""What a channel's own catalogue has, on every database."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.outbound import (
    CatalogueShown,
    Content,
    Option,
    ProductShown,
    ProductsShown,
    Text,
)
from sokoni.db.writing import writing
from sokoni.kit.ids import MerchantId, new_id
from sokoni.messaging.catalogues import CatalogueItems, Doubt, note_doubt
from sokoni.testing.clock import NOON
from tests.conftest import THREE

every_database = pytest.mark.parametrize("database_url", THREE, indirect=True)
SHOP, RIVAL = MerchantId(new_id()), MerchantId(new_id())
LATER = NOON + timedelta(hours=1)
TEAS = (Option("1", "Tea", product="TEA-1"), Option("2", "Chai", product="TEA-2"))
ONE = ProductShown(catalogue="8009", product="TEA-1", body="Tea")
LIST = ProductsShown(catalogue="8009", heading="Shop", body="1. Tea", label="Go", options=TEAS)
ALL = CatalogueShown(catalogue="8009", body="What we sell")


def items(session: AsyncSession, merchant: MerchantId = SHOP) -> CatalogueItems:
    return CatalogueItems(session, merchant, "8009")


@every_database
async def test_what_was_noted_is_known_to_its_merchant_alone(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        await items(session).note({"TEA-1": "a", "TEA-2": "b"}, NOON)
        await items(session).note({"TEA-2": "c"}, LATER)

        assert await items(session).known(["TEA-1", "TEA-3", "tea-2"]) == {"TEA-1"}
        assert await items(session).digests() == {"TEA-1": "a", "TEA-2": "c"}
        assert not await items(session, RIVAL).any()
        assert not await items(session, RIVAL).known(["TEA-1"])


@every_database
async def test_what_is_refused_is_not_known_until_it_is_noted_again(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        await items(session).note({"TEA-1": "a"}, NOON, refused="no title " * 60)
        assert not await items(session).any()
        (why,) = (await items(session).refused()).values()
        assert len(why) <= 300

        await items(session).note({"TEA-1": "a"}, LATER)
        assert await items(session).known(["TEA-1"]) == {"TEA-1"}
        assert await items(session).refused() == {}


@every_database
@pytest.mark.parametrize(
    ("content", "left"), [(ONE, {"TEA-2", "TEA-3"}), (LIST, {"TEA-3"}), (ALL, set())]
)
async def test_a_refused_message_puts_in_doubt_what_it_showed(
    engine: AsyncEngine, content: Content, left: set[str]
) -> None:
    every = dict.fromkeys(["TEA-1", "TEA-2", "TEA-3"], "a")
    async with AsyncSession(engine) as session, session.begin():
        await items(session).note(every, NOON)
        await items(session, RIVAL).note(every, NOON)

    doubt = Doubt.of(SHOP, content, "400/131009")
    assert doubt is not None
    async with writing(engine) as connection:
        await note_doubt(connection, doubt, LATER)

    async with AsyncSession(engine) as session:
        assert set(await items(session).digests()) == left
        assert set((await items(session).refused()).values()) == {"400/131009"}
        assert set(await items(session, RIVAL).digests()) == set(every)


def test_the_refusal_of_other_messages_says_nothing_of_a_catalogue() -> None:
    assert Doubt.of(SHOP, Text("Tea"), "400/131009") is None
