"""The rows of the hot path. Loops touch them by Core statements, pages and the API by ORM."""

from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any, Final, NewType
from uuid import UUID

from sqlalchemy import (
    JSON,
    Date,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    Uuid,
    false,
    literal_column,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact, MerchantScoped, Sealed
from sokoni.kit.ids import (
    AccountId,
    ContactId,
    ConversationId,
    EventId,
    MerchantId,
    OutboxId,
    RequestId,
    new_id,
)

TemplateId = NewType("TemplateId", UUID)

SHARDS: Final = 64
"""Conversations are spread over so many delivery shards; one worker at a time sends for each."""


class EventState(IntEnum):
    WAITING = 0
    DONE = 1
    PARKED = 2
    """It failed too often: staff see it and may replay it."""
    UNREADABLE = 3
    IGNORED = 4


class EventKind(StrEnum):
    """What an inbox row holds; its payload is the msgspec JSON of the type named."""

    MESSAGE = "message"
    """`channels.inbound.Message`"""
    STATUS = "status"
    """`channels.inbound.Status`: handled in bulk, belongs to no conversation."""
    ECHO = "echo"
    ADDRESS_CHANGE = "address_change"
    PREFERENCE = "preference"
    TEMPLATE = "template"
    """`channels.inbound.TemplateNews`: of a merchant, it belongs to no conversation."""
    ACCOUNT = "account"
    """`channels.inbound.AccountNews`, likewise."""
    NUMBER = "number"
    """`channels.inbound.NumberNews`, likewise."""
    NOTICE = "notice"
    UNREADABLE = "unreadable"
    """The raw body or item."""
    TELL = "tell"
    """`messaging.events.Tell`"""
    TIMER = "timer"
    """`messaging.events.Timer`"""
    ANSWER = "answer"
    """`messaging.events.Answer` to a request."""
    STAFF = "staff"
    """`messaging.events.StaffAct`"""
    UNDELIVERED = "undelivered"
    """`messaging.events.Undelivered`"""
    PAYMENT = "payment"
    """`payments.base.Report`"""


class MessageState(IntEnum):
    """How far a message got. Delivery states only grow, but FAILED is kept (design rule 3)."""

    RECEIVED = 0
    """Inbound."""
    WAITING = 1
    SENDING = 2
    """Handed to the provider, no answer recorded yet: after a crash its outcome is unknown."""
    UNKNOWN = 3
    """No answer, no status; shown to staff where it may not be sent again."""
    TAKEN = 4
    SENT = 5
    DELIVERED = 6
    READ = 7
    FAILED = 8
    CANCELLED = 9
    """Never to be sent: opted out, or the window is shut and no template fits."""


class Purpose(StrEnum):
    """Why something is sent; it decides what may be repeated and what an opt-out stops."""

    REPLY = "reply"
    NOTICE = "notice"
    """A tell about the contact's own business: a booking, an offer they asked for."""
    ALERT = "alert"
    """Something they did not ask for: a buyer's request. Never sent after an opt-out."""
    RECEIPT = "receipt"
    CODE = "code"
    STAFF = "staff"
    """Written by a member of staff, or said to one."""
    CAMPAIGN = "campaign"
    """Said to many at once: whatever else there is to send goes first."""


UNASKED: Final = frozenset({Purpose.NOTICE, Purpose.ALERT, Purpose.CAMPAIGN})
"""What does not go, and is taken out of the outbox, once a contact said stop."""


STEP_LENGTH: Final = 160


class Conversation(MerchantScoped, Base):
    """One contact on one channel account. Everything in it happens strictly in order."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("account_id", "contact_id"),
        Index(
            "ix_conversations_held_until",
            "held_until",
            postgresql_where=literal_column("held_until IS NOT NULL"),
            sqlite_where=literal_column("held_until IS NOT NULL"),
        ),
    )

    id: Mapped[ConversationId] = mapped_column(Uuid, primary_key=True, default=new_id)
    account_id: Mapped[AccountId] = mapped_column(Uuid)
    contact_id: Mapped[ContactId] = mapped_column(Uuid, index=True)
    state: Mapped[bytes | None] = mapped_column(Sealed)
    """`dialogue.state.DialogueState`, sealed at "conversations.state"."""
    step: Mapped[str | None] = mapped_column(Exact(STEP_LENGTH))
    """The open task and its question, "" where nothing is open, for statistics that need not open
    the state; None: it was not written since there is this column."""
    holder: Mapped[str] = mapped_column(String(8), default="bot")
    """`bot` or `person`: while a person has it, the bot is silent."""
    held_until: Mapped[datetime | None]
    window_until: Mapped[datetime | None]
    """Free-form messages may be sent until then; None: never opened."""
    last_inbound_at: Mapped[datetime | None]
    unreachable_at: Mapped[datetime | None]
    """When the channel said that the contact takes no messages; None: they can be reached."""
    wake_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the dialogue wants a timer event (nudge, expiry); the sweep makes it."""
    merged_into: Mapped[ConversationId | None] = mapped_column(Uuid)
    """Itself where its contact was erased: what still comes for it begins anew elsewhere."""
    shard: Mapped[int] = mapped_column(SmallInteger)
    """`conversation id mod SHARDS`: who sends its messages."""
    rate_count: Mapped[int] = mapped_column(default=0)
    rate_reset_at: Mapped[datetime | None]
    """Messages taken since, for the limit per contact (SE-03)."""
    created_at: Mapped[datetime]


class InboxEvent(Base):
    """Something that happened and must be handled once."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        Index(
            "ix_inbox_waiting",
            "state",
            "due_at",
            "conversation_id",
            postgresql_where=literal_column("state = 0 AND conversation_id IS NOT NULL"),
            sqlite_where=literal_column("state = 0 AND conversation_id IS NOT NULL"),
        ),
        Index(
            "ix_inbox_unrouted",
            "state",
            "kind",
            "due_at",
            postgresql_where=literal_column("state = 0 AND conversation_id IS NULL"),
            sqlite_where=literal_column("state = 0 AND conversation_id IS NULL"),
        ),
        Index(
            "ix_inbox_conversation",
            "conversation_id",
            "state",
            postgresql_where=literal_column("state = 0"),
            sqlite_where=literal_column("state = 0"),
        ),
        Index("ix_inbox_handled", "handled_at"),
    )

    id: Mapped[EventId] = mapped_column(Uuid, primary_key=True, default=new_id)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    account_id: Mapped[AccountId] = mapped_column(Uuid)
    conversation_id: Mapped[ConversationId | None] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Exact(16))
    key: Mapped[str] = mapped_column(Exact(191))
    """The provider's id, or our own for what we made: unique, so a repeat is ignored."""
    payload: Mapped[bytes] = mapped_column(Sealed)
    """Sealed at "inbox.payload"."""
    state: Mapped[int] = mapped_column(SmallInteger, default=0)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    due_at: Mapped[datetime]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500), default="")


