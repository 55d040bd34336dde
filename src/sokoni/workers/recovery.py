"""Finds in the database what memory does not hold: after a start, a crash, a lost hint."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.db.writing import reading
from sokoni.kit.clock import Clock
from sokoni.kit.ids import OutboxId, trace_of
from sokoni.messaging.lanes import Lane, Lanes
from sokoni.messaging.models import MessageState
from sokoni.messaging.outbox import (
    BODY,
    Mark,
    OutboxSql,
    Outgoing,
    Stored,
    UnreadableContentError,
    read_content,
)

CAPACITY: Final = 20_000
"""Messages held in memory; the rest waits in its rows."""
_AT_ONCE: Final = 500
_GRACE: Final = timedelta(seconds=15)
_REFUSED_PAUSE: Final = timedelta(milliseconds=250)
_log = structlog.get_logger(__name__)


class Recovery:
    """Brings the lanes in line with the rows."""

    def __init__(
        self,
        *,
        engine: AsyncEngine,
        sql: OutboxSql,
        vault: Vault,
        clock: Clock,
        lanes: Lanes,
        unknown_after: timedelta,
    ) -> None:
        self._engine = engine
        self._sql = sql
        self._vault = vault
        self._clock = clock
        self._lanes = lanes
        self._unknown_after = unknown_after

    async def scan(self, shards: Collection[int]) -> list[Mark]:
        """Take up every unsent row of these shards; return marks for those beyond repair."""
        if not shards:
            return []
        async with reading(self._engine) as connection:
            watched = [lane for lane in self._lanes if lane.watched]
            unsent = await self._sql.unsent(connection, sorted(shards))
            ids = {row[0] for row in unsent}
            for lane in watched:
                if lane.ahead is not None and lane.watched and lane.ahead.id not in ids:
                    self._lanes.finish(lane)
            room = max(CAPACITY - len(self._lanes), 0)
            missing = [row[0] for row in unsent if row[0] not in self._lanes][:room]
            return await self._take_up(connection, missing)

    async def reload(self, lanes: Sequence[Lane]) -> list[Mark]:
        """Read these lanes anew: a claim was refused, or an outcome was waited for too long."""
        async with reading(self._engine) as connection:
            conversations = [lane.conversation_id for lane in lanes]
            ids = set(await self._sql.unsent_of(connection, conversations))
            for lane in lanes:
                self._lanes.keep_only(lane, ids)
            missing = [one for one in sorted(ids) if one not in self._lanes]
            return await self._take_up(connection, missing)

    async def refused(self, lanes: Sequence[Lane]) -> list[Mark]:
        """Put back what could not be claimed, and learn why."""
        asked = [(lane, lane.ahead) for lane in lanes]
        for lane in lanes:
            self._lanes.put_back(lane)
        marks = await self.reload(lanes)
        later = self._clock() + _REFUSED_PAUSE
        for lane, outgoing in asked:
            if outgoing is not None and lane.queue and lane.queue[0] is outgoing:
                # Nothing stands before it that we can see: somebody else is at it.
                outgoing.due_at = max(outgoing.due_at, later)
        return marks

    async def _take_up(
        self, connection: AsyncConnection, missing: Sequence[OutboxId]
    ) -> list[Mark]:
        broken = []
        for start in range(0, len(missing), _AT_ONCE):
            for row in await self._sql.load(connection, missing[start : start + _AT_ONCE]):
                mark = self._add(row)
                if mark is not None:
                    broken.append(mark)
        return broken

    def _add(self, row: Stored) -> Mark | None:
        try:
            content = read_content(self._vault.open(BODY, row.id, row.body))
        except (KeyUnknownError, TamperedError, UnreadableContentError) as error:
            _log.error(
                "outbox_row_unreadable",
                trace=trace_of(row.event_id),
                message_id=str(row.id),
                error=type(error).__name__,
            )
            return Mark(id=row.id, state=MessageState.FAILED, error="unreadable")
        lane = self._lanes.add(
            Outgoing(
                id=row.id,
                merchant_id=row.merchant_id,
                account_id=row.account_id,
                conversation_id=row.conversation_id,
                contact_id=row.contact_id,
                event_id=row.event_id,
                purpose=row.purpose,
                shard=row.shard,
                due_at=row.due_at,
                created_at=row.created_at,
                content=content,
                state=row.state,
                state_at=row.state_at,
                attempts=row.attempts,
                resent=row.resent,
                address_version=row.address_version,
                heard_at=row.heard_at,
            )
        )
        self._watch_if_left(lane)
        return None

    def _watch_if_left(self, lane: Lane) -> None:
        """Treat a row found SENDING as one whose outcome is unknown: its sender is gone.

        Its status may itself have waited for us to come back, so it gets a little time from now.
        """
        if lane.ahead is not None or not lane.queue:
            return
        first = lane.queue[0]
        if first.state != MessageState.SENDING:
            return
        self._lanes.take_ahead(lane)
        self._lanes.watch(lane, self._until(first))

    def _until(self, left: Outgoing) -> datetime:
        now = self._clock()
        attempted = left.state_at or now
        return max(attempted + self._unknown_after, now + min(self._unknown_after, _GRACE))
