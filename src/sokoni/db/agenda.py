"""When the next of each of several things falls due, looked up in one statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

Times: TypeAlias = Sequence[Select[Any]]
"""Each selects the soonest time of its kind: one column of one row, or no row."""


class Agenda:
    """Reads the soonest of each entry; one may have several times, or none at all."""

    def __init__(self, entries: Sequence[Times]) -> None:
        self._sizes = [len(times) for times in entries]
        every = [one.scalar_subquery() for times in entries for one in times]
        self._statement = select(*every) if every else None

    async def read(self, connection: AsyncConnection) -> list[datetime | None]:
        """Return the soonest time of each entry, in their order."""
        found = iter(await self._found(connection))
        return [_soonest([next(found) for _ in range(size)]) for size in self._sizes]

    async def _found(self, connection: AsyncConnection) -> Sequence[datetime | None]:
        if self._statement is None:
            return ()
        return (await connection.execute(self._statement)).one()


def _soonest(times: Sequence[datetime | None]) -> datetime | None:
    return min((at for at in times if at is not None), default=None)
