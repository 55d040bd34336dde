from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.db.agenda import Agenda
from sokoni.db.writing import writing
from sokoni.kit.ids import new_id
from sokoni.messaging.models import InboxEvent
from sokoni.messaging.waiting import NEWS, STATUSES, TURNS
from sokoni.testing.clock import NOON
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)
HOUR = timedelta(hours=1)


async def waits(connection: AsyncConnection, kind: str, hours: int, *, aside: bool = True) -> None:
    """Put down an event that falls due in so many hours."""
    row = {
        "id": new_id(),
        "merchant_id": new_id(),
        "account_id": new_id(),
        "conversation_id": None if aside else new_id(),
        "key": new_id().hex,
        "kind": kind,
        "payload": b"",
        "state": 0,
        "received_at": NOON,
        "due_at": NOON + hours * HOUR,
    }
    await connection.execute(insert(InboxEvent).values(row))


async def test_of_each_kind_the_soonest_is_told(engine: AsyncEngine) -> None:
    async with writing(engine) as connection:
        for hours in (3, 2):
            await waits(connection, "status", hours)
        await waits(connection, "message", 1, aside=False)

        found = await Agenda([TURNS, STATUSES, NEWS]).read(connection)

    assert found == [NOON + HOUR, NOON + 2 * HOUR, None]


async def test_several_times_of_one_kind_are_one(engine: AsyncEngine) -> None:
    async with writing(engine) as connection:
        await waits(connection, "status", 2)
        await waits(connection, "template", 1)

        found = await Agenda([[], [*STATUSES, *NEWS]]).read(connection)

    assert found == [None, NOON + HOUR]


async def test_without_times_nothing_is_asked(engine: AsyncEngine) -> None:
    async with writing(engine) as connection:
        assert await Agenda([[], []]).read(connection) == [None, None]


async def test_no_row_is_no_time(engine: AsyncEngine) -> None:
    nobody = select(InboxEvent.due_at).where(InboxEvent.state == -1)

    async with writing(engine) as connection:
        assert await Agenda([[nobody]]).read(connection) == [None]
