"""Connections that only read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.db.engine import READING


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Open a connection that only reads: on SQLite it waits for no writer."""
    async with engine.connect() as connection:
        yield await connection.execution_options(**{READING: True})
