"""What applying statuses asks of PostgreSQL: whole batches as array parameters."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.db.bulk import plain
from sokoni.kit.ids import EventId, OutboxId
from sokoni.messaging.statuses import Advance, StatusEvent, Target

_CLAIM: Final = text(
    """
    SELECT id, account_id, payload, attempts, received_at FROM inbox
    WHERE state = 0 AND conversation_id IS NULL AND kind = 'status' AND due_at <= :now
    ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED
    """
)
_BY_ID: Final = text(
    """
    SELECT m.id, m.account_id, m.state, m.provider_id, m.priced
    FROM unnest(CAST(:ids AS uuid[])) AS wanted(id)
    JOIN messages m ON m.id = wanted.id AND m.outbound
    """
)
_BY_NAME: Final = text(
    """
    SELECT m.id, m.account_id, m.state, m.provider_id, m.priced
    FROM unnest(CAST(:names AS text[])) AS wanted(name)
    JOIN messages m ON m.provider_id = wanted.name AND m.outbound
    """
)
_ADVANCE: Final = text(
    """
    UPDATE messages
    SET state = s.state, provider_id = s.provider_id, error = s.error, priced = s.priced,
        state_at = CASE WHEN s.state = s.before THEN messages.state_at ELSE :now END
    FROM unnest(CAST(:ids AS uuid[]), CAST(:before AS smallint[]), CAST(:states AS smallint[]),
                CAST(:provider_ids AS text[]), CAST(:errors AS text[]),
                CAST(:was_priced AS boolean[]), CAST(:priced AS boolean[]))
         AS s(id, before, state, provider_id, error, was_priced, priced)
    WHERE messages.id = s.id AND messages.state = s.before AND messages.priced = s.was_priced
    RETURNING messages.id
    """
)
_DELETE: Final = text("DELETE FROM inbox WHERE id = ANY(CAST(:ids AS uuid[]))")
_PUT_OFF: Final = text(
    """
    UPDATE inbox SET due_at = :due, attempts = attempts + 1
    WHERE id = ANY(CAST(:ids AS uuid[]))
    """
)
_END: Final = text(
    "UPDATE inbox SET state = :state, handled_at = :now WHERE id = ANY(CAST(:ids AS uuid[]))"
)


class PostgresStatusSql:
    """See `StatusSql`."""

    async def claim(
        self, connection: AsyncConnection, now: datetime, limit: int
    ) -> list[StatusEvent]:
        rows = await connection.execute(_CLAIM, {"now": plain(now), "most": limit})
        return [
            StatusEvent(row[0], row[1], row[2], row[3], row[4].replace(tzinfo=UTC)) for row in rows
        ]

    async def targets(
        self, connection: AsyncConnection, ids: Sequence[UUID], provider_ids: Sequence[str]
    ) -> list[Target]:
        found: list[Target] = []
        if ids:
            rows = await connection.execute(_BY_ID, {"ids": list(ids)})
            found += [Target(*row) for row in rows]
        if provider_ids:
            rows = await connection.execute(_BY_NAME, {"names": list(provider_ids)})
            found += [Target(*row) for row in rows]
        return found

    async def advance(
        self, connection: AsyncConnection, advances: Sequence[Advance], now: datetime
    ) -> set[OutboxId]:
        # In the order of ids, as the sender's marks are: so nobody waits crosswise.
        ordered = sorted(advances, key=lambda one: one.id)
        values = {
            "ids": [one.id for one in ordered],
            "before": [int(one.before) for one in ordered],
            "states": [int(one.state) for one in ordered],
            "provider_ids": [one.provider_id for one in ordered],
            "errors": [one.error for one in ordered],
            "was_priced": [one.was_priced for one in ordered],
            "priced": [one.priced for one in ordered],
            "now": plain(now),
        }
        return set(await connection.scalars(_ADVANCE, values))

    async def delete(self, connection: AsyncConnection, ids: Sequence[EventId]) -> None:
        await connection.execute(_DELETE, {"ids": list(ids)})

    async def put_off(
        self, connection: AsyncConnection, ids: Sequence[EventId], due_at: datetime
    ) -> None:
        await connection.execute(_PUT_OFF, {"ids": list(ids), "due": plain(due_at)})

    async def end(
        self, connection: AsyncConnection, ids: Sequence[EventId], state: int, now: datetime
    ) -> None:
        await connection.execute(_END, {"ids": list(ids), "state": int(state), "now": plain(now)})
