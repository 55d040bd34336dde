"""The hot path's statements for SQLite: plain tuples, and as few statements as there can be.

SQLite answers faster than types are processed, so values are converted here by hand
(`db/plain.py`). It has one writer at a time: whoever is in the transaction has locked everything.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.db.plain import unwritten, written
from sokoni.kit.ids import (
    AccountId,
    ContactId,
    ConversationId,
    EventId,
    MerchantId,
)
from sokoni.messaging.turn_rows import Claimed, NewMessage, WaitingEvent, Writes
from sokoni.messaging.turn_sql import CONTACT_COLUMNS, CONVERSATION_COLUMNS, write_people

_COLUMNS: Final = ", ".join(
    [f"c.{name}" for name in CONVERSATION_COLUMNS] + [f"p.{name}" for name in CONTACT_COLUMNS]
)
# A cross join is taken in the order in which it stands.
_THEIRS: Final = """
    CROSS JOIN conversations c ON c.id = due.id
    LEFT JOIN contacts p ON p.id = c.contact_id
"""
_LOCK: Final = f"""
    SELECT {_COLUMNS} FROM (
        SELECT DISTINCT conversation_id AS id FROM (
            SELECT conversation_id FROM inbox
            WHERE state = 0 AND conversation_id IS NOT NULL AND due_at <= ?
            ORDER BY due_at LIMIT ?) LIMIT ?) AS due
    {_THEIRS}
"""  # noqa: S608 -- column names of ours
_LOCK_ONE: Final = f"SELECT {_COLUMNS} FROM (SELECT ? AS id) AS due {_THEIRS}"  # noqa: S608
_WAITING: Final = """
    SELECT i.conversation_id, i.id, i.kind, i.payload, i.attempts, i.due_at, i.received_at
    FROM json_each(?) AS wanted CROSS JOIN inbox i
    ON i.conversation_id = wanted.value AND i.state = 0 AND (i.due_at <= ? OR i.kind = 'message')
    ORDER BY i.received_at, i.id
"""
_MARK: Final = "UPDATE inbox SET state = ?, error = ?, handled_at = ? WHERE id = ?"
_POSTPONE: Final = "UPDATE inbox SET due_at = ? WHERE id = ?"
_COUNT: Final = (
    "UPDATE inbox SET attempts = attempts + ? WHERE id IN (SELECT value FROM json_each(?))"
)
_KEEP: Final = """
    UPDATE conversations
    SET state = ?, holder = ?, held_until = ?, window_until = ?, last_inbound_at = ?,
        wake_at = ?, rate_count = ?, rate_reset_at = ?, step = ?
    WHERE id = ?
"""
_INSERT: Final = """
    INSERT INTO messages (
        id, merchant_id, account_id, conversation_id, outbound, event_id, part, purpose, author,
        body, provider_id, state, attempts, shard, due_at, error, created_at, state_at, language,
        resent)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, 0)
"""


class SqliteTurnSql:
    """See `TurnSql`."""

    async def lock(self, connection: AsyncConnection, now: datetime, limit: int) -> list[Claimed]:
        rows = await connection.exec_driver_sql(_LOCK, (written(now), limit * 4, limit))
        return [_claimed(row) for row in rows.all()]

    async def lock_one(
        self, connection: AsyncConnection, conversation_id: ConversationId
    ) -> list[Claimed]:
        rows = await connection.exec_driver_sql(_LOCK_ONE, (conversation_id.hex,))
        return [_claimed(row) for row in rows.all()]

    async def read(
        self, connection: AsyncConnection, claimed: list[Claimed], now: datetime
    ) -> None:
        by_id = {one.id.hex: one for one in claimed}
        rows = await connection.exec_driver_sql(_WAITING, (json.dumps([*by_id]), written(now)))
        for row in rows.all():
            by_id[row[0]].events.append(_event(row))

    async def write(self, connection: AsyncConnection, writes: Writes, now: datetime) -> None:
        at = written(now)
        handled = [(one.state, one.error, at, one.event_id.hex) for one in writes.handled]
        postponed = [(written(due), event_id.hex) for event_id, due in writes.postponed]
        await _many(connection, _MARK, handled)
        await _many(connection, _POSTPONE, postponed)
        await _many(connection, _KEEP, [_kept(one) for one in writes.conversations])
        await _many(connection, _INSERT, [_logged(one) for one in writes.messages])
        await write_people(connection, writes)

    async def count_attempts(
        self, connection: AsyncConnection, event_ids: list[EventId], by: int
    ) -> None:
        ids = json.dumps([one.hex for one in event_ids])
        await connection.exec_driver_sql(_COUNT, (by, ids))


async def _many(connection: AsyncConnection, statement: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        await connection.exec_driver_sql(statement, rows)


def _claimed(row: Sequence[Any]) -> Claimed:
    return Claimed(
        id=ConversationId(_id(row[0])),
        merchant_id=MerchantId(_id(row[1])),
        account_id=AccountId(_id(row[2])),
        contact_id=ContactId(_id(row[3])),
        state=row[4],
        holder=row[5],
        held_until=unwritten(row[6]),
        window_until=unwritten(row[7]),
        last_inbound_at=unwritten(row[8]),
        wake_at=unwritten(row[9]),
        merged_into=None if row[10] is None else ConversationId(_id(row[10])),
        shard=row[11],
        rate_count=row[12],
        rate_reset_at=unwritten(row[13]),
        unreachable_at=unwritten(row[14]),
        name=row[15],
        name_given=bool(row[16]),
        language=row[17] or "",
        opted_out_at=unwritten(row[18]),
        marketing_stopped_at=unwritten(row[19]),
        blocked_at=unwritten(row[20]),
        address_version=row[21] or 0,
    )


def _event(row: Sequence[Any]) -> WaitingEvent:
    return WaitingEvent(
        EventId(_id(row[1])), row[2], row[3], row[4], _moment(row[5]), _moment(row[6])
    )


def _kept(one: Claimed) -> tuple[Any, ...]:
    return (
        one.state,
        one.holder,
        written(one.held_until),
        written(one.window_until),
        written(one.last_inbound_at),
        written(one.wake_at),
        one.rate_count,
        written(one.rate_reset_at),
        one.step,
        one.id.hex,
    )


def _logged(one: NewMessage) -> tuple[Any, ...]:
    created_at = written(one.created_at)
    return (
        one.id.hex,
        one.merchant_id.hex,
        one.account_id.hex,
        one.conversation_id.hex,
        one.outbound,
        one.event_id.hex,
        one.part,
        one.purpose,
        one.author,
        one.body,
        one.provider_id,
        one.state,
        one.shard,
        written(one.due_at),
        one.error,
        created_at,
        created_at,
        one.language,
    )


def _id(text: str) -> UUID:
    # By its number: the constructor would look for braces and dashes first.
    return UUID(int=int(text, 16))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")
