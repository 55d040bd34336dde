"""PostgreSQL goes away under load and comes back: nobody restarts anything."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select

from sokoni.db.writing import reading
from sokoni.kit.http import ReqwestClient
from sokoni.messaging.models import InboxEvent
from sokoni.testing.fake_graph import deliver
from tests.failures.place import door, number_id
from tests.failures.town import Town, town
from tests.gateway.away import Relay

pytestmark = pytest.mark.kill


@pytest.mark.parametrize("seconds", [8, 30])
async def test_a_database_that_was_away_is_taken_up_again_without_a_restart(
    postgresql_url: str, tmp_path: Path, seconds: int
) -> None:
    async with _relayed(postgresql_url) as relay, _town(postgresql_url, tmp_path, relay) as run:
        writing = asyncio.create_task(run.crowd.converse(contacts=80, hasty=20))
        await asyncio.sleep(2)
        await relay.shut()
        answered = await _answers_for(run, seconds)
        await relay.open()
        await asyncio.sleep(3)
        run.crowd.enough.set()
        await writing

        assert await run.faults() == []
        assert answered == {503}
        assert await _attempts(run) == 0


async def test_a_database_that_hangs_acknowledges_nothing_and_goes_on(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with _relayed(postgresql_url) as relay, _town(postgresql_url, tmp_path, relay) as run:
        writing = asyncio.create_task(run.crowd.converse(contacts=80, hasty=20))
        await asyncio.sleep(2)
        relay.hang()
        acknowledged = len(run.crowd.wrote)
        await asyncio.sleep(15)
        meanwhile = len(run.crowd.wrote) - acknowledged
        relay.flow()
        await asyncio.sleep(3)
        run.crowd.enough.set()
        await writing

        assert await run.faults() == []
        assert meanwhile <= 5, "only what had been committed when it began to hang"
        assert await _attempts(run) == 0


@asynccontextmanager
async def _relayed(url: str) -> AsyncIterator[Relay]:
    parsed = make_url(url)
    async with Relay(parsed.host or "127.0.0.1", parsed.port or 5432) as relay:
        yield relay


def _town(url: str, folder: Path, relay: Relay) -> AbstractAsyncContextManager[Town]:
    """Run the server behind the relay."""

    def through(url: str) -> str:
        nearer = make_url(url).set(host="127.0.0.1", port=relay.port)
        return nearer.render_as_string(hide_password=False)

    return town(url, folder, 1, through=through)


async def _answers_for(run: Town, seconds: float) -> set[int]:
    """Return with what webhooks are answered while the database is away."""
    webhook = run.graph.webhooks(number_id(0)).text("+263779999999", "menu")
    end = asyncio.get_running_loop().time() + seconds
    answers = set()
    async with ReqwestClient() as http:
        while asyncio.get_running_loop().time() < end:
            answers.add((await deliver(http, door(run.port, 0), webhook)).status)
            await asyncio.sleep(0.2)
    return answers


async def _attempts(run: Town) -> int:
    """Return how often a turn was counted as failed by fault of its message."""
    async with reading(run.engine) as connection:
        found = await connection.scalar(
            select(func.sum(InboxEvent.attempts)).where(InboxEvent.conversation_id.is_not(None))
        )
        return found or 0
