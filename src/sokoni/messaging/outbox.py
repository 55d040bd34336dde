"""What waits to be sent, as the sender holds it in memory, and what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.channels.inbound import Address
from sokoni.channels.outbound import Content, Template
from sokoni.kit.ids import (
    AccountId,
    ContactId,
    ConversationId,
    EventId,
    MerchantId,
    OutboxId,
    trace_of,
)
from sokoni.messaging.catalogues import Doubt
from sokoni.messaging.models import MessageState, Purpose
from sokoni.messaging.statuses import Reached
from sokoni.messaging.turn_rows import NewMessage

BODY: Final = "messages.body"
_CONTENT: Final[msgspec.json.Decoder[Content]] = msgspec.json.Decoder(Content)

_HOURS: Final = timedelta(hours=6)
_PATIENCE: Final[Mapping[str, timedelta]] = {
    Purpose.REPLY: timedelta(minutes=5),
    Purpose.CODE: timedelta(minutes=5),
    Purpose.STAFF: timedelta(hours=1),
}
_REPEATABLE: Final = frozenset({Purpose.REPLY.value, Purpose.NOTICE.value})
_TO_EACH_ONCE: Final = Purpose.CAMPAIGN.value
"""Repeated as a template, too: nobody is left out because a process died (decision 60)."""


class UnreadableContentError(ValueError):
    """The row holds nothing that can be sent."""


def read_content(body: bytes) -> Content:
    """Decode what an outbound message says, or raise `UnreadableContentError`."""
    try:
        return _CONTENT.decode(body)
    except msgspec.DecodeError as error:
        raise UnreadableContentError(str(error)) from error


def patience_for(purpose: str) -> timedelta:
    """Return how long a provider that refuses such a message for now is asked again."""
    return _PATIENCE.get(purpose, _HOURS)


@dataclass(slots=True, kw_only=True)
class Outgoing:
    """One row of the outbox on its way out."""

    id: OutboxId
    merchant_id: MerchantId
    account_id: AccountId
    conversation_id: ConversationId
    contact_id: ContactId
    event_id: EventId
    purpose: str
    shard: int
    due_at: datetime
    created_at: datetime
    content: Content
    state: int = MessageState.WAITING
    state_at: datetime | None = None
    attempts: int = 0
    resent: bool = False
    address_version: int = 0
    """Of the contact when it was written or read: addresses known from before are out of date."""
    heard_at: datetime | None = None
    """When the message came that this is the first answer to."""
    stepped_down: bool = False
    """It is simpler already than it was meant: the channel refused the richer form."""

    @classmethod
    def of(cls, message: NewMessage) -> "Outgoing":
        """Take over what a turn has just stored. Raises `UnreadableContentError`."""
        return cls(
            id=OutboxId(message.id),
            merchant_id=message.merchant_id,
            account_id=message.account_id,
            conversation_id=message.conversation_id,
            contact_id=message.contact_id,
            event_id=message.event_id,
            purpose=message.purpose,
            shard=message.shard,
            due_at=message.due_at,
            created_at=message.created_at,
            content=read_content(message.content),
            address_version=message.address_version,
            heard_at=message.heard_at,
        )

    @property
    def trace(self) -> str:
        """What the log's lines of this message share with those of the event it is a reply to."""
        return trace_of(self.event_id)

    @property
    def repeatable(self) -> bool:
        """Whether it may be sent once more when nobody knows if it was taken."""
        plain = self.purpose in _REPEATABLE and not isinstance(self.content, Template)
        return (plain or self.purpose == _TO_EACH_ONCE) and not self.resent

    @property
    def patience(self) -> timedelta:
        return patience_for(self.purpose)


@dataclass(slots=True, kw_only=True)
class Stored:
    """A row as it is read back: `body` is sealed."""

    id: OutboxId
    merchant_id: MerchantId
    account_id: AccountId
    conversation_id: ConversationId
    contact_id: ContactId
    event_id: EventId
    purpose: str
    shard: int
    due_at: datetime
    created_at: datetime
    state: int
    state_at: datetime
    attempts: int
    resent: bool
    body: bytes
    address_version: int
    heard_at: datetime | None


@dataclass(slots=True, kw_only=True)
class Mark:
    """What became of a send: written only over a row that still waits for exactly that."""

    id: OutboxId
    state: int
    taken: bool = False
    """The provider has it: true also of a row that somebody gave up meanwhile."""
    provider_id: str | None = None
    error: str = ""
    due_at: datetime | None = None
    """When it is tried again; left as it is where there is none."""
    resent: bool = False
    body: bytes | None = None
    """The sealed body of the simpler form that is tried next."""


@dataclass(frozen=True, slots=True)
class Revealed:
    """An address of the contact that nobody knew: the provider's answer named it."""

    outgoing: Outgoing
    known: Address
    address: Address


@dataclass(frozen=True, slots=True)
class Lost:
    """A message that was refused: `reason` is the error's `code`, `detail` the provider's."""

    message_id: OutboxId
    reason: str
    detail: str


@dataclass(slots=True)
class Batch:
    """What became of sends, to be written in one transaction."""

    marks: list[Mark] = field(default_factory=list)
    opted_out: list[Outgoing] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    """Refused for a reason that concerns those after them too."""
    paused: dict[AccountId, str] = field(default_factory=dict)
    """Accounts that cannot send and why; "" where one can again."""
    revealed: list[Revealed] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    """Things of the channel's own catalogue that it refused to show."""

    reached: list[Reached] = field(default_factory=list)
    """How far messages got of which somebody wants to know."""

    def __bool__(self) -> bool:
        told = self.opted_out or self.lost or self.paused or self.revealed or self.doubts
        return bool(self.marks or told)


@dataclass(frozen=True, slots=True)
class Claim:
    """Rows to be handed to the provider next: WAITING becomes SENDING."""

    ids: Sequence[OutboxId]
    owner: str
    """Who must hold the leases of their shards."""
    perhaps_claimed: Sequence[OutboxId] = ()
    """Those of them that may be SENDING by our own claim, the answer being lost."""


class OutboxSql(Protocol):
    """The sender's statements; one class per kind of database fulfils it."""

    async def unsent(
        self, connection: AsyncConnection, shards: Sequence[int]
    ) -> list[tuple[OutboxId, ConversationId, datetime]]:
        """Return every WAITING or SENDING row of these shards and its `due_at`, by id."""

    async def unsent_of(
        self, connection: AsyncConnection, conversations: Sequence[ConversationId]
    ) -> list[OutboxId]:
        """Return every WAITING or SENDING row of these conversations, by id."""

    async def load(self, connection: AsyncConnection, ids: Sequence[OutboxId]) -> list[Stored]:
        """Return those of the rows that are still WAITING or SENDING, by id."""

    async def claim(
        self, connection: AsyncConnection, claim: Claim, now: datetime
    ) -> Mapping[OutboxId, int]:
        """Set rows to SENDING and return those that were won, with `Contact.address_version`.

        Won are rows that still wait, behind no other of their conversation, in a shard whose
        lease is the claim's owner's.
        """

    async def mark(
        self, connection: AsyncConnection, marks: Sequence[Mark], now: datetime
    ) -> None:
        """Write what became of sends. A status that was faster is never overwritten."""

    async def addresses(
        self, connection: AsyncConnection, contacts: Sequence[ContactId]
    ) -> list[tuple[ContactId, str, Any, bytes]]:
        """Return contact, kind, row id and sealed value of all addresses, the oldest first."""
