"""Read marks may fail, and the next are sent all the same."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from sokoni.channels.accounts import Accounts, LiveAccount
from sokoni.channels.registry import Registry
from sokoni.db.vault import Vault
from sokoni.kit.ids import AccountId
from sokoni.testing.clock import StoppedClock
from sokoni.workers.read_marks import ReadMarks
from tests.failures.waiting import until
from tests.workers.outgoing import Street, street


class Away(Accounts):
    """Accounts of a database that is away for the first so many who ask."""

    def __init__(self, place: Street, times: int) -> None:
        super().__init__(place.engine, place.vault, Registry(), place.http, place.clock)
        self._left = times

    @override
    async def get(self, account_id: AccountId) -> LiveAccount:
        if self._left:
            self._left -= 1
            raise ConnectionRefusedError
        return await super().get(account_id)


async def test_a_database_that_was_away_ends_no_read_marks(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    async with street(engine, vault, clock) as place:
        number = await place.add_number("1")
        marks, stop = ReadMarks(Away(place, 20)), asyncio.Event()
        running = asyncio.create_task(marks.run(stop))

        async def marked() -> bool:
            return bool(place.graph.marked_read)

        for count in range(21):
            marks.offer(number.id, [f"wamid.{count}"], typing=False)

        assert await until(marked, 5)
        assert [one["message_id"] for one in place.graph.marked_read] == ["wamid.20"]
        stop.set()
        await running
