"""Asks when the next of what waits falls due, as the loops of a worker do."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.db.agenda import Agenda, Times
from sokoni.db.writing import reading


async def next_due(connection: AsyncConnection, times: Times) -> datetime | None:
    (soonest,) = await Agenda([times]).read(connection)
    return soonest


async def next_due_in(engine: AsyncEngine, times: Times) -> datetime | None:
    async with reading(engine) as connection:
        return await next_due(connection, times)
