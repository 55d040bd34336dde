"""What the booking desk keeps: providers and when they work, customers, bookings.

Names, addresses and what is wrong at somebody's home are sealed; a provider's rating is a
number that `reviews` gave.
"""

from datetime import datetime
from typing import NewType
from uuid import UUID

from sqlalchemy import (
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.capabilities.booking.machine import Status
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.db.base import Base, Exact, MerchantScoped, Sealed
from sokoni.kit.ids import ContactId, new_id

ProviderId = NewType("ProviderId", UUID)
BookingId = NewType("BookingId", UUID)
AbsenceId = NewType("AbsenceId", UUID)
NoticeId = NewType("NoticeId", UUID)
WaitId = NewType("WaitId", UUID)


class Provider(MerchantScoped, Base):
    """A contact who does jobs at other people's places."""

    __tablename__ = "providers"
    __table_args__ = (
        UniqueConstraint("merchant_id", "contact_id"),
        UniqueConstraint("merchant_id", "reference"),
        Index("ix_providers_status", "merchant_id", "status", "id"),
    )

    id: Mapped[ProviderId] = mapped_column(Uuid, primary_key=True, default=new_id)
    contact_id: Mapped[ContactId] = mapped_column(Uuid)
    reference: Mapped[str] = mapped_column(Exact(24))
    name: Mapped[bytes] = mapped_column(Sealed)
    """Sealed at "providers.name"."""
    address: Mapped[bytes | None] = mapped_column(Sealed)
    """Where the office is, sealed at "providers.address"; nobody's job is there."""
    place_id: Mapped[str] = mapped_column(Exact(64))
    place_name: Mapped[str] = mapped_column(String(80))
    latitude: Mapped[float] = mapped_column(Double)
    longitude: Mapped[float] = mapped_column(Double)
    status: Mapped[str] = mapped_column(Exact(12), default=ProviderStatus.PENDING)
    lead_minutes: Mapped[int] = mapped_column(Integer, default=0)
    """How long before a job the provider must know of it."""
    buffer_minutes: Mapped[int] = mapped_column(SmallInteger, default=0)
    """Time kept free after each job, to get to the next."""
    stars_sum: Mapped[int] = mapped_column(Integer, default=0)
    stars_count: Mapped[int] = mapped_column(Integer, default=0)
    reviews_sum: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """How much of it reviews said; the rest came with the provider."""
    reviews_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    registered_at: Mapped[datetime]


class ProviderService(Base):
    """A kind of work that a provider does."""

    __tablename__ = "provider_services"

    provider_id: Mapped[ProviderId] = mapped_column(
        Uuid, ForeignKey(Provider.id), primary_key=True
    )
    service: Mapped[str] = mapped_column(Exact(32), primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)


class ProviderArea(Base):
    """A town, or a part of one, to which a provider comes."""

    __tablename__ = "provider_areas"

    provider_id: Mapped[ProviderId] = mapped_column(
        Uuid, ForeignKey(Provider.id), primary_key=True
    )
    place_id: Mapped[str] = mapped_column(Exact(64), primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    place_name: Mapped[str] = mapped_column(String(80))
    town: Mapped[str] = mapped_column(String(80))
    whole_town: Mapped[bool]
    """It is the town itself: all of its suburbs are served."""


class ProviderReach(Base):
    """What a search finds: one row for each service and area of a provider who takes jobs."""

    __tablename__ = "provider_reach"
    __table_args__ = (
        Index(
            "ix_provider_reach_best",
            "merchant_id",
            "service",
            "area",
            "shortfall",
            "provider_id",
        ),
        # All that the search for the nearest looks at: the rows themselves are not read for it.
        Index(
            "ix_provider_reach_near",
            "merchant_id",
            "service",
            "area",
            "latitude",
            "longitude",
            "shortfall",
            "provider_id",
        ),
        Index("ix_provider_reach_provider", "provider_id"),
    )

    merchant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    service: Mapped[str] = mapped_column(Exact(32), primary_key=True)
    area: Mapped[str] = mapped_column(Exact(96), primary_key=True)
    """See `service.areas`."""
    provider_id: Mapped[ProviderId] = mapped_column(
        Uuid, ForeignKey(Provider.id), primary_key=True
    )
    latitude: Mapped[float] = mapped_column(Double)
    longitude: Mapped[float] = mapped_column(Double)
    shortfall: Mapped[int] = mapped_column(Integer)
    """Thousandths of a star below the best: 0 comes first."""


class ProviderHours(Base):
    """One stretch of a working day; what lies between two of them is a break."""

    __tablename__ = "provider_hours"

    provider_id: Mapped[ProviderId] = mapped_column(
        Uuid, ForeignKey(Provider.id), primary_key=True
    )
    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    """0 is Monday."""
    opens: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    """Minutes after midnight."""
    closes: Mapped[int] = mapped_column(SmallInteger)
    """Minutes after the midnight before `opens`: 26 x 60 is two in the morning."""
    merchant_id: Mapped[UUID] = mapped_column(Uuid)


class ProviderAbsence(MerchantScoped, Base):
    """Time that a provider takes off."""

    __tablename__ = "provider_absences"
    __table_args__ = (Index("ix_provider_absences_time", "provider_id", "ends_at"),)

    id: Mapped[AbsenceId] = mapped_column(Uuid, primary_key=True, default=new_id)
    provider_id: Mapped[ProviderId] = mapped_column(Uuid, ForeignKey(Provider.id))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class BookingCustomer(MerchantScoped, Base):
    """Where a contact who books lives, and whether they introduced themselves."""

    __tablename__ = "booking_customers"
    __table_args__ = (UniqueConstraint("merchant_id", "contact_id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    contact_id: Mapped[ContactId] = mapped_column(Uuid)
    place_id: Mapped[str] = mapped_column(Exact(64), default="")
    place_name: Mapped[str] = mapped_column(String(80), default="")
    town: Mapped[str] = mapped_column(String(80), default="", server_default="")
    address: Mapped[bytes | None] = mapped_column(Sealed)
    """Street and number, sealed at "booking_customers.address"."""
    pin: Mapped[bytes | None] = mapped_column(Sealed)
    """Their own location, sealed at "booking_customers.pin"; the point below is the place's."""
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    onboarded_at: Mapped[datetime | None]
    registered_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Booking(MerchantScoped, Base):
    """A job at a time; people quote its `reference`."""

    __tablename__ = "bookings"
    __table_args__ = (
        UniqueConstraint("merchant_id", "reference"),
        Index("ix_bookings_customer", "merchant_id", "customer_id", "starts_at"),
        Index("ix_bookings_provider", "merchant_id", "provider_id", "starts_at"),
        Index("ix_bookings_doer", "merchant_id", "doer_id", "status"),
    )

    id: Mapped[BookingId] = mapped_column(Uuid, primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(Exact(24))
    provider_id: Mapped[ProviderId] = mapped_column(Uuid, ForeignKey(Provider.id))
    doer_id: Mapped[ContactId] = mapped_column(Uuid)
    """The provider's contact, who answers."""
    customer_id: Mapped[ContactId] = mapped_column(Uuid)
    service: Mapped[str] = mapped_column(Exact(32))
    issue: Mapped[bytes | None] = mapped_column(Sealed)
    """Sealed at "bookings.issue"."""
    place_id: Mapped[str] = mapped_column(Exact(64))
    place_name: Mapped[str] = mapped_column(String(80))
    """Where the job is: the customer's place, never the provider's office."""
    town: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """Of which the place is a part; the same as the place where it is a town."""
    address: Mapped[bytes | None] = mapped_column(Sealed)
    """Street and number, sealed at "bookings.address"."""
    pin: Mapped[bytes | None] = mapped_column(Sealed)
    """The location that the customer sent, sealed at "bookings.pin"."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    time_words: Mapped[str] = mapped_column(String(80), default="")
    """The time as the customer said it."""
    status: Mapped[str] = mapped_column(Exact(16), default=Status.PENDING)
    version: Mapped[int] = mapped_column(default=1)
    """Grows with each move, so that both sides are told of each, once."""
    answer_by: Mapped[datetime | None]
    """Whoever is asked has not answered by then: it ends. None: nobody is asked."""
    proposed_at: Mapped[datetime | None]
    """Another time that one side asks the other for."""
    proposed_by: Mapped[str] = mapped_column(Exact(8), default="")
    note: Mapped[bytes | None] = mapped_column(Sealed)
    """What they said with it, or why it was cancelled; sealed at "bookings.note"."""
    ended_by: Mapped[str] = mapped_column(Exact(8), default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def minutes(self) -> int:
        """How long the job takes."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


class BookingSlot(Base):
    """A quarter of an hour of a provider's that a booking holds. Its key keeps two apart."""

    __tablename__ = "booking_slots"
    __table_args__ = (Index("ix_booking_slots_booking", "booking_id"),)

    provider_id: Mapped[ProviderId] = mapped_column(
        Uuid, ForeignKey(Provider.id), primary_key=True
    )
    quarter: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """Quarters of an hour since 1970."""
    booking_id: Mapped[BookingId] = mapped_column(Uuid, ForeignKey(Booking.id))
    merchant_id: Mapped[UUID] = mapped_column(Uuid)


class BookingNotice(MerchantScoped, Base):
    """What a booking makes due at a time; written, moved and deleted with it."""

    __tablename__ = "booking_notices"
    __table_args__ = (
        UniqueConstraint("booking_id", "kind"),
        Index("ix_booking_notices_due", "due_at", "id"),
    )

    id: Mapped[NoticeId] = mapped_column(Uuid, primary_key=True, default=new_id)
    booking_id: Mapped[BookingId] = mapped_column(Uuid, ForeignKey(Booking.id))
    kind: Mapped[str] = mapped_column(Exact(16))
    due_at: Mapped[datetime]


class BookingWait(MerchantScoped, Base):
    """A customer who waits for time of a provider's to be free."""

    __tablename__ = "booking_waits"
    __table_args__ = (
        Index("ix_booking_waits_contact", "merchant_id", "contact_id"),
        Index("ix_booking_waits_time", "provider_id", "ends_at"),
        Index("ix_booking_waits_due", "due_at", "id"),
        Index("ix_booking_waits_over", "ends_at"),
    )

    id: Mapped[WaitId] = mapped_column(Uuid, primary_key=True, default=new_id)
    contact_id: Mapped[ContactId] = mapped_column(Uuid)
    provider_id: Mapped[ProviderId] = mapped_column(Uuid, ForeignKey(Provider.id))
    service: Mapped[str] = mapped_column(Exact(32))
    minutes: Mapped[int] = mapped_column(Integer)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """The job may begin from `starts_at` until then; where both are the same, just then."""
    wanted: Mapped[bytes] = mapped_column(Sealed)
    """What else they said of the job, sealed at "booking_waits.wanted"."""
    due_at: Mapped[datetime | None]
    """When they are to hear that it may be free."""
    created_at: Mapped[datetime]
