"""How much waits in the database: read when somebody asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.base import UtcDateTime
from sokoni.db.engine import READING
from sokoni.kit.clock import Clock

_INBOX: Final = text(
    "SELECT count(*) FROM inbox WHERE state = 0 AND conversation_id IS NOT NULL AND due_at <= :now"
).bindparams(bindparam("now", type_=UtcDateTime()))
"""Timers that fall due in days wait there too."""
# Constants stand in the text, so that plans use the partial indexes.
_DEPTHS: Final[Mapping[str, TextClause]] = {
    "statuses": text("SELECT count(*) FROM inbox WHERE state = 0 AND conversation_id IS NULL"),
    "outbox": text("SELECT count(*) FROM messages WHERE state IN (1, 2)"),
    "requests": text("SELECT count(*) FROM requests WHERE state IN ('waiting', 'running')"),
}
_OLDEST: Final = text(
    "SELECT min(due_at) AS due_at FROM inbox WHERE state = 0 AND conversation_id IS NOT NULL"
).columns(due_at=UtcDateTime())


@dataclass(frozen=True, slots=True)
class Queues:
    """What waits, and for how long the oldest event has been due."""

    depths: Mapping[str, int]
    oldest_seconds: float = 0.0


async def read_queues(engine: AsyncEngine, clock: Clock) -> Queues:
    async with engine.execution_options(**{READING: True}).connect() as connection:
        waiting = (await connection.execute(_INBOX, {"now": clock()})).scalar_one()
        depths = {"inbox": int(waiting)} | {
            name: int((await connection.execute(count)).scalar_one())
            for name, count in _DEPTHS.items()
        }
        due: datetime | None = (await connection.execute(_OLDEST)).scalar_one()
    late = (clock() - due).total_seconds() if due else 0.0
    return Queues(depths, max(late, 0.0))
