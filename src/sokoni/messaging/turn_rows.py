"""What a batch of turns reads and writes, as plain values between SQL and the turns."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.kit.ids import (
    AccountId,
    ContactId,
    ConversationId,
    EventId,
    MerchantId,
    trace_of,
)
from sokoni.messaging.models import EventState, MessageState


@dataclass(slots=True)
class WaitingEvent:
    """One inbox row that a turn handles; `payload` is sealed."""

    id: EventId
    kind: str
    payload: bytes
    attempts: int
    due_at: datetime
    received_at: datetime


@dataclass(slots=True, kw_only=True)
class Claimed:
    """A conversation that is locked for this transaction, its contact, and what waits for it."""

    id: ConversationId
    merchant_id: MerchantId
    account_id: AccountId
    contact_id: ContactId
    state: bytes | None
    holder: str
    held_until: datetime | None
    window_until: datetime | None
    last_inbound_at: datetime | None
    wake_at: datetime | None
    merged_into: ConversationId | None
    shard: int
    rate_count: int
    rate_reset_at: datetime | None
    unreachable_at: datetime | None = None
    name: bytes | None = None
    name_given: bool = False
    language: str = ""
    opted_out_at: datetime | None = None
    marketing_stopped_at: datetime | None = None
    blocked_at: datetime | None = None
    address_version: int = 0
    step: str | None = None
    """Written, and not read: what the turn leaves open."""
    events: list[WaitingEvent] = field(default_factory=list)

    @property
    def trace(self) -> str:
        """What the log's lines of this turn have in common: its reply is to the last event."""
        return trace_of(self.events[-1].id) if self.events else ""


@dataclass(slots=True)
class Handled:
    """An event's end."""

    event_id: EventId
    state: EventState = EventState.DONE
    error: str = ""


@dataclass(slots=True, kw_only=True)
class NewMessage:
    """A row for the log."""

    id: UUID
    merchant_id: MerchantId
    account_id: AccountId
    conversation_id: ConversationId
    contact_id: ContactId
    outbound: bool
    event_id: EventId
    part: int
    purpose: str
    author: str
    body: bytes
    content: bytes
    """What `body` seals: kept in memory for the sender, never stored."""
    provider_id: str | None
    state: int
    shard: int
    due_at: datetime
    created_at: datetime
    error: str = ""
    language: str = ""
    address_version: int = 0
    """Of the contact, for the sender; never stored."""
    heard_at: datetime | None = None
    """When the message came that this is the first answer to; never stored."""

    @property
    def to_send(self) -> bool:
        return self.state == MessageState.WAITING


@dataclass(slots=True, kw_only=True)
class ContactChange:
    """The columns of a contact after the turn."""

    id: ContactId
    name: bytes | None
    name_given: bool
    language: str
    opted_out_at: datetime | None
    marketing_stopped_at: datetime | None


@dataclass(slots=True)
class Writes:
    """Everything a batch writes besides domain rows, put down in a handful of statements."""

    handled: list[Handled] = field(default_factory=list)
    postponed: list[tuple[EventId, datetime]] = field(default_factory=list)
    conversations: list[Claimed] = field(default_factory=list)
    contacts: list[ContactChange] = field(default_factory=list)
    messages: list[NewMessage] = field(default_factory=list)
    consents: list[dict[str, Any]] = field(default_factory=list)
    stopped: list[ContactId] = field(default_factory=list)
    """Who said stop: what waits for them in the outbox is not sent."""
    reached: list[tuple[ConversationId, datetime | None]] = field(default_factory=list)
    """Conversations of contacts who cannot be reached since then, or (None) can be again."""

    def extend(self, other: "Writes") -> None:
        self.handled += other.handled
        self.postponed += other.postponed
        self.conversations += other.conversations
        self.contacts += other.contacts
        self.messages += other.messages
        self.consents += other.consents
        self.stopped += other.stopped
        self.reached += other.reached


class TurnSql(Protocol):
    """The hot path's statements; one module per dialect fulfils it."""

    async def lock(self, connection: AsyncConnection, now: datetime, limit: int) -> list[Claimed]:
        """Lock conversations that have due events and are locked by nobody else."""

    async def lock_one(
        self, connection: AsyncConnection, conversation_id: ConversationId
    ) -> list[Claimed]:
        """Lock this conversation, or return nothing where another worker has it."""

    async def read(
        self, connection: AsyncConnection, claimed: list[Claimed], now: datetime
    ) -> None:
        """Fill in contacts and waiting events: a second statement, after the locks are held."""

    async def write(self, connection: AsyncConnection, writes: Writes, now: datetime) -> None:
        """Write the batch."""

    async def count_attempts(
        self, connection: AsyncConnection, event_ids: list[EventId], by: int
    ) -> None:
        """Change the attempts of events."""
