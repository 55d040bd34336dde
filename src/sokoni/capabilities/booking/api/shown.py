"""How the API shows users, providers and bookings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.api import examples
from sokoni.capabilities.booking.machine import Status
from sokoni.capabilities.booking.models import Booking, BookingCustomer
from sokoni.capabilities.booking.service.bookings import Bookings
from sokoni.capabilities.booking.service.listed import Listed
from sokoni.capabilities.booking.service.providers import Providers
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.capabilities.booking.wording import PRIVACY
from sokoni.contacts.consent import who_agrees
from sokoni.contacts.directory import ContactDirectory
from sokoni.web.behalf import Change
from sokoni.web.parts import WebParts
from sokoni.web.principal import Principal


class UserShown(BaseModel, frozen=True, json_schema_extra=examples.USER_SHOWN):
    """Somebody who books."""

    id: UUID
    phone_number: str | None
    """Null: WhatsApp hides it."""
    name: str
    location: str
    """Where their jobs are, unless they say otherwise."""
    agreed_privacy_policy: bool
    onboarding_completed: bool
    """They told name and place, and agreed to what is kept."""
    registered_at: datetime
    updated_at: datetime


class BookingShown(BaseModel, frozen=True, json_schema_extra=examples.BOOKING_SHOWN):
    """A job at a time."""

    id: UUID
    reference: str
    user_id: UUID
    user_number: str | None
    user_name: str
    provider_id: UUID
    provider_number: str | None
    provider_name: str
    service_type: str
    issue: str
    location: str
    address: str
    """Street and number, where that was said."""
    date_time: datetime
    """In the merchant's zone."""
    ends_at: datetime
    time_words: str
    """As the user said it."""
    status: Status
    answer_by: datetime | None
    """Whoever is asked has not answered by then: it ends."""
    proposed_at: datetime | None
    """Another time that one side asks for."""
    proposed_by: str
    """`customer` or `provider`."""
    ended_by: str
    note: str
    created_at: datetime
    updated_at: datetime


class ProfileShown(UserShown, frozen=True, json_schema_extra=examples.PROFILE_SHOWN):
    """Somebody who books, with what they booked last."""

    bookings: Sequence[BookingShown]


class ProviderShown(BaseModel, frozen=True, json_schema_extra=examples.PROVIDER_SHOWN):
    """Somebody who does jobs. Their number is given to whom they agree to come."""

    id: UUID
    reference: str
    name: str
    services: Sequence[str]
    location: str
    """Where they start from."""
    areas: Sequence[str]
    """Where they come to."""
    status: ProviderStatus
    stars: float | None
    """Null: nobody has rated them."""
    ratings: int
    next_free: datetime | None
    """When a job may begin first; null: not within two weeks."""
    distance_km: float | None
    """From the place that was asked for, where that is no whole town."""
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class Showing:
    """Shows rows of one merchant, many with as few statements as one."""

    principal: Principal
    parts: WebParts
    session: AsyncSession

    @classmethod
    def of(cls, change: Change) -> Self:
        return cls(change.principal, change.parts, change.session)

    @property
    def directory(self) -> ContactDirectory:
        return ContactDirectory(self.session, self.parts.vault, self.principal.merchant_id)

    @property
    def providers(self) -> Providers:
        scope = (self.session, self.parts.vault, self.principal.merchant_id)
        return Providers(*scope, self.parts.clock())

    @property
    def book(self) -> Bookings:
        scope = (self.session, self.parts.vault, self.principal.merchant_id)
        return Bookings(*scope, self.parts.clock(), self.principal.merchant.zone)

    async def users(self, customers: Sequence[BookingCustomer]) -> Sequence[UserShown]:
        ids = [one.contact_id for one in customers]
        names, phones = await self.directory.names_of(ids), await self.directory.phones_of(ids)
        agreed = await who_agrees(self.session, self.principal.merchant_id, ids, PRIVACY)
        return [
            UserShown(
                id=one.contact_id,
                phone_number=phones.get(one.contact_id),
                name=names.get(one.contact_id, ""),
                location=_where(one.place_name, one.town),
                agreed_privacy_policy=one.contact_id in agreed,
                onboarding_completed=one.onboarded_at is not None,
                registered_at=one.registered_at,
                updated_at=one.updated_at,
            )
            for one in customers
        ]

    async def bookings(self, bookings: Sequence[Booking]) -> Sequence[BookingShown]:
        people = {who for one in bookings for who in (one.customer_id, one.doer_id)}
        names = await self.directory.names_of(people)
        phones = await self.directory.phones_of(people)
        called = await self.providers.names_of({one.provider_id for one in bookings})
        zone, book = self.principal.merchant.zone, self.book
        return [
            BookingShown(
                id=one.id,
                reference=one.reference,
                user_id=one.customer_id,
                user_number=phones.get(one.customer_id),
                user_name=names.get(one.customer_id, ""),
                provider_id=one.provider_id,
                provider_number=phones.get(one.doer_id),
                provider_name=called.get(one.provider_id, ""),
                service_type=one.service,
                issue=book.issue_of(one),
                location=_where(one.place_name, one.town),
                address=book.address_of(one),
                date_time=one.starts_at.astimezone(zone),
                ends_at=one.ends_at.astimezone(zone),
                time_words=one.time_words,
                status=Status(one.status),
                answer_by=one.answer_by,
                proposed_at=one.proposed_at,
                proposed_by=one.proposed_by,
                ended_by=one.ended_by,
                note=book.note_of(one),
                created_at=one.created_at,
                updated_at=one.updated_at,
            )
            for one in bookings
        ]

    async def booking(self, booking: Booking) -> BookingShown:
        return (await self.bookings([booking]))[0]

    def provider(self, listed: Listed) -> ProviderShown:
        one = listed.provider
        return ProviderShown(
            id=one.id,
            reference=one.reference,
            name=self.providers.name_of(one),
            services=listed.services,
            location=one.place_name,
            areas=listed.areas,
            status=ProviderStatus(one.status),
            stars=round(one.stars_sum / one.stars_count, 1) if one.stars_count else None,
            ratings=one.stars_count,
            next_free=listed.next_free,
            distance_km=None if listed.km is None else round(listed.km, 1),
            registered_at=one.registered_at,
        )


def _where(place: str, town: str) -> str:
    return f"{place}, {town}" if town not in {"", place} else place
