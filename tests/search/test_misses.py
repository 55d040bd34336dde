"""What was looked for in vain is counted by words and day, and says nothing of anybody."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.kit.ids import MerchantId, new_id
from sokoni.search.misses import Missed, Misses, prune_misses, worth_noting
from tests.conftest import THREE

every_database = pytest.mark.parametrize("database_url", THREE, indirect=True)
SHELF = "store.products"
NOON = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Africa/Harare"))


@pytest.fixture
def misses(session: AsyncSession) -> Misses:
    return Misses(session, MerchantId(new_id()))


@every_database
async def test_what_is_wanted_most_comes_first(misses: Misses) -> None:
    await misses.note(SHELF, "Gas  Stoves", NOON)
    await misses.note(SHELF, "Paraffin", NOON)
    await misses.note(SHELF, "gas stove", NOON + timedelta(days=1))

    listed = await misses.listed(SHELF, since=date(2026, 3, 1), limit=10)

    assert listed == [
        Missed("gas stove", 2, NOON + timedelta(days=1)),
        Missed("paraffin", 1, NOON),
    ]
    assert await misses.listed(SHELF, since=date(2026, 3, 1), limit=10, offset=1) == listed[1:]


@every_database
async def test_what_is_missed_is_told_by_language(misses: Misses) -> None:
    for language in ("sn", "en", "sn"):
        await misses.note(SHELF, "mazai", NOON, language=language)

    listed = await misses.listed(SHELF, since=date(2026, 3, 1), limit=10)

    assert [(one.language, one.count) for one in listed] == [("sn", 2), ("en", 1)]
    english = await misses.listed(SHELF, since=date(2026, 3, 1), limit=10, language="en")
    assert english == listed[1:]


@every_database
async def test_the_day_is_the_merchants(misses: Misses) -> None:
    just_after_midnight = NOON.replace(hour=0, minute=5)
    await misses.note(SHELF, "candles", just_after_midnight)

    assert await misses.listed(SHELF, since=date(2026, 3, 2), limit=10)
    assert await misses.listed(SHELF, since=date(2026, 3, 3), limit=10) == []


@every_database
async def test_nobody_sees_what_was_missed_elsewhere(
    misses: Misses, session: AsyncSession
) -> None:
    await Misses(session, MerchantId(new_id())).note(SHELF, "candles", NOON)
    await misses.note("library.books", "candles", NOON)

    assert await misses.listed(SHELF, since=date(2026, 1, 1), limit=10) == []


@every_database
async def test_old_ones_are_deleted(misses: Misses, session: AsyncSession) -> None:
    await misses.note(SHELF, "candles", NOON)
    await misses.note(SHELF, "matches", NOON + timedelta(days=9))
    connection = await session.connection()

    gone = await prune_misses(connection, NOON + timedelta(days=15), timedelta(days=10))

    (left,) = await misses.listed(SHELF, since=date(2026, 1, 1), limit=10)
    assert (gone, left.words) == (1, "match")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("gas stove, call 0771 234 567", "gas stove call"),
        ("my number +263771234567", "my number"),
        ("A15 cable", "a15 cable"),
        ("!!!", ""),
        ("one two three four five six seven eight", "one two three four five six"),
        ("x" * 200, "x" * 40),
    ],
)
def test_no_number_of_anybody_is_kept(said: str, kept: str) -> None:
    assert worth_noting(said) == kept
