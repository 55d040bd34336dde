"""The hot path's statements for MariaDB and MySQL: Core, many rows a statement."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Row, Table, bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.contacts.models import Consent, Contact
from sokoni.kit.ids import ConversationId, EventId
from sokoni.messaging.models import Conversation, EventKind, InboxEvent, Message
from sokoni.messaging.turn_rows import Claimed, NewMessage, WaitingEvent, Writes
from sokoni.messaging.withholding import withhold

_CONVERSATIONS: Final = cast("Table", Conversation.__table__)
_INBOX: Final = cast("Table", InboxEvent.__table__)
_MESSAGES: Final = cast("Table", Message.__table__)
_CONTACTS: Final = cast("Table", Contact.__table__)
_CONSENTS: Final = cast("Table", Consent.__table__)
_C, _I, _P = _CONVERSATIONS.c, _INBOX.c, _CONTACTS.c

CONVERSATION_COLUMNS: Final = (
    "id",
    "merchant_id",
    "account_id",
    "contact_id",
    "state",
    "holder",
    "held_until",
    "window_until",
    "last_inbound_at",
    "wake_at",
    "merged_into",
    "shard",
    "rate_count",
    "rate_reset_at",
    "unreachable_at",
)
CONTACT_COLUMNS: Final = (
    "name",
    "name_given",
    "language",
    "opted_out_at",
    "marketing_stopped_at",
    "blocked_at",
    "address_version",
)
WRITTEN_COLUMNS: Final = (
    "state",
    "holder",
    "held_until",
    "window_until",
    "last_inbound_at",
    "wake_at",
    "rate_count",
    "rate_reset_at",
    "step",
)

_DUE: Final = (
    select(_I.conversation_id)
    .where(_I.state == 0, _I.conversation_id.is_not(None), _I.due_at <= bindparam("now"))
    .order_by(_I.due_at)
    .limit(bindparam("scan"))
)
_COLUMNS: Final = [_C[name] for name in CONVERSATION_COLUMNS]
_BY_IDS: Final = select(*_COLUMNS).where(_C.id.in_(bindparam("ids", expanding=True)))
_PEOPLE: Final = select(_P.id, *(_P[name] for name in CONTACT_COLUMNS)).where(
    _P.id.in_(bindparam("ids", expanding=True))
)
_WAITING: Final = (
    select(_I.conversation_id, _I.id, _I.kind, _I.payload, _I.attempts, _I.due_at, _I.received_at)
    .where(
        _I.conversation_id.in_(bindparam("ids", expanding=True)),
        _I.state == 0,
        or_(_I.due_at <= bindparam("now"), _I.kind == EventKind.MESSAGE.value),
    )
    .order_by(_I.received_at, _I.id)
)
_MARK: Final = (
    update(_INBOX)
    .where(_I.id == bindparam("b_id"))
    .values(state=bindparam("b_state"), error=bindparam("b_error"), handled_at=bindparam("b_now"))
)
_POSTPONE: Final = (
    update(_INBOX).where(_I.id == bindparam("b_id")).values(due_at=bindparam("b_due"))
)
_COUNT: Final = (
    update(_INBOX)
    .where(_I.id.in_(bindparam("ids", expanding=True)))
    .values(attempts=_I.attempts + bindparam("by"))
)
_KEEP: Final = (
    update(_CONVERSATIONS)
    .where(_C.id == bindparam("b_id"))
    .values({name: bindparam(f"b_{name}") for name in WRITTEN_COLUMNS})
)
_REACH: Final = (
    update(_CONVERSATIONS)
    .where(_C.id == bindparam("b_id"))
    .values(unreachable_at=bindparam("b_unreachable_at"))
)
_CHANGE: Final = (
    update(_CONTACTS)
    .where(_P.id == bindparam("b_id"))
    .values(
        {
            name: bindparam(f"b_{name}")
            for name in (
                "name",
                "name_given",
                "language",
                "opted_out_at",
                "marketing_stopped_at",
            )
        }
    )
)


class PortableTurnSql:
    """See `TurnSql`."""

    async def lock(self, connection: AsyncConnection, now: datetime, limit: int) -> list[Claimed]:
        due = await connection.execute(_DUE, {"now": now, "scan": limit * 4})
        ids = list(dict.fromkeys(due.scalars()))[: limit * 2]
        # In two steps, because a lock takes rows in the order of their ids: who has waited
        # longest would wait for ever behind those whose ids are lower.
        locked = await self._locked(connection, ids[:limit], limit)
        left = limit - len(locked)
        return locked + await self._locked(connection, ids[limit:], left) if left else locked

    async def lock_one(
        self, connection: AsyncConnection, conversation_id: ConversationId
    ) -> list[Claimed]:
        return await self._locked(connection, [conversation_id], 1)

    async def _locked(
        self, connection: AsyncConnection, ids: list[ConversationId], limit: int
    ) -> list[Claimed]:
        if not ids:
            return []
        statement = _BY_IDS.limit(limit).with_for_update(skip_locked=True)
        rows = await connection.execute(statement, {"ids": ids})
        return [claimed(row) for row in rows]

    async def read(
        self, connection: AsyncConnection, claimed: list[Claimed], now: datetime
    ) -> None:
        people = await connection.execute(_PEOPLE, {"ids": [one.contact_id for one in claimed]})
        fill_contacts(claimed, people.all())
        ids = [one.id for one in claimed]
        fill_events(claimed, (await connection.execute(_WAITING, {"ids": ids, "now": now})).all())

    async def write(self, connection: AsyncConnection, writes: Writes, now: datetime) -> None:
        if writes.handled:
            await connection.execute(
                _MARK,
                [
                    {
                        "b_id": one.event_id,
                        "b_state": one.state,
                        "b_error": one.error,
                        "b_now": now,
                    }
                    for one in writes.handled
                ],
            )
        if writes.postponed:
            rows = [{"b_id": event_id, "b_due": due} for event_id, due in writes.postponed]
            await connection.execute(_POSTPONE, rows)
        if writes.conversations:
            await connection.execute(
                _KEEP, [_bound(one, WRITTEN_COLUMNS) for one in writes.conversations]
            )
        if writes.messages:
            await connection.execute(
                insert(_MESSAGES), [message_row(one) for one in writes.messages]
            )
        await write_people(connection, writes)

    async def count_attempts(
        self, connection: AsyncConnection, event_ids: list[EventId], by: int
    ) -> None:
        await connection.execute(_COUNT, {"ids": event_ids, "by": by})


async def write_people(connection: AsyncConnection, writes: Writes) -> None:
    """Write what seldom changes: contacts, their consents, and whether they can be reached."""
    if writes.contacts:
        names = ("name", "name_given", "language", "opted_out_at", "marketing_stopped_at")
        await connection.execute(_CHANGE, [_bound(one, names) for one in writes.contacts])
    if writes.consents:
        await connection.execute(insert(_CONSENTS), writes.consents)
    if writes.stopped:
        await withhold(connection, writes.stopped, writes.consents[0]["at"])
    if writes.reached:
        await connection.execute(
            _REACH, [{"b_id": one, "b_unreachable_at": at} for one, at in writes.reached]
        )


def claimed(row: Row[Any]) -> Claimed:
    return Claimed(**row._mapping)  # noqa: SLF001 -- the documented way to a row's names


def fill_contacts(claimed: Sequence[Claimed], rows: Iterable[Sequence[Any]]) -> None:
    by_id = {row[0]: row for row in rows}
    for one in claimed:
        person = by_id.get(one.contact_id)
        if person is not None:
            for place, name in enumerate(CONTACT_COLUMNS, 1):
                setattr(one, name, person[place])


def fill_events(claimed: Sequence[Claimed], rows: Iterable[Sequence[Any]]) -> None:
    by_id = {one.id: one for one in claimed}
    for row in rows:
        by_id[row[0]].events.append(WaitingEvent(*row[1:]))


def message_row(message: NewMessage) -> dict[str, Any]:
    """Return a message as a row of its table."""
    return {
        "id": message.id,
        "merchant_id": message.merchant_id,
        "account_id": message.account_id,
        "conversation_id": message.conversation_id,
        "outbound": message.outbound,
        "event_id": message.event_id,
        "part": message.part,
        "purpose": message.purpose,
        "author": message.author,
        "body": message.body,
        "provider_id": message.provider_id,
        "state": message.state,
        "attempts": 0,
        "shard": message.shard,
        "due_at": message.due_at,
        "error": message.error,
        "created_at": message.created_at,
        "state_at": message.created_at,
        "language": message.language,
    }


def _bound(one: object, names: Iterable[str]) -> dict[str, Any]:
    values = {f"b_{name}": getattr(one, name) for name in names}
    return {"b_id": getattr(one, "id"), **values}  # noqa: B009 -- any row value with an id
