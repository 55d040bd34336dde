import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.messaging.wakeups import INBOX, OUTBOX, LocalHints
from sokoni.messaging.wakeups.postgresql import PostgresHints
from sokoni.messaging.wakeups.redis import RedisHints
from sokoni.messaging.wakeups.remote import RemoteHints
from tests.conftest import Databases

SOON = 5.0
REDIS = "redis://127.0.0.1:6379/15"

Connect = Callable[[], RemoteHints]


@pytest.fixture(params=["postgresql", "redis"])
def connect(request: pytest.FixtureRequest, databases: Databases) -> Connect:
    if request.param == "postgresql":
        url = databases.url("postgresql")
        return lambda: PostgresHints(url)
    try:
        Redis.from_url(REDIS).ping()
    except RedisError as error:
        pytest.skip(f"no redis here: {type(error).__name__}")
    return lambda: RedisHints(REDIS)


@pytest.fixture
async def pair(connect: Connect) -> AsyncIterator[tuple[RemoteHints, RemoteHints]]:
    async with connect() as here, connect() as there:
        await asyncio.gather(here.connected(), there.connected())
        for topic in (INBOX, OUTBOX):
            await asyncio.gather(here.wait(topic, 0), there.wait(topic, 0))
        yield here, there


async def test_a_hint_wakes_who_waits_for_its_topic() -> None:
    hints = LocalHints()
    waits = [asyncio.create_task(hints.wait(topic, SOON)) for topic in (INBOX, OUTBOX)]
    await asyncio.sleep(0)

    hints.notify(INBOX)

    done, other = await asyncio.wait(waits, timeout=0.05)
    assert done == {waits[0]}
    for wait in other:
        wait.cancel()


async def test_nobody_hints_and_the_wait_ends() -> None:
    assert not await LocalHints().wait(INBOX, 0.01)


async def test_a_hint_given_between_two_waits_is_heard() -> None:
    hints = LocalHints()
    await hints.wait(INBOX, 0)

    hints.notify(INBOX)
    hints.notify(INBOX)

    assert await hints.wait(INBOX, 0)
    assert not await hints.wait(INBOX, 0)


async def test_every_listener_hears_for_itself() -> None:
    hints = LocalHints()
    ears = [hints.listener(INBOX) for _ in range(3)]

    hints.notify(INBOX)

    assert all([await ear.wait(0) for ear in ears])


async def test_a_hint_crosses_processes(pair: tuple[RemoteHints, RemoteHints]) -> None:
    here, there = pair

    here.notify(OUTBOX)

    assert await there.wait(OUTBOX, SOON)
    assert not await there.wait(INBOX, 0)
    assert await here.wait(OUTBOX, 0)


async def test_many_hints_travel_as_few(pair: tuple[RemoteHints, RemoteHints]) -> None:
    here, there = pair
    heard = 0

    for _ in range(1000):
        here.notify(INBOX)
    while await there.wait(INBOX, 0.1):
        heard += 1

    assert 1 <= heard <= 2


async def test_one_does_not_wake_itself_twice(pair: tuple[RemoteHints, RemoteHints]) -> None:
    here, there = pair
    here.notify(INBOX)
    await there.wait(INBOX, SOON)

    assert await here.wait(INBOX, 0)

    assert not await here.wait(INBOX, 0.05)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_broken_line_mends_itself(database_url: str, engine: AsyncEngine) -> None:
    async with PostgresHints(database_url) as here, PostgresHints(database_url) as there:
        await asyncio.gather(here.connected(), there.connected())
        await asyncio.gather(here.wait(INBOX, 0), there.wait(INBOX, 0))
        async with engine.connect() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
                )
            )

        woken_to_look = await asyncio.gather(here.wait(INBOX, SOON), there.wait(INBOX, SOON))
        await asyncio.gather(here.connected(), there.connected())
        await asyncio.gather(here.wait(INBOX, 0.1), there.wait(INBOX, 0.1))
        here.notify(INBOX)

        assert all(woken_to_look)
        assert await there.wait(INBOX, SOON)


async def test_without_a_line_the_process_still_wakes_itself() -> None:
    async with RedisHints("redis://127.0.0.1:1/0") as hints:
        hints.notify(INBOX)

        assert await hints.wait(INBOX, SOON)


async def test_closing_ends_in_whatever_moment_it_comes(connect: Connect) -> None:
    for moment in range(60):
        async with asyncio.timeout(SOON), connect() as hints:
            hints.notify(INBOX)
            await asyncio.sleep(moment / 5_000)
