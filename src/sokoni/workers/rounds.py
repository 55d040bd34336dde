"""Runs loops by hand, for a clock that stands still: each as long as it has something to do."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle

from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.agenda import Agenda, Times
from sokoni.db.writing import reading
from sokoni.kit.clock import Clock


def nothing() -> None:
    """Return when a loop without plans of its own has something to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """One loop. What it does takes from `times`, or it is run in vain once a round."""

    run: Callable[[], Awaitable[object]]
    """Do all that is due; return something true if there was anything."""
    times: Times = ()
    """When what waits for it in the database falls due."""
    own: Callable[[], datetime | None] = nothing
    """When it wants to be run besides."""
    foreseen: bool = True
    """A clock that moves on stops when its next falls due."""


class Rounds:
    """Has loops run in their order, by what the database says is due."""

    def __init__(self, engine: AsyncEngine, clock: Clock, loops: Sequence[Loop]) -> None:
        self._engine = engine
        self._clock = clock
        self._loops = loops
        self._agenda = Agenda([loop.times for loop in loops])

    async def run_until_idle(self) -> None:
        """Do everything that is due now, and what that brings with it."""
        waiting, idle = await self._read(), 0
        for place, loop in cycle(enumerate(self._loops)):
            if idle == len(self._loops):
                return
            if self._is_due(waiting[place], loop) and await loop.run():
                waiting, idle = await self._read(), 0
            else:
                idle += 1

    async def next_due(self) -> datetime | None:
        """Return when something falls due next, None where nothing is waited for."""
        waiting = zip(await self._read(), self._loops, strict=True)
        due = [at for at, loop in waiting if loop.foreseen]
        return min((at for at in due if at is not None), default=None)

    async def _read(self) -> list[datetime | None]:
        async with reading(self._engine) as connection:
            return await self._agenda.read(connection)

    def _is_due(self, waiting: datetime | None, loop: Loop) -> bool:
        now = self._clock()
        return any(at is not None and at <= now for at in (waiting, loop.own()))
