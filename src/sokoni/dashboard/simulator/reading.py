"""What one phone shows: everything said in its conversation, either way, with its ticks.

Looked at twice a second, so a look reads a few short rows by index, and only new bodies.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.channels.inbound import Message
from sokoni.channels.outbound import Content
from sokoni.contacts.register import PHONE, find_contact
from sokoni.db.engine import READING
from sokoni.db.vault import Vault
from sokoni.kit.ids import ConversationId, EventId, MerchantId, OutboxId
from sokoni.merchants.models import ChannelAccount
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.history import BODY
from sokoni.messaging.models import (
    Conversation,
    EventKind,
    EventState,
    InboxEvent,
    MessageState,
)
from sokoni.messaging.models import Message as Logged

_AT_FIRST: Final = 200
_LATER: Final = 30
_ADDRESS_HOLDS: Final = 10
"""Looks for which a phone's conversation is taken to be the same: contacts may be merged."""
_CONTENT: Final = msgspec.json.Decoder(Content)
_MESSAGE: Final = msgspec.json.Decoder(Message)
_DUE: Final = (MessageState.WAITING, MessageState.SENDING)
_NEVER_SEEN: Final = (*_DUE, MessageState.UNKNOWN, MessageState.CANCELLED)


class Tick(IntEnum):
    """How far a message of the phone's owner got."""

    STORED = 1
    TAKEN = 2
    READ = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One message on the screen."""

    id: UUID
    """Of what was sent; of the event for what the owner wrote, before and after it is handled."""
    at: datetime
    shown: Content | Message
    tick: Tick | None = None
    refused: str = ""
    """Why the channel did not show it: for whoever watches, a phone would show nothing."""
    unread: str = ""
    """The channel's id of it, where nobody told yet that the phone shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a look found. `anew`: it is another conversation, nothing drawn is part of it."""

    changed: Sequence[Bubble] = ()
    answer_due: bool = False
    anew: bool = False


