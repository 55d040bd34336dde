"""Deadlocks: whose transaction was taken back does its work again, in a savepoint or not."""

import asyncio

import pytest
from sqlalchemy import Update, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.db.models import ServerFact
from sokoni.db.writing import write_patiently, writing

SERVERS = ("postgresql", "mariadb")


@pytest.mark.parametrize("database_url", SERVERS, indirect=True)
async def test_who_loses_a_deadlock_in_a_savepoint_does_it_again(engine: AsyncEngine) -> None:
    async with writing(engine) as connection:
        for name in ("one", "two"):
            await connection.execute(insert(ServerFact).values(name=name, value=""))
    both = asyncio.Barrier(2)
    tries = 0

    async def crossing(connection: AsyncConnection, first: str, second: str) -> None:
        nonlocal tries
        tries += 1
        again = tries > 2
        async with connection.begin_nested():
            await connection.execute(_longer(first, "a"))
            if not again:
                await both.wait()
            await connection.execute(_longer(second, "b"))

    await asyncio.gather(
        write_patiently(engine, lambda one: crossing(one, "one", "two")),
        write_patiently(engine, lambda one: crossing(one, "two", "one")),
    )

    async with writing(engine) as connection:
        rows = await connection.execute(select(ServerFact.value))
        assert sorted("".join(sorted(row.value)) for row in rows) == ["ab", "ab"]
    assert tries == 3


def _longer(name: str, more: str) -> Update:
    fact = update(ServerFact).where(ServerFact.name == name)
    return fact.values(value=ServerFact.value + more)
