"""Answers: accept, decline, another offer; and every other move that a tap makes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Final
from uuid import UUID

from typing_extensions import override

from sokoni.capabilities.booking.desk import Desk, start
from sokoni.capabilities.booking.flows.kinds import AtOnceFlow
from sokoni.capabilities.booking.machine import ASKED, Move, Party, Status
from sokoni.capabilities.booking.models import Booking, BookingId
from sokoni.capabilities.booking.service.bookings import TimeNotFreeError
from sokoni.capabilities.booking.service.moves import BookingMovedError, BookingUnknownError
from sokoni.capabilities.booking.service.slots import TimeTakenError
from sokoni.capabilities.booking.wording import at, news, words_of
from sokoni.dialogue.flow import AnswerRefused, Outcome, Results, TurnContext, Window
from sokoni.dialogue.form import Form, Slot
from sokoni.language.readers.reference import ReferenceReader
from sokoni.language.readers.text import TextReader
from sokoni.language.readers.time import TimeReader
from sokoni.language.reading import Moment
from sokoni.language.words import words_of as words_in
from sokoni.messaging.events import Timer
from sokoni.messaging.prompts import Choice, Params, Prompt, Worded

_NONE: Final = Prompt("booking.none_waits")
_LONGEST_OFFER: Final = 200


class MoveForm(Form):
    """Answer a booking, or say how it went."""

    booking: Annotated[UUID, Slot(early=False, editable=False)]
    how: Annotated[Move, Slot(early=False, editable=False)]


class MoveFlow(AtOnceFlow):
    """Makes a move; where that is too late, says how things stand."""

    name: ClassVar[str] = "booking.move"
    form: ClassVar[type[MoveForm]] = MoveForm

    async def complete(self, form: MoveForm) -> Outcome:
        return await moved(self._desk, BookingId(form.booking), form.how)


async def moved(
    desk: Desk,
    booking_id: BookingId,
    how: Move,
    *,
    to: datetime | None = None,
    note: str = "",
) -> Outcome:
    """Move a booking, tell the other side, and say how it stands now."""
    try:
        booking = await desk.bookings.move(booking_id, desk.me, how, at=to, note=note)
    except BookingUnknownError:
        return Outcome(_NONE)
    except BookingMovedError as refused:
        return await stands(desk, refused.booking)
    desk.pass_on(booking)
    side = desk.side(booking)
    return Outcome(_NONE if side is None else await news(desk, booking, side))


async def stands(desk: Desk, booking: Booking) -> Outcome:
    """Say that it is too late, and how a booking stands, to those whom it concerns."""
    if desk.side(booking) is None:
        return Outcome(_NONE)
    return Outcome(Prompt("booking.stands", await words_of(desk, booking)))


class AnswerForm(Form):
    """Say yes to a booking request, or to another time."""

    booking: Annotated[str, ReferenceReader(), Slot(editable=False)] = ""


class DeclineForm(AnswerForm):
    """Say no to a booking request, or to another time."""


class _WaitingFlow(AtOnceFlow):
    """Finds out which of those that wait for my answer is meant."""

    yes: ClassVar[bool]

    @override
    async def results(self, form: AnswerForm, window: Window) -> Results | None:
        if form.booking:
            return None
        waiting = await waiting_for(self._desk)
        choices = [
            await _choice(self._desk, one, start("move", self._known(one)))
            for one in waiting[window.offset : window.offset + window.limit]
        ]
        return Results(Prompt("booking.which"), choices, sole=True)

    async def complete(self, form: AnswerForm) -> Outcome:
        desk = self._desk
        booking = await desk.bookings.find_quoted(form.booking, desk.me) if form.booking else None
        if booking is None:
            return Outcome(_NONE)
        return Outcome(then=start("move", self._known(booking)))

    def _known(self, booking: Booking) -> dict[str, object]:
        asked = {Status.PENDING: (Move.ACCEPT, Move.DECLINE)}
        if booking.status == Status.RESCHEDULING:
            pair = (Move.AGREE, Move.KEEP)
        else:
            pair = asked.get(Status(booking.status), (Move.AGREE, Move.REFUSE))
        return {"booking": str(booking.id), "how": str(pair[0] if self.yes else pair[1])}


class AcceptFlow(_WaitingFlow):
    """Accepts what waits for my answer."""

    name: ClassVar[str] = "booking.accept"
    form: ClassVar[type[AnswerForm]] = AnswerForm
    yes: ClassVar[bool] = True


class DeclineFlow(_WaitingFlow):
    """Declines what waits for my answer."""

    name: ClassVar[str] = "booking.decline"
    form: ClassVar[type[DeclineForm]] = DeclineForm
    yes: ClassVar[bool] = False


class CounterForm(Form):
    """Offer another time or say a price to somebody who asks for a job."""

    booking: Annotated[str, ReferenceReader(), Slot(editable=False)] = ""


class CounterFlow(AtOnceFlow):
    """Finds out which request is meant; the next task takes the offer."""

    name: ClassVar[str] = "booking.counter"
    form: ClassVar[type[CounterForm]] = CounterForm

    @override
    async def results(self, form: CounterForm, window: Window) -> Results | None:
        asked = await self._desk.bookings.standing(
            self._desk.me, [Status.PENDING], side=Party.PROVIDER, limit=window.limit + 30
        )
        meant = [one for one in asked if form.booking in {"", one.reference}]
        choices = [
            await _choice(self._desk, one, start("counter_one", {"booking": str(one.id)}))
            for one in meant[window.offset : window.offset + window.limit]
        ]
        return Results(Prompt("booking.which"), choices, sole=True)

    async def complete(self, form: CounterForm) -> Outcome:  # noqa: ARG002
        return Outcome(_NONE)


class CounterOneForm(Form):
    """Offer this customer something else."""

    booking: Annotated[UUID, Slot(early=False, editable=False)]
    offer: Annotated[str, TextReader(longest=_LONGEST_OFFER), Slot(early=False)]


class CounterOneFlow(AtOnceFlow):
    """Passes an offer on as it was said; a time in it is held."""

    name: ClassVar[str] = "booking.counter_one"
    form: ClassVar[type[CounterOneForm]] = CounterOneForm

    async def complete(self, form: CounterOneForm) -> Outcome:
        booking_id = BookingId(form.booking)
        try:
            booking = await self._desk.bookings.get(booking_id)
            to = offered_time(self._desk.context, booking, form.offer)
            return await moved(self._desk, booking_id, Move.COUNTER, to=to, note=form.offer)
        except BookingUnknownError:
            return Outcome(_NONE)
        except (TimeTakenError, TimeNotFreeError):
            raise AnswerRefused("offer", Prompt("booking.counter.taken")) from None


def offered_time(context: TurnContext, booking: Booking, offer: str) -> datetime | None:
    """Return the time in an offer: "4pm, $15 call-out" is on the day that was asked for."""
    found = TimeReader().find(words_in(offer), context.scene)
    moment = found.value if found is not None else None
    if not isinstance(moment, Moment) or moment.is_vague:
        return None
    zone = context.merchant.zone
    said = moment.at.astimezone(zone)
    if "day" in moment.assumed:
        day = booking.starts_at.astimezone(zone).date()
        said = datetime.combine(day, said.time(), tzinfo=zone)
    to = said.astimezone(UTC)
    return to if to > context.now else None


async def waiting_for(desk: Desk) -> Sequence[Booking]:
    """Return the bookings of which the contact is asked something."""
    asked = await desk.bookings.standing(desk.me, ASKED, limit=90)
    return [one for one in asked if _asks(one, desk.side(one))]


def _asks(booking: Booking, side: Party | None) -> bool:
    if booking.status == Status.RESCHEDULING:
        return booking.proposed_by != side
    asked = Party.PROVIDER if booking.status == Status.PENDING else Party.CUSTOMER
    return side is asked


async def _choice(desk: Desk, booking: Booking, command: object) -> Choice:
    words = await words_of(desk, booking)
    return listed(booking, words, command)


def listed(booking: Booking, words: Params, command: object) -> Choice:
    """Return a booking as one of several."""
    label = Worded("booking.time", {"time": at(booking.starts_at)})
    return Choice(booking.reference, label, Worded("booking.line", words), command)  # type: ignore[arg-type]


async def tell_news(context: TurnContext, timer: Timer) -> Prompt | None:
    """Say how a booking stands, unless it has moved on: that is told by another."""
    desk = Desk(context)
    try:
        booking = await desk.bookings.get(BookingId(UUID(timer.data["booking"])))
    except BookingUnknownError:
        return None
    side = desk.side(booking)
    if side is None or timer.data.get("version") != str(booking.version):
        return None
    return await news(desk, booking, side)
