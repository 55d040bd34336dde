"""How the server is: a line for every part."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from sokoni.db.engine import READING
from sokoni.db.writing import reading
from sokoni.gateway.queues import Queues, read_queues
from sokoni.kit.clock import Clock
from sokoni.merchants.models import ChannelAccount
from sokoni.merchants.service import TAKEN_OUT
from sokoni.messaging.pricing import Usage, usage

_PATIENCE: Final = 2.0
_IN_SERVICE: Final = select(ChannelAccount.paused_reason).where(
    ChannelAccount.paused_reason != TAKEN_OUT
)
_SILENCE: Final = 120.0
"""Seconds without a step after which a loop hangs: connecting to a lost host alone takes 60."""

Silences: TypeAlias = Callable[[], Mapping[str, float]]
"""Returns for how many seconds each loop of this process has not taken a step."""

Services: TypeAlias = Callable[[], Awaitable[Mapping[str, str]]]
"""Returns how services are that others run for merchants, such as an Auth API: a line for each."""

FAULTS: Final = (OSError, TimeoutError, SQLAlchemyError, RedisError, asyncpg.PostgresError)
"""What a part raises that is not there."""


@dataclass(slots=True)
class Report:
    """The lines, and whether the server can do its work."""

    healthy: bool = True
    lines: list[str] = field(default_factory=list)

    def tell(self, part: str, state: str) -> None:
        self.lines.append(f"{part}: {state}")

    @override
    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)


def no_loops() -> Mapping[str, float]:
    """Speak for a process without loops."""
    return {}


async def no_services() -> Mapping[str, str]:
    """Speak for an installation that depends on nobody."""
    return {}


class Health:
    """Looks at the parts. Without the database nothing works; without Redis it is slower."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        redis_url: str = "",
        silences: Silences = no_loops,
        services: Services = no_services,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._redis_url = redis_url
        self._silences = silences
        self._services = services

    async def report(self) -> Report:
        report = self.alive()
        there = await self._tell(report, "database", self._database)
        report.healthy &= there
        if self._redis_url:
            await self._tell(report, "redis", self._redis)
        if there:
            await self._tell(report, "inbox and outbox", lambda: self._queues(report))
            await self._tell(report, "channels", self._channels)
        await self._tell(report, "services", lambda: self._told(report))
        return report

    def alive(self) -> Report:
        """Tell whether the loops go on; what they wait for does not matter here."""
        silences = self._silences()
        hanging = {loop: since for loop, since in silences.items() if since > _SILENCE}
        report = Report(healthy=not hanging)
        for loop, since in hanging.items():
            report.tell(loop, f"no step for {since:.0f} s")
        if silences and not hanging:
            report.tell("loops", "ok")
        return report

    async def queues(self) -> Queues | None:
        """Return what waits, None where the database is away."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return await read_queues(self._engine, self._clock)
        except FAULTS:
            return None

    async def numbers(self) -> Sequence[Usage] | None:
        """Return what this month's messages of each number cost, None where nobody can tell."""
        try:
            async with asyncio.timeout(_PATIENCE), reading(self._engine) as connection:
                return await usage(connection, self._clock())
        except FAULTS:
            return None

    async def _tell(self, report: Report, part: str, look: Callable[[], Awaitable[str]]) -> bool:
        """Add the part's line; tell whether it is there."""
        try:
            async with asyncio.timeout(_PATIENCE):
                state = await look()
        except FAULTS as error:
            report.tell(part, f"down ({type(error).__name__})")
            return False
        if state:
            report.tell(part, state)
        return True

    async def _database(self) -> str:
        reading = self._engine.execution_options(**{READING: True})
        async with reading.connect() as connection:
            await connection.execute(text("SELECT 1"))
        return "ok"

    async def _channels(self) -> str:
        """Say how many numbers cannot send: their providers will not let them."""
        async with self._engine.execution_options(**{READING: True}).connect() as connection:
            reasons = (await connection.scalars(_IN_SERVICE)).all()
        paused = sum(bool(reason) for reason in reasons)
        return f"{paused} of {len(reasons)} cannot send" if paused else "ok"

    async def _told(self, report: Report) -> str:
        """Add a line for each service. What waits for one that is away is not lost."""
        for name, state in (await self._services()).items():
            report.tell(name, state)
        return ""

    async def _redis(self) -> str:
        async with Redis.from_url(self._redis_url) as redis:
            await redis.ping()
        return "ok"

    async def _queues(self, report: Report) -> str:
        queues = await read_queues(self._engine, self._clock)
        depths = queues.depths
        late = queues.oldest_seconds
        report.tell("inbox", f"{depths['inbox']} waiting, the oldest due for {late:.0f} s")
        report.tell("statuses", f"{depths['statuses']} waiting")
        report.tell("outbox", f"{depths['outbox']} waiting")
        report.tell("requests", f"{depths['requests']} waiting")
        return ""
