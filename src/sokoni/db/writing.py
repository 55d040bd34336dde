"""Transactions: those that write, and those that only read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.db.faults import is_passing
from sokoni.db.sqlite import READING

T = TypeVar("T")
_PAUSES: Final = (0.05, 0.2, 0.5)
"""Seconds before work that met a passing fault is done anew."""


def writing(engine: AsyncEngine) -> AbstractAsyncContextManager[AsyncConnection]:
    """Begin a transaction that writes; commit it at the end, roll it back on an error.

    On SQLite the transactions of one process queue up (`db/sqlite.py`).
    """
    return engine.begin()


async def write_patiently(
    engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[T]]
) -> T:
    """Do the work in a transaction of its own, and anew where a passing fault undid it."""
    for pause in _PAUSES:
        try:
            return await _written(engine, work)
        except (SQLAlchemyError, OSError) as error:
            if not is_passing(error):
                raise
        await asyncio.sleep(pause)
    return await _written(engine, work)


async def _written(engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    async with writing(engine) as connection:
        return await work(connection)


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Begin a transaction that only reads, and waits for no writer."""
    async with engine.connect() as connection:
        yield await connection.execution_options(**{READING: True})