class Message(MerchantScoped, Base):
    """Something said, either way: the log. Outbound rows to be sent are the outbox."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("event_id", "part"),
        Index("ix_messages_conversation", "conversation_id", "id"),
        Index(
            "ix_messages_to_send",
            "state",
            "shard",
            "conversation_id",
            postgresql_where=literal_column("state in (1, 2)"),
            sqlite_where=literal_column("state in (1, 2)"),
        ),
        Index("ix_messages_provider", "provider_id"),
    )

    id: Mapped[OutboxId] = mapped_column(Uuid, primary_key=True, default=new_id)
    account_id: Mapped[AccountId] = mapped_column(Uuid)
    conversation_id: Mapped[ConversationId] = mapped_column(Uuid)
    outbound: Mapped[bool]
    event_id: Mapped[EventId] = mapped_column(Uuid)
    """The event it is (inbound) or answers (outbound): one answer to an event, by `part`."""
    part: Mapped[int] = mapped_column(SmallInteger)
    """0 for the inbound message itself; outbound parts count from 1."""
    purpose: Mapped[str] = mapped_column(Exact(16), default="")
    author: Mapped[str] = mapped_column(String(64), default="")
    """contact, bot, owner (their phone) or a member of staff."""
    body: Mapped[bytes] = mapped_column(Sealed)
    """Sealed at "messages.body": msgspec JSON of `channels.outbound.Content`, or of an inbound
    `channels.inbound.Message`."""
    provider_id: Mapped[str | None] = mapped_column(Exact(191))
    state: Mapped[int] = mapped_column(SmallInteger)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    resent: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Sent once more, because the outcome of the first time was never learned."""
    shard: Mapped[int] = mapped_column(SmallInteger)
    due_at: Mapped[datetime]
    """Not sent before; moves on with each retry."""
    error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    state_at: Mapped[datetime]
    """When `state` last changed."""
    language: Mapped[str] = mapped_column(String(8), default="")
    priced: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Counted in `PricedCount`: it arrived, and its provider said what it costs."""


class PricedCount(Base):
    """How many messages of a number arrived in a month, of those that its provider priced."""

    __tablename__ = "priced_counts"

    account_id: Mapped[AccountId] = mapped_column(Uuid, primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    """Its first day, in the merchant's time zone."""
    category: Mapped[str] = mapped_column(Exact(40), primary_key=True)
    """As the provider calls it: service, utility, marketing, authentication."""
    billable: Mapped[int]
    free: Mapped[int]
    metered: Mapped[int]
    """Of both: those that use up what the number may send for free."""
    told: Mapped[int] = mapped_column(SmallInteger)
    """Percent of the allowance that staff know to be used up."""


