"""What is kept of deals, and of what people say of one another."""

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact, MerchantScoped, Sealed
from sokoni.kit.ids import ContactId, new_id

DealId = NewType("DealId", UUID)
ReviewId = NewType("ReviewId", UUID)
ReportId = NewType("ReportId", UUID)


class DealState(StrEnum):
    OPEN = "open"
    """Asked about: not both have said yes."""
    AGREED = "agreed"
    """Both said yes. Only this is a deal."""
    EXPIRED = "expired"


class Said(StrEnum):
    """What one side answered, last."""

    NOTHING = ""
    YES = "yes"
    NO = "no"


class Deal(MerchantScoped, Base):
    """Something that may have changed hands between two contacts."""

    __tablename__ = "deals"
    __table_args__ = (
        UniqueConstraint("merchant_id", "capability", "subject"),
        Index("ix_deals_provider", "merchant_id", "provider_id", "state"),
        Index("ix_deals_customer", "merchant_id", "customer_id", "state"),
        Index("ix_deals_expires", "state", "expires_at"),
    )

    id: Mapped[DealId] = mapped_column(Uuid, primary_key=True, default=new_id)
    capability: Mapped[str] = mapped_column(Exact(32))
    subject: Mapped[str] = mapped_column(Exact(64))
    """What of the capability's it came of, such as an introduction: one deal for each."""
    thing: Mapped[str] = mapped_column(String(80))
    """What it is about, in the provider's words; empty where one of the two was erased."""
    provider_id: Mapped[ContactId] = mapped_column(Uuid)
    """Who sold it, or did the work."""
    customer_id: Mapped[ContactId] = mapped_column(Uuid)
    state: Mapped[str] = mapped_column(Exact(12), default=DealState.OPEN)
    provider_said: Mapped[str] = mapped_column(Exact(4), default=Said.NOTHING)
    customer_said: Mapped[str] = mapped_column(Exact(4), default=Said.NOTHING)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    """Whoever has not said yes by then never will."""
    agreed_at: Mapped[datetime | None]


class Role(StrEnum):
    """What somebody was in a deal."""

    PROVIDER = "provider"
    CUSTOMER = "customer"


class ReviewState(StrEnum):
    SHOWN = "shown"
    HELD = "held"
    """Staff must look at it first: it counts for nothing until then."""
    HIDDEN = "hidden"


class Review(MerchantScoped, Base):
    """What one side of a deal says of the other."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("deal_id", "rater_id"),
        Index("ix_reviews_rated", "merchant_id", "rated_id", "state", "id"),
        Index("ix_reviews_rater", "merchant_id", "rater_id", "created_at"),
    )

    id: Mapped[ReviewId] = mapped_column(Uuid, primary_key=True, default=new_id)
    deal_id: Mapped[DealId] = mapped_column(Uuid, ForeignKey(Deal.id))
    rater_id: Mapped[ContactId] = mapped_column(Uuid)
    rated_id: Mapped[ContactId] = mapped_column(Uuid)
    role: Mapped[str] = mapped_column(Exact(12))
    """A `Role`: that of the rated."""
    stars: Mapped[int] = mapped_column(SmallInteger)
    """From 1, very bad, to 5, very good."""
    text: Mapped[bytes | None] = mapped_column(Sealed)
    """Sealed at "reviews.text"."""
    state: Mapped[str] = mapped_column(Exact(8), default=ReviewState.SHOWN)
    report_id: Mapped[ReportId | None] = mapped_column(Uuid, index=True)
    """The report that holds it."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class ReportKind(StrEnum):
    """What staff are asked to look at."""

    LISTING = "listing"
    """Something on offer; the capability knows the subject."""
    PERSON = "person"
    REVIEW = "review"
    RING = "ring"
    """People who rate one another in a circle."""
    APPLICANT = "applicant"
    """Somebody who wants to take part, and waits to be let in; the capability knows them."""
    REQUEST = "request"
    """What a contact asks for, and staff grant: a copy of their data, or that it is erased."""
    PAYMENT = "payment"
    """Money that came and does not fit, or a link that cannot be made."""
    NUMBER = "number"
    """Somebody proved a number that somebody else had proven before."""
    APPEAL = "appeal"
    """Somebody asks for what was taken from them: a thing of theirs, or being heard at all."""


class ReportState(StrEnum):
    INVITED = "invited"
    """Somebody who was shut out was told how to appeal, and has not done so."""
    OPEN = "open"
    APPROVED = "approved"
    """It may stand."""
    REJECTED = "rejected"
    """It may not: hidden, or shut out."""


class Report(MerchantScoped, Base):
    """Something that staff must look at; they quote its `reference`."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("merchant_id", "reference"),
        Index("ix_reports_state", "merchant_id", "state", "id"),
        Index("ix_reports_about", "merchant_id", "about_id", "kind"),
    )

    id: Mapped[ReportId] = mapped_column(Uuid, primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(Exact(24))
    kind: Mapped[str] = mapped_column(Exact(12))
    capability: Mapped[str] = mapped_column(Exact(32), default="")
    """Whose the subject is; empty where it is nobody's."""
    subject: Mapped[str] = mapped_column(Exact(64), default="")
    what: Mapped[str] = mapped_column(String(120), default="")
    """The subject as staff read it."""
    about_id: Mapped[ContactId] = mapped_column(Uuid)
    """Whose it is."""
    reporter_id: Mapped[ContactId | None] = mapped_column(Uuid)
    """Who says so; none: we noticed it ourselves."""
    reason: Mapped[str] = mapped_column(Exact(24), default="")
    text: Mapped[bytes | None] = mapped_column(Sealed)
    """Sealed at "reports.text"."""
    state: Mapped[str] = mapped_column(Exact(12), default=ReportState.OPEN)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
