"""What is kept of payments: each, all that was ever said of it, and what was given back."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact, MerchantScoped, Sealed
from sokoni.db.decimals import Thousandths
from sokoni.kit.ids import ContactId, ConversationId, new_id
from sokoni.kit.money import Money
from sokoni.payments.states import PaymentState

PaymentId = NewType("PaymentId", UUID)
EntryId = NewType("EntryId", UUID)
RefundId = NewType("RefundId", UUID)


class Payment(MerchantScoped, Base):
    """Money asked of a contact for one thing. The provider's fields are named as PA-02 says."""

    __tablename__ = "payments"
    __table_args__ = (
        Index("ix_payments_subject", "merchant_id", "subject", "subject_id"),
        Index("ix_payments_contact", "merchant_id", "contact_id", "status"),
        Index("ix_payments_poll_at", "poll_at"),
        Index("ix_payments_payment_id", "payment_id"),
        Index("ix_payments_transaction_id", "transaction_id"),
    )

    id: Mapped[PaymentId] = mapped_column(Uuid, primary_key=True, default=new_id)
    contact_id: Mapped[ContactId] = mapped_column(Uuid)
    conversation_id: Mapped[ConversationId] = mapped_column(Uuid)
    """Where the contact is told of it."""
    subject: Mapped[str] = mapped_column(Exact(32))
    """What it pays, such as `store.order`."""
    subject_id: Mapped[UUID]
    reference: Mapped[str] = mapped_column(Exact(24))
    """Of what it pays, as people quote it."""
    provider: Mapped[str] = mapped_column(Exact(32))
    """The gateway."""
    provider_id: Mapped[str] = mapped_column("payment_id", Exact(191), default="")
    """The gateway's id; empty until it said one."""
    transaction_id: Mapped[str] = mapped_column(Exact(191), default="")
    """The gateway's id of the money that came."""
    link: Mapped[bytes | None] = mapped_column("payment_link", Sealed)
    """Sealed at "payments.payment_link"."""
    token: Mapped[str] = mapped_column(Exact(64), unique=True)
    """Unguessable: ends the addresses by which the gateway and the browser come back."""
    attempt: Mapped[int] = mapped_column(SmallInteger, default=1)
    """The how manieth link it is: part of the idempotency key."""
    amount: Mapped[Decimal] = mapped_column(Thousandths)
    currency: Mapped[str] = mapped_column(String(3))
    paid: Mapped[Decimal] = mapped_column(Thousandths, default=Decimal(0))
    refunded: Mapped[Decimal] = mapped_column(Thousandths, default=Decimal(0))
    state: Mapped[str] = mapped_column("status", Exact(20), default=PaymentState.CREATED)
    review: Mapped[str] = mapped_column(Exact(24), default="")
    """Why staff must look at money that came; empty where they need not."""
    polls: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How often the gateway was asked by itself."""
    poll_at: Mapped[datetime | None]
    """When it is asked next; none: not any more."""
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def came(self) -> Money:
        """What was paid: staff may have taken another amount than was asked for."""
        return Money(self.paid, self.currency)

    @property
    def left(self) -> Money:
        """What came and was not given back."""
        return Money(self.paid - self.refunded, self.currency)


class EntryOutcome(StrEnum):
    """What became of something that was said of a payment."""

    APPLIED = "applied"
    LATE = "late"
    """It would have moved the payment backwards: written down, nothing else."""
    SAME = "same"
    """It said what was known."""
    REVIEW = "review"
    """Money that does not fit: staff look at it."""


class PaymentEntry(MerchantScoped, Base):
    """One thing that was said of a payment. Rows are added, never changed."""

    __tablename__ = "payment_entries"
    __table_args__ = (UniqueConstraint("payment_id", "key"),)

    id: Mapped[EntryId] = mapped_column(Uuid, primary_key=True, default=new_id)
    payment_id: Mapped[PaymentId] = mapped_column(Uuid, ForeignKey(Payment.id))
    key: Mapped[str] = mapped_column(Exact(191))
    """By which the same is known when it is said again."""
    source: Mapped[str] = mapped_column(Exact(12))
    before: Mapped[str] = mapped_column(Exact(20))
    said: Mapped[str] = mapped_column(Exact(20))
    """The state that was said."""
    outcome: Mapped[str] = mapped_column(Exact(12))
    amount: Mapped[Decimal | None] = mapped_column(Thousandths)
    currency: Mapped[str] = mapped_column(String(3), default="")
    transaction_id: Mapped[str] = mapped_column(Exact(191), default="")
    reason: Mapped[str] = mapped_column(String(120), default="")
    by: Mapped[str] = mapped_column("said_by", String(80), default="")
    at: Mapped[datetime] = mapped_column("said_at")


UNWANTED: Final = "review:"
"""Begins the keys of refunds of money that never counted as paid."""


class RefundState(StrEnum):
    ASKED = "asked"
    PENDING = "pending"
    """The gateway has it, and says when it is done."""
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """No answer came: it is asked again under the same key."""


class Refund(MerchantScoped, Base):
    """Money to be given back, asked for once."""

    __tablename__ = "payment_refunds"
    __table_args__ = (UniqueConstraint("payment_id", "key"),)

    id: Mapped[RefundId] = mapped_column(Uuid, primary_key=True, default=new_id)
    payment_id: Mapped[PaymentId] = mapped_column(Uuid, ForeignKey(Payment.id))
    key: Mapped[str] = mapped_column(Exact(64))
    """Asked for once by this key, however often."""
    amount: Mapped[Decimal] = mapped_column(Thousandths)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(Exact(12), default=RefundState.ASKED)
    provider_id: Mapped[str] = mapped_column(Exact(191), default="")
    reason: Mapped[str] = mapped_column(String(120), default="")
    by: Mapped[str] = mapped_column("asked_by", String(80), default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def unwanted(self) -> bool:
        """It is of money that never counted as paid: staff would not take it."""
        return self.key.startswith(UNWANTED)
