"""Transactions: those that write, and those that only read."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.db.sqlite import READING


def writing(engine: AsyncEngine) -> AbstractAsyncContextManager[AsyncConnection]:
    """Begin a transaction that writes; commit it at the end, roll it back on an error.

    On SQLite the transactions of one process queue up (`db/sqlite.py`).
    """
    return engine.begin()


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Begin a transaction that only reads, and waits for no writer."""
    async with engine.connect() as connection:
        yield await connection.execution_options(**{READING: True})
