"""The hot path's statements for PostgreSQL: whole batches as array parameters.

Constants stand in the text, so that plans use the partial indexes (reference/pipeline.md,
pitfall 1); locks are taken first and events read in a second statement (pitfall 4).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.kit.ids import ConversationId, EventId
from sokoni.messaging.turn_rows import Claimed, NewMessage, Writes
from sokoni.messaging.turn_sql import (
    CONTACT_COLUMNS,
    CONVERSATION_COLUMNS,
    WRITTEN_COLUMNS,
    fill_contacts,
    fill_events,
    message_row,
    write_people,
)

_COLUMNS: Final = ", ".join(CONVERSATION_COLUMNS)
_LOCK: Final = text(
    f"""
    SELECT {_COLUMNS} FROM (
        SELECT conversation_id, min(due_at) AS since FROM (
            SELECT conversation_id, due_at FROM inbox
            WHERE state = 0 AND conversation_id IS NOT NULL AND due_at <= :now
            ORDER BY due_at LIMIT :scan) AS oldest
        GROUP BY conversation_id) AS waiting
    JOIN conversations ON conversations.id = waiting.conversation_id
    ORDER BY waiting.since LIMIT :most FOR UPDATE OF conversations SKIP LOCKED
    """  # noqa: S608 -- column names of ours
)
_LOCK_ONE: Final = text(
    f"SELECT {_COLUMNS} FROM conversations WHERE id = :id FOR UPDATE SKIP LOCKED"  # noqa: S608
)
_PEOPLE: Final = text(
    f"SELECT id, {', '.join(CONTACT_COLUMNS)} FROM contacts WHERE id = ANY(:ids)"  # noqa: S608
)
_WAITING: Final = text(
    """
    SELECT conversation_id, id, kind, payload, attempts, due_at, received_at FROM inbox
    WHERE conversation_id = ANY(:ids) AND state = 0 AND (due_at <= :now OR kind = 'message')
    ORDER BY received_at, id
    """
)
_MARK: Final = text(
    """
    UPDATE inbox SET state = done.state, error = done.error, handled_at = :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS smallint[]), CAST(:errors AS text[]))
         AS done(id, state, error)
    WHERE inbox.id = done.id
    """
)
_POSTPONE: Final = text(
    """
    UPDATE inbox SET due_at = later.due_at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:due AS timestamp[])) AS later(id, due_at)
    WHERE inbox.id = later.id
    """
)
_COUNT: Final = text("UPDATE inbox SET attempts = attempts + :by WHERE id = ANY(:ids)")
_TYPES: Final = {
    "id": "uuid",
    "merchant_id": "uuid",
    "account_id": "uuid",
    "conversation_id": "uuid",
    "event_id": "uuid",
    "merged_into": "uuid",
    "outbound": "boolean",
    "part": "smallint",
    "attempts": "smallint",
    "shard": "smallint",
    "body": "bytea",
    "rate_count": "integer",
    **dict.fromkeys(
        (
            "held_until",
            "window_until",
            "last_inbound_at",
            "wake_at",
            "rate_reset_at",
            "due_at",
            "created_at",
            "state_at",
        ),
        "timestamp",
    ),
}


def _unnest(names: Iterable[str], types: dict[str, str]) -> str:
    arrays = (f"CAST(:{name} AS {types.get(name, 'text')}[])" for name in names)
    return f"unnest({', '.join(arrays)})"


_KEPT: Final = ("id", *WRITTEN_COLUMNS)
_KEEP: Final = text(
    f"""
    UPDATE conversations SET {", ".join(f"{name} = kept.{name}" for name in WRITTEN_COLUMNS)}
    FROM {_unnest(_KEPT, {**_TYPES, "state": "bytea"})} AS kept({", ".join(_KEPT)})
    WHERE conversations.id = kept.id
    """  # noqa: S608
)


def _inserting(names: Sequence[str]) -> TextClause:
    return text(
        f"INSERT INTO messages ({', '.join(names)}) "  # noqa: S608
        f"SELECT * FROM {_unnest(names, {**_TYPES, 'state': 'smallint'})}"
    )


_MESSAGE_COLUMNS: Final = (
    "id",
    "merchant_id",
    "account_id",
    "conversation_id",
    "outbound",
    "event_id",
    "part",
    "purpose",
    "author",
    "body",
    "provider_id",
    "state",
    "attempts",
    "shard",
    "due_at",
    "error",
    "created_at",
    "state_at",
    "language",
)
_INSERT: Final = _inserting(_MESSAGE_COLUMNS)


class PostgresTurnSql:
    """See `TurnSql`."""

    async def lock(self, connection: AsyncConnection, now: datetime, limit: int) -> list[Claimed]:
        values = {"now": _naive(now), "scan": limit * 4, "most": limit}
        return [_claimed(row) for row in await connection.execute(_LOCK, values)]

    async def lock_one(
        self, connection: AsyncConnection, conversation_id: ConversationId
    ) -> list[Claimed]:
        rows = await connection.execute(_LOCK_ONE, {"id": conversation_id})
        return [_claimed(row) for row in rows]

    async def read(
        self, connection: AsyncConnection, claimed: list[Claimed], now: datetime
    ) -> None:
        people = await connection.execute(_PEOPLE, {"ids": [one.contact_id for one in claimed]})
        fill_contacts(claimed, people.all())
        values = {"ids": [one.id for one in claimed], "now": _naive(now)}
        fill_events(claimed, (await connection.execute(_WAITING, values)).all())
        for one in claimed:
            _make_aware(one)

    async def write(self, connection: AsyncConnection, writes: Writes, now: datetime) -> None:
        if writes.handled:
            await connection.execute(
                _MARK,
                {
                    "ids": [one.event_id for one in writes.handled],
                    "states": [int(one.state) for one in writes.handled],
                    "errors": [one.error for one in writes.handled],
                    "now": _naive(now),
                },
            )
        if writes.postponed:
            ids, due = zip(*writes.postponed, strict=True)
            values = {"ids": list(ids), "due": [_naive(at) for at in due]}
            await connection.execute(_POSTPONE, values)
        if writes.conversations:
            await connection.execute(_KEEP, _columns(writes.conversations, _KEPT))
        if writes.messages:
            await connection.execute(_INSERT, _message_columns(writes.messages))
        await write_people(connection, writes)

    async def count_attempts(
        self, connection: AsyncConnection, event_ids: list[EventId], by: int
    ) -> None:
        await connection.execute(_COUNT, {"ids": event_ids, "by": by})


def _columns(rows: Sequence[object], names: Iterable[str]) -> dict[str, list[Any]]:
    return {name: [_plain(getattr(row, name)) for row in rows] for name in names}


def _message_columns(messages: Sequence[NewMessage]) -> dict[str, list[Any]]:
    rows = [message_row(message) for message in messages]
    return {name: [_plain(row[name]) for row in rows] for name in _MESSAGE_COLUMNS}


def _plain(value: object) -> object:
    return _naive(value) if isinstance(value, datetime) else value


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)


_MOMENTS: Final = (
    "held_until",
    "window_until",
    "last_inbound_at",
    "wake_at",
    "rate_reset_at",
    "unreachable_at",
    "opted_out_at",
    "marketing_stopped_at",
    "blocked_at",
)


def _claimed(row: Sequence[Any]) -> Claimed:
    return Claimed(**dict(zip(CONVERSATION_COLUMNS, row, strict=True)))


def _make_aware(one: Claimed) -> None:
    for name in _MOMENTS:
        value = getattr(one, name)
        if value is not None and value.tzinfo is None:
            setattr(one, name, value.replace(tzinfo=UTC))
    for event in one.events:
        event.due_at = event.due_at.replace(tzinfo=UTC)
        event.received_at = event.received_at.replace(tzinfo=UTC)
