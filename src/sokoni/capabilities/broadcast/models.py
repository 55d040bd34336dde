"""Broadcasts, and what became of each of their recipients."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from sqlalchemy import JSON, Double, Index, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact, MerchantScoped
from sokoni.kit.ids import AccountId, ContactId, EventId, new_id

BroadcastId = NewType("BroadcastId", UUID)
RecipientId = NewType("RecipientId", UUID)


class State(StrEnum):
    DRAFT = "draft"
    SENDING = "sending"
    """Or it waits for its time."""
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


class Step(StrEnum):
    """How far a recipient is."""

    PLANNED = "planned"
    """To be written to when its time comes."""
    QUEUED = "queued"
    """In their own conversation's line: asked about once more there."""
    SAID = "said"
    """Put down to be sent; the times say how far it got."""
    LEFT_OUT = "left_out"


class Broadcast(MerchantScoped, Base):
    """Something to be said to many."""

    __tablename__ = "broadcasts"
    __table_args__ = (
        UniqueConstraint("merchant_id", "reference"),
        Index("ix_broadcasts_due_at", "due_at"),
    )

    id: Mapped[BroadcastId] = mapped_column(Uuid, primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(Exact(24))
    name: Mapped[str] = mapped_column(String(120))
    content: Mapped[Mapping[str, Any]] = mapped_column(JSON)
    """`said.BroadcastSaid`, as JSON."""
    digest: Mapped[str] = mapped_column(Exact(64))
    """Of what is said, whoever it is said to: the same again is a duplicate."""
    state: Mapped[str] = mapped_column(Exact(12), default=State.DRAFT)
    version: Mapped[int] = mapped_column(Integer, default=1)
    """Grows with every change: a proof is of one version."""
    proof: Mapped[str] = mapped_column(Exact(64), default="")
    """Hash of the last proof; "": there is none."""
    proof_version: Mapped[int] = mapped_column(Integer, default=0)
    proof_number: Mapped[int] = mapped_column(Integer, default=0)
    """Which recipients are those of the last proof."""
    proof_counts: Mapped[Mapping[str, int]] = mapped_column(JSON, default=dict)
    """Recipients by verdict."""
    proof_costs: Mapped[Mapping[str, Any]] = mapped_column(JSON, default=dict)
    """`proving.Costs`."""
    proved_at: Mapped[datetime | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    """Nobody is written to afterwards."""
    due_at: Mapped[datetime | None]
    """When the next wave goes; None: none does."""
    pace: Mapped[float] = mapped_column(Double, default=1.0)
    """Part of the merchant's backlog that may wait: less while the provider finds us too fast."""
    why: Mapped[str] = mapped_column(String(120), default="")
    """Why it was paused or stopped, by a code where it was not staff."""
    made_by: Mapped[str] = mapped_column(String(120), default="")
    sent_by: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    resumed_at: Mapped[datetime | None]
    """When staff had it go on: what went wrong before does not count any more."""


class Recipient(MerchantScoped, Base):
    """One contact of one broadcast."""

    __tablename__ = "broadcast_recipients"
    __table_args__ = (
        UniqueConstraint("broadcast_id", "proof_number", "contact_id"),
        Index("ix_broadcast_recipients_due", "broadcast_id", "step", "due_at", "id"),
        # With the merchant: PostgreSQL would else read the index of all that a merchant has, too.
        Index("ix_broadcast_recipients_contact", "contact_id", "merchant_id", "said_at"),
        Index("ix_broadcast_recipients_event_id", "event_id"),
        Index("ix_broadcast_recipients_failed", "broadcast_id", "failed_at"),
        Index("ix_broadcast_recipients_unsent", "broadcast_id", "step", "sent_at"),
    )

    id: Mapped[RecipientId] = mapped_column(Uuid, primary_key=True, default=new_id)
    broadcast_id: Mapped[BroadcastId] = mapped_column(Uuid)
    proof_number: Mapped[int] = mapped_column(Integer)
    contact_id: Mapped[ContactId] = mapped_column(Uuid)
    account_id: Mapped[AccountId | None] = mapped_column(Uuid)
    """The number on which they are written to."""
    zone: Mapped[str] = mapped_column(String(40), default="")
    """Their time zone, where their number tells it; "": the merchant's."""
    verdict: Mapped[str] = mapped_column(Exact(24))
    """A `rule.Reason`: that of the proof, later that of their own turn."""
    step: Mapped[str] = mapped_column(Exact(12))
    marketing: Mapped[bool]
    tries: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime | None]
    event_id: Mapped[EventId | None] = mapped_column(Uuid)
    """The event of their conversation that says it."""
    said_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(120), default="")
    """Our name of the failure, and the provider's code."""
    replied_at: Mapped[datetime | None]
    clicked_at: Mapped[datetime | None]
    clicked: Mapped[str] = mapped_column(String(40), default="")
    """The button that they tapped first."""
