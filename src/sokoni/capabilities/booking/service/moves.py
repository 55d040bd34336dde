"""Runs the machine: moves a booking on where its state, its time and the mover allow it.

Each move is one UPDATE, guarded by the version that was read: of two that cross, one wins and
the other is told how things stand.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.machine import (
    ASKED,
    FINAL,
    HOLDING,
    Move,
    Party,
    Status,
    Step,
    When,
    step_from,
)
from sokoni.capabilities.booking.models import Booking, BookingId, Provider
from sokoni.capabilities.booking.service.hours import Span
from sokoni.capabilities.booking.service.notices import ANSWER, Notices, Pace
from sokoni.capabilities.booking.service.slots import Slots
from sokoni.capabilities.booking.service.waits import may_be_free
from sokoni.capabilities.booking.settings import NAME
from sokoni.db.session import rows_changed
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.reviews.deals import Deals, NewDeal

_NO_ANSWER: Final[dict[str, Any]] = {"answer_by": None, "proposed_at": None, "proposed_by": ""}


class BookingUnknownError(AppError):
    """The merchant has no such booking."""

    code = "booking_unknown"
    http_status = 404


class BookingMovedError(AppError):
    """It stands elsewhere by now, or it is not theirs to move."""

    code = "booking_moved"

    def __init__(self, booking: Booking) -> None:
        super().__init__(booking.reference, booking.status)
        self.booking = booking


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What goes with a move: the other time that is asked for, and what was said."""

    at: datetime | None = None
    note: bytes | None = None
    """Sealed."""


_PLAIN: Final = Asked()