@asynccontextmanager
async def looking(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Yield a connection that several phones may look with."""
    async with engine.connect() as connection:
        await connection.execution_options(**{READING: True})
        yield connection


class Line(NamedTuple):
    """What a look reads of each message of the log."""

    id: OutboxId
    event_id: EventId
    outbound: bool
    state: int
    provider_id: str | None
    error: str
    at: datetime

    @property
    def bubble(self) -> UUID:
        return self.id if self.outbound else self.event_id


class PhoneReading:
    """Reads a phone's conversation from the message log, and remembers what it has read."""

    def __init__(
        self, vault: Vault, merchant_id: MerchantId, phone: str, *, read_marks: bool = True
    ) -> None:
        self._vault = vault
        self._merchant_id = merchant_id
        self._phone = phone
        self._read_marks = read_marks
        self._bubbles: dict[UUID, Bubble] = {}
        self._conversation: ConversationId | None = None
        self._held = False
        self._looks = 0

    @property
    def bubbles(self) -> Sequence[Bubble]:
        """Return everything read so far, oldest first."""
        return tuple(self._bubbles.values())

    async def look(self, connection: AsyncConnection) -> News:
        """Return what is new or changed since the last look."""
        anew = await self._find_conversation(connection)
        if self._conversation is None:
            return News(anew=anew)
        rows = await self._rows(connection)
        waiting = await self._waiting(connection)
        changed = [*await self._said(connection, rows), *waiting]
        changed = [one for one in changed if self._bubbles.get(one.id) != one]
        self._bubbles.update((one.id, one) for one in changed)
        due = bool(waiting) or any(row.state in _DUE for row in rows)
        return News(changed=changed, answer_due=due and not self._held, anew=anew)

    async def _find_conversation(self, connection: AsyncConnection) -> bool:
        """Find whose messages to read; tell whether it is another than before."""
        self._looks += 1
        if self._conversation is not None and self._looks % _ADDRESS_HOLDS:
            return False
        row = await self._conversation_row(connection)
        before = self._conversation
        self._conversation, holder = row or (None, "")
        self._held = holder == "person"
        if before == self._conversation:
            return False
        self._bubbles.clear()
        return True

    async def _conversation_row(
        self, connection: AsyncConnection
    ) -> tuple[ConversationId, str] | None:
        value_hash = self._vault.hash(PHONE, self._phone)
        contact_id = await find_contact(connection, self._merchant_id, PHONE, value_hash)
        if contact_id is None:
            return None
        statement = (
            select(Conversation.id, Conversation.holder)
            .join(ChannelAccount, ChannelAccount.id == Conversation.account_id)
            .where(
                Conversation.contact_id == contact_id,
                Conversation.merchant_id == self._merchant_id,
                Conversation.merged_into.is_(None),
                ChannelAccount.channel == "simulator",
            )
        )
        row = (await connection.execute(statement)).first()
        return None if row is None else (row.id, row.holder)

    async def _rows(self, connection: AsyncConnection) -> Sequence[Line]:
        """Return the latest rows, oldest first: more of them where all are news."""
        rows = await self._latest(connection, _LATER if self._bubbles else _AT_FIRST)
        if len(rows) == _LATER and not any(row.bubble in self._bubbles for row in rows):
            rows = await self._latest(connection, _AT_FIRST)
        return rows

    async def _latest(self, connection: AsyncConnection, limit: int) -> Sequence[Line]:
        statement = (
            select(
                Logged.id,
                Logged.event_id,
                Logged.outbound,
                Logged.state,
                Logged.provider_id,
                Logged.error,
                Logged.created_at,
            )
            .where(Logged.conversation_id == self._conversation)
            .order_by(Logged.id.desc())
            .limit(limit)
        )
        rows = await connection.execute(statement)
        return [Line(*row) for row in rows][::-1]

    async def _said(self, connection: AsyncConnection, rows: Sequence[Line]) -> Sequence[Bubble]:
        seen = [row for row in rows if not row.outbound or row.state not in _NEVER_SEEN]
        bodies = await self._bodies(connection, seen)
        answered = max((place for place, row in enumerate(seen) if row.outbound), default=-1)
        return [
            self._theirs(row, bodies)
            if row.outbound
            else self._mine(row, bodies, answered=place < answered)
            for place, row in enumerate(seen)
        ]

    async def _bodies(
        self, connection: AsyncConnection, rows: Iterable[Line]
    ) -> dict[UUID, Content | Message]:
        """Open what was not read before."""
        new = {row.id: row.outbound for row in rows if not self._is_read(row)}
        if not new:
            return {}
        statement = select(Logged.id, Logged.body).where(Logged.id.in_(list(new)))
        return {
            row.id: (_CONTENT if new[row.id] else _MESSAGE).decode(
                self._vault.open(BODY, row.id, row.body)
            )
            for row in await connection.execute(statement)
        }

    def _is_read(self, row: Line) -> bool:
        return row.bubble in self._bubbles

    def _theirs(self, row: Line, bodies: dict[UUID, Content | Message]) -> Bubble:
        failed = row.state == MessageState.FAILED
        told = failed or row.state >= MessageState.READ
        return Bubble(
            id=row.id,
            at=row.at,
            shown=bodies.get(row.id) or self._bubbles[row.id].shown,
            refused=row.error or "refused" if failed else "",
            unread="" if told else row.provider_id or "",
        )

    def _mine(self, row: Line, bodies: dict[UUID, Content | Message], *, answered: bool) -> Bubble:
        before = self._bubbles.get(row.event_id)
        was_read = before is not None and before.tick is Tick.READ
        read = self._read_marks and (was_read or answered or not self._held)
        return Bubble(
            id=row.event_id,
            at=row.at if before is None else before.at,
            shown=bodies[row.id] if before is None else before.shown,
            tick=Tick.READ if read else Tick.TAKEN,
        )

    async def _waiting(self, connection: AsyncConnection) -> Sequence[Bubble]:
        """Return what the owner wrote and no turn has taken yet."""
        statement = (
            select(InboxEvent.id, InboxEvent.payload, InboxEvent.received_at)
            .where(
                InboxEvent.conversation_id == self._conversation,
                InboxEvent.state == EventState.WAITING.value,
                InboxEvent.kind == EventKind.MESSAGE.value,
            )
            .order_by(InboxEvent.received_at, InboxEvent.id)
        )
        return [
            Bubble(
                id=row.id,
                at=row.received_at,
                shown=_MESSAGE.decode(self._vault.open(PLACE, row.id, row.payload)),
                tick=Tick.STORED,
            )
            for row in await connection.execute(statement)
        ]
