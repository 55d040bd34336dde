"""The sender's busy statements for SQLite: plain tuples, no types in between (`db/plain.py`)."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from sokoni.db.plain import written
from sokoni.kit.ids import OutboxId
from sokoni.messaging.outbox import Claim, Mark
from sokoni.messaging.outbox_sql import PortableOutboxSql

# State numbers stand in the text, so that the partial index of what is unsent is used.
_WINNABLE: Final = """
    SELECT m.id, COALESCE((
        SELECT p.address_version FROM conversations c JOIN contacts p ON p.id = c.contact_id
        WHERE c.id = m.conversation_id), 0)
    FROM json_each(?) AS wanted CROSS JOIN messages m ON m.id = wanted.value
    WHERE (m.state = 1 OR m.state = 2 AND m.id IN (SELECT value FROM json_each(?)))
      AND NOT EXISTS (
          SELECT 1 FROM messages earlier
          WHERE earlier.state IN (1, 2) AND earlier.shard = m.shard
            AND earlier.conversation_id = m.conversation_id AND earlier.id < m.id)
      AND EXISTS (
          SELECT 1 FROM delivery_leases l
          WHERE l.shard = m.shard AND l.owner = ? AND l.until > ?)
"""
_CLAIM: Final = """
    UPDATE messages SET state = 2, attempts = attempts + 1, state_at = ?
    WHERE id IN (SELECT value FROM json_each(?))
"""
_TAKEN: Final = """
    UPDATE messages
    SET state = ?, state_at = ?, provider_id = ?, error = ''
    WHERE id = ? AND state IN (1, 2, 3)
"""
_MARK: Final = """
    UPDATE messages
    SET state = ?, state_at = ?, error = ?, due_at = COALESCE(?, due_at),
        resent = resent OR ?, body = COALESCE(?, body)
    WHERE id = ? AND (state = 2 OR state = 1 AND ? = 8)
"""


class SqliteOutboxSql(PortableOutboxSql):
    """See `OutboxSql`. What seldom runs is as on other databases."""

    @override
    async def claim(
        self, connection: AsyncConnection, claim: Claim, now: datetime
    ) -> dict[OutboxId, int]:
        by_hex = {one.hex: one for one in claim.ids}
        at = written(now)
        values = (json.dumps([*by_hex]), _ids(claim.perhaps_claimed), claim.owner, at)
        found = await connection.exec_driver_sql(_WINNABLE, values)
        rows: list[Any] = list(found)
        won: dict[str, int] = {row[0]: row[1] for row in rows}
        if won:
            await connection.exec_driver_sql(_CLAIM, (at, json.dumps([*won])))
        return {by_hex[one]: version for one, version in won.items()}

    @override
    async def mark(
        self, connection: AsyncConnection, marks: Sequence[Mark], now: datetime
    ) -> None:
        at = written(now)
        taken: list[tuple[Any, ...]] = []
        others: list[tuple[Any, ...]] = []
        for one in marks:
            if one.taken:
                taken.append((int(one.state), at, one.provider_id, one.id.hex))
            else:
                others.append(_other(one, at))
        for statement, rows in ((_TAKEN, taken), (_MARK, others)):
            if rows:
                await connection.exec_driver_sql(statement, rows)


def _other(mark: Mark, at: str | None) -> tuple[Any, ...]:
    state, due_at = int(mark.state), written(mark.due_at)
    return state, at, mark.error, due_at, mark.resent, mark.body, mark.id.hex, state


def _ids(ids: Sequence[OutboxId]) -> str:
    return json.dumps([one.hex for one in ids])