class Moves:
    """Moves one merchant's bookings."""

    def __init__(
        self, session: AsyncSession, merchant_id: MerchantId, now: datetime, pace: Pace
    ) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now
        self._pace = pace
        self._slots = Slots(session, merchant_id)
        self._notices = Notices(session, merchant_id, now)

    async def get(self, booking_id: BookingId) -> Booking:
        """Return a booking as it is by now, or raise `BookingUnknownError`."""
        found = await self._session.scalar(self.bookings().where(Booking.id == booking_id))
        if found is None:
            raise BookingUnknownError(str(booking_id))
        return found

    def bookings(self) -> Select[Booking]:
        """Scope of every query for bookings; what the session has read before is read anew."""
        statement = select(Booking).where(Booking.merchant_id == self._merchant_id)
        return statement.execution_options(populate_existing=True)

    async def make(
        self, booking_id: BookingId, move: Move, by: Party, asked: Asked = _PLAIN
    ) -> Booking:
        """Make a move and return the booking, or raise `BookingMovedError`.

        `TimeTakenError` where the time that it asks for is held.
        """
        booking = await self.get(booking_id)
        step = step_from(Status(booking.status), move)
        if step is None or not self._allows(step, booking, by):
            raise BookingMovedError(booking)
        held = _held(booking)
        async with self._session.begin_nested():
            await self._change(booking, step, self._values(booking, step, by, asked))
            changed = await self.get(booking_id)
            await self._settle(changed, step)
            kept = _held(changed)
            freed = [span for span in held if span not in kept]
            await may_be_free(self._session, changed.provider_id, freed, self._now)
        return changed

    def _allows(self, step: Step, booking: Booking, by: Party) -> bool:
        if by not in step.by or (step.not_proposer and booking.proposed_by == by):
            return False
        return self._is(step.when, booking)

    def _is(self, when: When, booking: Booking) -> bool:
        limit = booking.answer_by
        match when:
            case When.ANSWERABLE:
                return limit is not None and self._now < limit
            case When.OVERDUE:
                return limit is not None and limit <= self._now
            case When.AHEAD:
                return self._now < booking.starts_at
            case When.BEGUN:
                return booking.starts_at <= self._now
            case When.ANY:
                return True

    def within(self, step: Step, side: Party, contact_id: ContactId) -> ColumnElement[bool]:
        """Tell of a row what `_allows` tells of a booking: this contact may take the step now."""
        mine = Booking.customer_id if side is Party.CUSTOMER else Booking.doer_id
        its = [mine == contact_id, Booking.status == step.source, self._falls(step.when)]
        if step.not_proposer:
            its.append(Booking.proposed_by != side)
        return and_(*its)

    def _falls(self, when: When) -> ColumnElement[bool]:
        match when:
            case When.ANSWERABLE:
                return Booking.answer_by > self._now
            case When.OVERDUE:
                return Booking.answer_by <= self._now
            case When.AHEAD:
                return Booking.starts_at > self._now
            case When.BEGUN:
                return Booking.starts_at <= self._now
            case When.ANY:
                return true()

    def _values(self, booking: Booking, step: Step, by: Party, asked: Asked) -> dict[str, Any]:
        values: dict[str, Any] = {"status": step.target}
        if asked.note is not None:
            values["note"] = asked.note
        if step.target in FINAL:
            return values | _NO_ANSWER | {"ended_by": by}
        length = booking.ends_at - booking.starts_at
        if step.move is Move.COUNTER:
            at = asked.at or booking.starts_at
            limit = self._pace.limit(self._now, at)
            return values | {"starts_at": at, "ends_at": at + length, "answer_by": limit}
        if step.move is Move.PROPOSE and asked.at is not None:
            limit = self._pace.limit(self._now, min(asked.at, booking.starts_at))
            asks = {"proposed_at": asked.at, "proposed_by": by, "answer_by": limit}
            return values | asks
        if step.move is Move.AGREE and booking.proposed_at is not None:
            at = booking.proposed_at
            values |= {"starts_at": at, "ends_at": at + length}
        return values | _NO_ANSWER

    async def _change(self, booking: Booking, step: Step, values: dict[str, Any]) -> None:
        changing = update(Booking).where(
            Booking.merchant_id == self._merchant_id,
            Booking.id == booking.id,
            Booking.version == booking.version,
            Booking.status == step.source,
        )
        moved = {**values, "version": Booking.version + 1, "updated_at": self._now}
        if not await rows_changed(self._session, changing.values(**moved)):
            raise BookingMovedError(await self.get(booking.id))

    async def _settle(self, booking: Booking, step: Step) -> None:
        """Hold and free time, and have the right things fall due."""
        if step.target in FINAL:
            await self._slots.free(booking.id)
            await self._notices.drop_all(booking.id)
            if step.target is Status.COMPLETED:
                await self._may_be_rated(booking)
            return
        await self._hold(booking)
        if step.target in ASKED and booking.answer_by is not None:
            asking = self._pace.asking(self._now, booking.answer_by)
            await self._notices.plan(booking.id, asking)
            return
        await self._notices.drop(booking.id, ANSWER)
        if step.move in {Move.ACCEPT, Move.AGREE}:
            agreed = self._pace.agreed(booking.starts_at, booking.ends_at)
            await self._notices.plan(booking.id, agreed)

    async def _may_be_rated(self, booking: Booking) -> None:
        """Note the job as a deal: only those who had one rate each other."""
        deal = NewDeal(
            capability=NAME,
            subject=booking.id.hex,
            thing=booking.service,
            provider_id=booking.doer_id,
            customer_id=booking.customer_id,
        )
        await Deals(self._session, self._merchant_id, self._now).made(deal)

    async def _hold(self, booking: Booking) -> None:
        """Hold what is agreed on, and what is asked for; of anything else nothing."""
        buffer = await self._buffer(booking)
        if booking.proposed_at is not None:
            length = booking.ends_at - booking.starts_at
            end = booking.proposed_at + length + buffer
            await self._slots.hold(booking.provider_id, booking.id, booking.proposed_at, end)
            return
        end = booking.ends_at + buffer
        await self._slots.hold(booking.provider_id, booking.id, booking.starts_at, end)
        await self._slots.keep_only(booking.id, booking.starts_at, end)

    async def _buffer(self, booking: Booking) -> timedelta:
        minutes = select(Provider.buffer_minutes).where(
            Provider.merchant_id == self._merchant_id, Provider.id == booking.provider_id
        )
        return timedelta(minutes=await self._session.scalar(minutes) or 0)


def _held(booking: Booking) -> tuple[Span, ...]:
    """Return the time that a booking keeps from others, the way to the next job left out."""
    if booking.status not in HOLDING:
        return ()
    agreed = Span(booking.starts_at, booking.ends_at)
    at = booking.proposed_at
    return (agreed,) if at is None else (agreed, Span(at, at + (agreed.end - agreed.start)))