class Request(MerchantScoped, Base):
    """Something asked of the outside world; its answer comes back as an event."""

    __tablename__ = "requests"
    __table_args__ = (
        UniqueConstraint("kind", "idempotency_key"),
        Index("ix_requests_due", "state", "due_at"),
    )

    id: Mapped[RequestId] = mapped_column(Uuid, primary_key=True, default=new_id)
    account_id: Mapped[AccountId] = mapped_column(Uuid)
    conversation_id: Mapped[ConversationId] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Exact(48))
    idempotency_key: Mapped[str] = mapped_column(Exact(128))
    payload: Mapped[bytes] = mapped_column(Sealed)
    """Sealed at "requests.payload"."""
    state: Mapped[str] = mapped_column(Exact(12), default="waiting")
    """waiting, running, done, failed or unknown."""
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]


def _language_itself(context: DefaultExecutionContext) -> str:
    given = context.get_current_parameters()  # type: ignore[no-untyped-call]  # of SQLAlchemy
    return str(given["language"])


class Template(MerchantScoped, Base):
    """A message the channel approved; the only thing that may be sent outside the window."""

    __tablename__ = "templates"
    __table_args__ = (UniqueConstraint("merchant_id", "channel", "purpose", "language"),)

    id: Mapped[TemplateId] = mapped_column(Uuid, primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(Exact(32))
    purpose: Mapped[str] = mapped_column(Exact(64))
    """What it is for: the catalogue key of the prompt that it stands in for."""
    language: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(Exact(191))
    """The channel's id of it."""
    code: Mapped[str] = mapped_column(Exact(16), default=_language_itself)
    """The channel's code of the language: name and code together name one template there."""
    category: Mapped[str] = mapped_column(String(24))
    header: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """`merchants.declared.DeclaredHeader`; None: it has no head."""
    body: Mapped[str] = mapped_column(String(1024))
    """With `{{1}}` or `{{name}}` placeholders, as approved."""
    variables: Mapped[str] = mapped_column(String(500), default="")
    """Comma-separated names of prompt parameters, in the placeholders' order."""
    footer: Mapped[str] = mapped_column(String(60), default="")
    buttons: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """`merchants.declared.DeclaredButton`s, in the order in which they were approved."""
    approval: Mapped[str] = mapped_column(String(24), default="APPROVED")
    """As the channel calls it: only some of them let it be sent."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why the channel does not let it be sent, in the channel's words."""
    quality: Mapped[str] = mapped_column(String(16), default="")
    """What contacts make of it, as the channel calls it: GREEN, YELLOW, RED."""
    judged_at: Mapped[datetime | None]
    """When the channel last said what it thinks of it."""


class CatalogueItem(MerchantScoped, Base):
    """What we know of a merchant's thing in a channel's own catalogue."""

    __tablename__ = "catalogue_items"

    catalogue: Mapped[str] = mapped_column(Exact(64), primary_key=True)
    """The channel's id of the catalogue."""
    number: Mapped[str] = mapped_column(Exact(100), primary_key=True)
    """The thing's in the catalogue: `retailer_id` of WhatsApp."""
    merchant_id: Mapped[MerchantId] = mapped_column(Uuid, primary_key=True, index=True)
    digest: Mapped[str] = mapped_column(Exact(64), default="")
    """Of what was last pushed there; "" where somebody else put it there, or it was refused."""
    refused: Mapped[str] = mapped_column(String(300), default="")
    """Why the catalogue does not have it, or show it, in the channel's words; "": it has it."""
    changed_at: Mapped[datetime]


class DeliveryLease(Base):
    """Which worker sends for a shard, and until when.

    A row with a negative shard belongs to no messages: it says that its owner is alive, so that
    the shards can be shared out fairly also with a worker that has none yet.
    """

    __tablename__ = "delivery_leases"

    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    owner: Mapped[str] = mapped_column(Exact(64))
    until: Mapped[datetime]
