import asyncio
from collections.abc import AsyncIterator

import pytest
from asyncpg import Connection
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.engine import open_engine

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Return a second way into the same database."""
    engine = open_engine(database_url, pool_size=1)
    yield engine
    await engine.dispose()


async def backend(engine: AsyncEngine) -> int:
    return int((await driver_of(engine)).get_server_pid())


async def driver_of(engine: AsyncEngine) -> Connection:
    """Return the connection of the driver that is lent next."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
        return (await connection.get_raw_connection()).driver_connection


async def hang_up(other: AsyncEngine, driver: Connection) -> None:
    """Have the server end a connection, and wait until the driver has heard of it."""
    heard = asyncio.Event()
    driver.add_termination_listener(lambda _: heard.set())
    async with other.connect() as connection:
        pid = driver.get_server_pid()
        await connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    await asyncio.wait_for(heard.wait(), timeout=10)


async def test_a_connection_that_the_server_ended_is_replaced_before_it_is_lent(
    engine: AsyncEngine, other: AsyncEngine
) -> None:
    before = await driver_of(engine)
    await hang_up(other, before)

    assert await backend(engine) != before.get_server_pid()


async def test_a_connection_that_lives_is_lent_again(engine: AsyncEngine) -> None:
    assert await backend(engine) == await backend(engine)
