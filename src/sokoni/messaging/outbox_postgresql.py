"""The sender's statements for PostgreSQL: whole batches as array parameters.

State numbers stand in the text, so that plans use the partial index of what is unsent.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.db.bulk import plain
from sokoni.kit.ids import ContactId, ConversationId, OutboxId
from sokoni.messaging.outbox import Claim, Mark, Stored

_UNSENT: Final = text(
    """
    SELECT id, conversation_id, due_at FROM messages
    WHERE state IN (1, 2) AND shard = ANY(CAST(:shards AS smallint[])) ORDER BY id
    """
)
_UNSENT_OF: Final = text(
    """
    SELECT m.id FROM unnest(CAST(:ids AS uuid[])) AS wanted(id)
    JOIN conversations c ON c.id = wanted.id
    JOIN messages m ON m.state IN (1, 2) AND m.shard = c.shard AND m.conversation_id = c.id
    ORDER BY m.id
    """
)
_LOAD: Final = text(
    """
    SELECT m.id, m.merchant_id, m.account_id, m.conversation_id, c.contact_id, m.event_id,
           m.purpose, m.shard, m.due_at, m.created_at, m.state, m.state_at, m.attempts, m.resent,
           m.body, COALESCE(p.address_version, 0) AS address_version,
           CASE WHEN m.part = 1 AND e.kind = 'message' THEN e.received_at END AS heard_at
    FROM unnest(CAST(:ids AS uuid[])) AS wanted(id)
    JOIN messages m ON m.id = wanted.id AND m.state IN (1, 2)
    JOIN conversations c ON c.id = m.conversation_id
    LEFT JOIN contacts p ON p.id = c.contact_id
    LEFT JOIN inbox e ON e.id = m.event_id
    ORDER BY m.id
    """
)
_CLAIM: Final = text(
    """
    UPDATE messages SET state = 2, attempts = messages.attempts + 1, state_at = :now
    FROM unnest(CAST(:ids AS uuid[])) AS wanted(id)
    WHERE messages.id = wanted.id
      AND (messages.state = 1
           OR messages.state = 2 AND messages.id = ANY(CAST(:again AS uuid[])))
      AND NOT EXISTS (
          SELECT 1 FROM messages earlier
          WHERE earlier.state IN (1, 2) AND earlier.shard = messages.shard
            AND earlier.conversation_id = messages.conversation_id AND earlier.id < messages.id)
      AND EXISTS (
          SELECT 1 FROM delivery_leases l
          WHERE l.shard = messages.shard AND l.owner = :owner AND l.until > :now)
    RETURNING messages.id, COALESCE((
        SELECT p.address_version FROM conversations c JOIN contacts p ON p.id = c.contact_id
        WHERE c.id = messages.conversation_id), 0)
    """
)
_TAKEN: Final = text(
    """
    UPDATE messages
    SET state = CASE WHEN messages.state IN (1, 2, 3) THEN m.state ELSE messages.state END,
        state_at = CASE WHEN messages.state IN (1, 2, 3) THEN :now ELSE messages.state_at END,
        provider_id = m.provider_id,
        error = CASE WHEN messages.state IN (1, 2, 3) THEN '' ELSE messages.error END
    FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS smallint[]), CAST(:provider_ids AS text[]))
         AS m(id, state, provider_id)
    WHERE messages.id = m.id
    """
)
_MARK: Final = text(
    """
    UPDATE messages
    SET state = m.state, state_at = :now, error = m.error,
        due_at = COALESCE(m.due_at, messages.due_at),
        resent = messages.resent OR m.resent,
        body = COALESCE(m.body, messages.body)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS smallint[]), CAST(:errors AS text[]),
                CAST(:due AS timestamp[]), CAST(:resent AS boolean[]), CAST(:bodies AS bytea[]))
         AS m(id, state, error, due_at, resent, body)
    WHERE messages.id = m.id
      AND (messages.state = 2 OR messages.state = 1 AND m.state = 8)
    """
)
_ADDRESSES: Final = text(
    """
    SELECT c.id, a.kind, a.id, a.value
    FROM contacts c
    JOIN contact_addresses a ON a.contact_id = COALESCE(c.merged_into, c.id)
    WHERE c.id = ANY(CAST(:ids AS uuid[])) ORDER BY a.created_at, a.id
    """
)


class PostgresOutboxSql:
    """See `OutboxSql`."""

    async def unsent(
        self, connection: AsyncConnection, shards: Sequence[int]
    ) -> list[tuple[OutboxId, ConversationId, datetime]]:
        rows = await connection.execute(_UNSENT, {"shards": list(shards)})
        return [(row[0], row[1], row[2].replace(tzinfo=UTC)) for row in rows]

    async def unsent_of(
        self, connection: AsyncConnection, conversations: Sequence[ConversationId]
    ) -> list[OutboxId]:
        return list(await connection.scalars(_UNSENT_OF, {"ids": list(conversations)}))

    async def load(self, connection: AsyncConnection, ids: Sequence[OutboxId]) -> list[Stored]:
        rows = await connection.execute(_LOAD, {"ids": list(ids)})
        return [_aware(Stored(**row)) for row in rows.mappings()]

    async def claim(
        self, connection: AsyncConnection, claim: Claim, now: datetime
    ) -> dict[OutboxId, int]:
        values = {
            "ids": sorted(claim.ids),
            "again": list(claim.perhaps_claimed),
            "owner": claim.owner,
            "now": plain(now),
        }
        return {row[0]: row[1] for row in await connection.execute(_CLAIM, values)}

    async def mark(
        self, connection: AsyncConnection, marks: Sequence[Mark], now: datetime
    ) -> None:
        # In the order of ids, as the statuses are: so that nobody waits crosswise.
        ordered = sorted(marks, key=lambda mark: mark.id)
        taken = [mark for mark in ordered if mark.taken]
        others = [mark for mark in ordered if not mark.taken]
        if taken:
            values: dict[str, Any] = {
                "ids": [mark.id for mark in taken],
                "states": [int(mark.state) for mark in taken],
                "provider_ids": [mark.provider_id for mark in taken],
            }
            await connection.execute(_TAKEN, {**values, "now": plain(now)})
        if others:
            await connection.execute(_MARK, {**_arrays(others), "now": plain(now)})

    async def addresses(
        self, connection: AsyncConnection, contacts: Sequence[ContactId]
    ) -> list[tuple[ContactId, str, Any, bytes]]:
        rows = await connection.execute(_ADDRESSES, {"ids": list(contacts)})
        return [(row[0], row[1], row[2], row[3]) for row in rows]


def _arrays(marks: Sequence[Mark]) -> dict[str, Any]:
    return {
        "ids": [mark.id for mark in marks],
        "states": [int(mark.state) for mark in marks],
        "errors": [mark.error for mark in marks],
        "due": [plain(mark.due_at) for mark in marks],
        "resent": [mark.resent for mark in marks],
        "bodies": [mark.body for mark in marks],
    }


def _aware(row: Stored) -> Stored:
    row.due_at = row.due_at.replace(tzinfo=UTC)
    row.created_at = row.created_at.replace(tzinfo=UTC)
    row.state_at = row.state_at.replace(tzinfo=UTC)
    row.heard_at = row.heard_at and row.heard_at.replace(tzinfo=UTC)
    return row
