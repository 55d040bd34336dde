"""What is kept of registrations: who is how far, and what they answered."""

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact, MerchantScoped, Sealed
from sokoni.kit.ids import ContactId, new_id

EntryId = NewType("EntryId", UUID)


class State(StrEnum):
    """How far a registration is."""

    STARTED = "started"
    CONFIRMED = "confirmed"
    """The contact said yes; their number is not proven yet."""
    PENDING = "pending"
    """Staff have to look at it."""
    COMPLETED = "completed"
    REJECTED = "rejected"


class Entry(MerchantScoped, Base):
    """One contact's registration: there is one of each kind."""

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("merchant_id", "contact_id", "registration"),
        UniqueConstraint("merchant_id", "reference"),
        Index("ix_registrations_state", "merchant_id", "state", "id"),
        Index("ix_registrations_step", "merchant_id", "step"),
    )

    id: Mapped[EntryId] = mapped_column(Uuid, primary_key=True, default=new_id)
    contact_id: Mapped[ContactId] = mapped_column(Uuid, index=True)
    registration: Mapped[str] = mapped_column(Exact(32))
    """Its name in the merchant's file."""
    reference: Mapped[str] = mapped_column(Exact(24))
    state: Mapped[str] = mapped_column(Exact(12), default=State.STARTED)
    step: Mapped[str] = mapped_column(Exact(32))
    """The slot that is asked for; `confirmation`, `verification`, `completed`."""
    answers: Mapped[bytes | None] = mapped_column(Sealed)
    """JSON values by slot, sealed at "registrations.answers"."""
    verified: Mapped[bool] = mapped_column(default=False)
    """A code proved the phone number."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class EntryFact(MerchantScoped, Base):
    """An answer by which audiences are chosen: of a choice, a place or a PIN code."""

    __tablename__ = "registration_facts"
    __table_args__ = (Index("ix_registration_facts_value", "merchant_id", "slot", "value"),)

    registration_id: Mapped[EntryId] = mapped_column(Uuid, ForeignKey(Entry.id), primary_key=True)
    slot: Mapped[str] = mapped_column(Exact(32), primary_key=True)
    contact_id: Mapped[ContactId] = mapped_column(Uuid, index=True)
    value: Mapped[str] = mapped_column(String(80))
