"""Counts in memory that are added to the database, whatever is there already."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.dialogue.journeys import Happened, Mark
from sokoni.dialogue.tally import Counted, Tally, counts_since
from sokoni.kit.ids import MerchantId, new_id
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE

MERCHANT = MerchantId(new_id())
STARTED, LEFT = Mark("sell", Happened.STARTED), Mark("sell", Happened.LEFT, "price")
every_database = pytest.mark.parametrize("database_url", THREE, indirect=True)


@every_database
async def test_two_processes_add_to_the_same_counts(
    engine: AsyncEngine, session: AsyncSession, clock: StoppedClock
) -> None:
    one, other = Tally(engine), Tally(engine)
    for tally, times in ((one, 2), (other, 3), (one, 1)):
        tally.count(MERCHANT, clock().date(), [STARTED] * times)
        await tally.flush()
    other.count(MERCHANT, clock().date(), [LEFT])
    await other.flush()

    found = await counts_since(session, MERCHANT, clock().date())

    assert found == [
        Counted("sell", "", Happened.STARTED, 6),
        Counted("sell", "price", Happened.LEFT, 1),
    ]


async def test_days_are_kept_apart(
    engine: AsyncEngine, session: AsyncSession, clock: StoppedClock
) -> None:
    tally = Tally(engine)
    tally.count(MERCHANT, clock().date(), [STARTED])
    clock.advance(timedelta(days=1))
    tally.count(MERCHANT, clock().date(), [STARTED, STARTED])
    await tally.flush()

    [today] = await counts_since(session, MERCHANT, clock().date())
    [both] = await counts_since(session, MERCHANT, clock().date() - timedelta(days=1))

    assert (today.count, both.count) == (2, 3)


async def test_what_could_not_be_written_is_written_the_next_time(
    engine: AsyncEngine, session: AsyncSession, clock: StoppedClock
) -> None:
    tally = Tally(engine)
    tally.count(MERCHANT, clock().date(), [STARTED])
    await _rename(engine, "task_counts", "elsewhere")
    with pytest.raises(SQLAlchemyError):
        await tally.flush()
    await _rename(engine, "elsewhere", "task_counts")

    tally.count(MERCHANT, clock().date(), [STARTED])
    await tally.flush()

    [found] = await counts_since(session, MERCHANT, clock().date())
    assert found.count == 2


async def _rename(engine: AsyncEngine, old: str, new: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))
