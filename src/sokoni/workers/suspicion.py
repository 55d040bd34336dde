"""Which messages a worker may have died of: those that waited while one did (design §3.2)."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.db.writing import reading
from sokoni.kit.clock import Clock
from sokoni.messaging.leases import LEASE, living_until
from sokoni.messaging.turn_rows import Claimed

_LOOKED_EVERY: Final = LEASE / 4
_SETTLED: Final = LEASE * 2
"""Whoever has not extended a lease by then never will."""


class Suspicion:
    """Remembers which workers had left leases behind when this one began.

    A clean stop gives its leases back. One that is still there is a living worker's, which extends
    it, or outlived its owner: until that is known, what had come by then is suspect.
    """

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._left: dict[str, datetime] = {}
        self._until: datetime | None = None
        self._begun = clock()
        self._look_at = self._begun

    async def begin(self) -> None:
        """Learn which leases are there, before this worker takes any."""
        async with reading(self._engine) as connection:
            self._left = await living_until(connection)
        self._begun = now = self._clock()
        self._look_at = now + _LOOKED_EVERY
        self._until = self._latest()

    async def look_again(self, connection: AsyncConnection) -> None:
        """Clear those workers that have shown since then that they live."""
        now = self._clock()
        if self._until is None or now < self._look_at or self._look_at > self._begun + _SETTLED:
            return
        self._look_at = now + _LOOKED_EVERY
        seen = await living_until(connection)
        self._left = {
            owner: until for owner, until in self._left.items() if seen.get(owner) == until
        }
        self._until = self._latest()

    def _latest(self) -> datetime | None:
        """Return when the last of them can have died, as far as this worker must care."""
        return min(max(self._left.values()), self._begun) if self._left else None

    def falls_on(self, one: Claimed) -> bool:
        """Tell whether something of this conversation is to be handled with care."""
        return any(
            event.attempts or (self._until is not None and event.received_at <= self._until)
            for event in one.events
        )
