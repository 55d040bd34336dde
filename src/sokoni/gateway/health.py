"""How the server is: a line for every part."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from sokoni.db.engine import READING
from sokoni.gateway.queues import Queues, read_queues
from sokoni.kit.clock import Clock

_PATIENCE: Final = 2.0
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
        return "\n".join(self.lines) + "\n"


class Health:
    """Looks at the parts. Without the database nothing works; without Redis it is slower."""

    def __init__(self, engine: AsyncEngine, clock: Clock, redis_url: str = "") -> None:
        self._engine = engine
        self._clock = clock
        self._redis_url = redis_url

    async def report(self) -> Report:
        report = Report()
        report.healthy = await self._tell(report, "database", self._database)
        if self._redis_url:
            await self._tell(report, "redis", self._redis)
        if report.healthy:
            await self._tell(report, "inbox and outbox", lambda: self._queues(report))
        return report

    async def queues(self) -> Queues | None:
        """Return what waits, None where the database is away."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return await read_queues(self._engine, self._clock)
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
