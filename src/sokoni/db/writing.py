"""Transactions: on SQLite, writers of one process queue up instead of polling a lock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.db.engine import READING

_QUEUES: Final[WeakKeyDictionary[Engine, asyncio.Lock]] = WeakKeyDictionary()


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Begin a transaction that writes; commit it at the end, roll it back on an error.

    SQLite lets one writer in and has the others sleep and look again, up to a tenth of a second
    at a time: an ordinary lock in front of it wakes the next one at once.
    """
    if engine.dialect.name != "sqlite":
        async with engine.begin() as connection:
            yield connection
        return
    async with (
        _QUEUES.setdefault(engine.sync_engine, asyncio.Lock()),
        engine.begin() as connection,
    ):
        yield connection


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Open a connection that only reads: on SQLite it waits for no writer."""
    async with engine.connect() as connection:
        yield await connection.execution_options(**{READING: True})
