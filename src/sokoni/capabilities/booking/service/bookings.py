"""Bookings: asked for, answered, moved, ended; never two at once for one provider."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.machine import SIDES, Move, Party, Status, steps_of
from sokoni.capabilities.booking.models import Booking, BookingId, Provider, ProviderId
from sokoni.capabilities.booking.service.availability import Availability
from sokoni.capabilities.booking.service.hours import Span, day_of
from sokoni.capabilities.booking.service.moves import (
    Asked,
    BookingMovedError,
    BookingUnknownError,
    Moves,
)
from sokoni.capabilities.booking.service.notices import Notices, Pace
from sokoni.capabilities.booking.service.slots import Slots
from sokoni.capabilities.booking.service.waits import Waits
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId, new_id, new_reference
from sokoni.language.reading import KnownPlace
from sokoni.places.pins import Pin, pin_from, pin_text

ISSUE: Final = "bookings.issue"
ADDRESS: Final = "bookings.address"
PIN: Final = "bookings.pin"
NOTE: Final = "bookings.note"
_SIDES: Final = {Party.CUSTOMER: Booking.customer_id, Party.PROVIDER: Booking.doer_id}


class ProviderNotTakingError(AppError):
    """The provider takes no jobs now."""

    code = "provider_not_taking"


class TimeNotFreeError(AppError):
    """The provider does not work then, or not so soon."""

    code = "time_not_free"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBooking:
    """What a customer asks of a provider."""

    customer_id: ContactId
    service: str
    minutes: int
    starts_at: datetime
    place: KnownPlace
    issue: str = ""
    address: str = ""
    time_words: str = ""


class Bookings:
    """One merchant's bookings."""

    def __init__(
        self,
        session: AsyncSession,
        vault: Vault,
        merchant_id: MerchantId,
        now: datetime,
        zone: ZoneInfo,
        pace: Pace | None = None,
    ) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id
        self._now = now
        self._zone = zone
        self._pace = pace or Pace()
        self._waits = Waits(session, vault, merchant_id, now)
        self._availability = Availability(session, merchant_id, now, zone)
        self._moves = Moves(session, merchant_id, now, self._pace)
        self._slots = Slots(session, merchant_id)
        self._notices = Notices(session, merchant_id, now)

    # --- reading ------------------------------------------------------------------------------

    async def get(self, booking_id: BookingId) -> Booking:
        """Return a booking, or raise `BookingUnknownError`."""
        return await self._moves.get(booking_id)

    async def find_quoted(self, reference: str, contact_id: ContactId) -> Booking | None:
        """Return a booking of the contact's by what people quote."""
        said = reference.strip().upper()
        return await self._session.scalar(
            self._moves.bookings().where(Booking.reference == said, _of(contact_id))
        )

    async def get_quoted(self, reference: str) -> Booking:
        """Return anybody's booking by what people quote, or raise `BookingUnknownError`."""
        said = reference.strip().upper()
        found = await self._session.scalar(self._moves.bookings().where(Booking.reference == said))
        if found is None:
            raise BookingUnknownError(said)
        return found

    async def had(
        self, contact_id: ContactId, service: str, *, limit: int
    ) -> Sequence[ProviderId]:
        """Return who came to the contact for such work, or is to come, the last first."""
        came = (Status.CONFIRMED, Status.COMPLETED)
        last = func.max(Booking.starts_at)
        statement = (
            select(Booking.provider_id)
            .where(
                Booking.merchant_id == self._merchant_id,
                Booking.customer_id == contact_id,
                Booking.service == service,
                Booking.status.in_([str(one) for one in came]),
            )
            .group_by(Booking.provider_id)
            .order_by(last.desc())
            .limit(limit)
        )
        return (await self._session.scalars(statement)).all()

    async def mine(
        self, contact_id: ContactId, *, side: Party | None = None, limit: int, offset: int = 0
    ) -> Sequence[Booking]:
        """Return bookings that the contact has on one side or either, the last first."""
        statement = self._moves.bookings().where(_of(contact_id, side))
        newest = statement.order_by(Booking.starts_at.desc(), Booking.id.desc())
        return (await self._session.scalars(newest.limit(limit).offset(offset))).all()

    async def last_moved(self, contact_id: ContactId) -> Booking | None:
        """Return that booking of the contact's which changed last."""
        newest = (
            self._moves.bookings()
            .where(_of(contact_id))
            .order_by(Booking.updated_at.desc(), Booking.id.desc())
        )
        return await self._session.scalar(newest.limit(1))

    async def movable(
        self, contact_id: ContactId, moves: Collection[Move], *, limit: int, offset: int = 0
    ) -> Sequence[Booking]:
        """Return those of the contact's that one of the moves would move now, the next first."""
        ways = [
            self._moves.within(step, side, contact_id)
            for step in steps_of(moves)
            for side in sorted(step.by & SIDES)
        ]
        statement = (
            self._moves.bookings().where(or_(*ways)).order_by(Booking.starts_at, Booking.id)
        )
        return (await self._session.scalars(statement.limit(limit).offset(offset))).all()

    async def page(
        self,
        *,
        contact_id: ContactId | None = None,
        side: Party | None = None,
        after: BookingId | None,
        limit: int,
    ) -> Sequence[Booking]:
        """Return bookings in the order in which they were made, for the API and pages."""
        statement = self._moves.bookings().order_by(Booking.id).limit(limit)
        if contact_id is not None:
            statement = statement.where(_of(contact_id, side))
        if after is not None:
            statement = statement.where(Booking.id > after)
        return (await self._session.scalars(statement)).all()

    def issue_of(self, booking: Booking) -> str:
        return self._vault.open_text(ISSUE, booking.id, booking.issue)

    def address_of(self, booking: Booking) -> str:
        return self._vault.open_text(ADDRESS, booking.id, booking.address)

    def pin_of(self, booking: Booking) -> Pin | None:
        return pin_from(self._vault.open_text(PIN, booking.id, booking.pin))

    def note_of(self, booking: Booking) -> str:
        return self._vault.open_text(NOTE, booking.id, booking.note)

    # --- asking -------------------------------------------------------------------------------

    async def ask(self, provider: Provider, new: NewBooking) -> Booking:
        """Ask a provider for a job and hold its time until they answer.

        `ProviderNotTakingError`, `TimeNotFreeError`, or `TimeTakenError` for who comes second.
        """
        if provider.status != ProviderStatus.ACTIVE:
            raise ProviderNotTakingError(provider.reference)
        await self.check_time(provider, new.starts_at, new.minutes)
        booking = self._made(provider, new)
        async with self._session.begin_nested():
            self._session.add(booking)
            await self._session.flush()
            end = booking.ends_at + timedelta(minutes=provider.buffer_minutes)
            await self._slots.hold(provider.id, booking.id, booking.starts_at, end)
            limit = self._pace.limit(self._now, booking.starts_at)
            await self._notices.plan(booking.id, self._pace.asking(self._now, limit))
            day = day_of(booking.starts_at.astimezone(self._zone).date(), self._zone)
            await self._waits.withdraw(booking.customer_id, booking.service, day)
        return booking

    async def check_time(self, provider: Provider, starts_at: datetime, minutes: int) -> None:
        """Raise `TimeNotFreeError` where a job may not begin then."""
        within = Span(starts_at, starts_at + timedelta(minutes=minutes))
        calendar = await self._availability.of(provider.id, within)
        if starts_at <= self._now or not calendar.is_free(starts_at, minutes):
            raise TimeNotFreeError(provider.reference, starts_at.isoformat())

    def _made(self, provider: Provider, new: NewBooking) -> Booking:
        booking_id = BookingId(new_id())
        place_name, town = new.place.called or (new.place.name, new.place.town)
        return Booking(
            id=booking_id,
            merchant_id=self._merchant_id,
            reference=new_reference("BKG"),
            provider_id=provider.id,
            doer_id=provider.contact_id,
            customer_id=new.customer_id,
            service=new.service,
            issue=self._vault.seal_said(ISSUE, booking_id, new.issue),
            place_id=new.place.id,
            place_name=place_name,
            town=town,
            address=self._vault.seal_said(ADDRESS, booking_id, new.address),
            pin=self._vault.seal_said(PIN, booking_id, pin_text(new.place.pin)),
            starts_at=new.starts_at,
            ends_at=new.starts_at + timedelta(minutes=new.minutes),
            time_words=new.time_words[:80],
            status=Status.PENDING,
            version=1,
            answer_by=self._pace.limit(self._now, new.starts_at),
            proposed_by="",
            ended_by="",
            created_at=self._now,
            updated_at=self._now,
        )

    # --- moving -------------------------------------------------------------------------------

    async def move(
        self,
        booking_id: BookingId,
        contact_id: ContactId,
        move: Move,
        *,
        at: datetime | None = None,
        note: str = "",
    ) -> Booking:
        """Have one of the two make a move.

        `BookingMovedError` where it stands elsewhere or is not theirs, `TimeNotFreeError` and
        `TimeTakenError` where another time is asked for.
        """
        booking = await self.get(booking_id)
        by = side_of(booking, contact_id)
        if by is None:
            raise BookingMovedError(booking)
        if at is not None and by is Party.CUSTOMER:
            await self._check_other_time(booking, at)
        sealed = self._vault.seal_said(NOTE, booking_id, note)
        return await self._moves.make(booking_id, move, by, Asked(at=at, note=sealed))

    async def lose(self, booking_id: BookingId) -> Booking:
        """End a request that cannot be delivered; `BookingMovedError` where it was answered."""
        return await self._moves.make(booking_id, Move.LOSE, Party.TIME)

    async def _check_other_time(self, booking: Booking, at: datetime) -> None:
        """Raise `TimeNotFreeError` where the provider does not work then.

        Time that the booking holds itself is no hindrance.
        """
        within = Span(at, at + (booking.ends_at - booking.starts_at))
        calendar = await self._availability.of(booking.provider_id, within)
        if at <= self._now or not calendar.works(at, booking.minutes):
            raise TimeNotFreeError(booking.reference, at.isoformat())


def side_of(booking: Booking, contact_id: ContactId) -> Party | None:
    """Return what the contact is in a booking."""
    if booking.customer_id == contact_id:
        return Party.CUSTOMER
    return Party.PROVIDER if booking.doer_id == contact_id else None


def _of(contact_id: ContactId, side: Party | None = None) -> ColumnElement[bool]:
    if side is not None:
        return _SIDES[side] == contact_id
    return or_(Booking.customer_id == contact_id, Booking.doer_id == contact_id)
