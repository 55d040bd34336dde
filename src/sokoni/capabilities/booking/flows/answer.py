"""Answers: accept, decline, another offer; and every other move that a tap makes."""

from datetime import UTC, datetime
from typing import Annotated, ClassVar, Final, cast
from uuid import UUID

from typing_extensions import override

from sokoni.capabilities.booking.desk import Desk, start
from sokoni.capabilities.booking.flows.deposits import let_go, settled
from sokoni.capabilities.booking.flows.kinds import AtOnceFlow
from sokoni.capabilities.booking.flows.which import NONE_WAITS, AnswerFlow, WhichForm, stands
from sokoni.capabilities.booking.machine import NO, YES, Move, Party, Status, first_of
from sokoni.capabilities.booking.models import Booking, BookingId
from sokoni.capabilities.booking.service.bookings import TimeNotFreeError
from sokoni.capabilities.booking.service.moves import BookingMovedError, BookingUnknownError
from sokoni.capabilities.booking.service.slots import TimeTakenError
from sokoni.capabilities.booking.wording import news, rating
from sokoni.dialogue.flow import AnswerRefused, Outcome, TurnContext
from sokoni.dialogue.form import Form, Slot
from sokoni.language.control import Control, control_word
from sokoni.language.readers.offer import OfferReader, names_a_price, offered_moment
from sokoni.language.reading import Moment
from sokoni.language.words import words_of
from sokoni.messaging.events import Timer
from sokoni.messaging.prompts import Prompt, Start

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
        return Outcome(NONE_WAITS)
    except BookingMovedError as refused:
        return await stands(desk, refused.booking)
    desk.pass_on(booking)
    side = desk.side(booking)
    if side is None:
        return Outcome(NONE_WAITS)
    said = await settled(desk, booking, side, await news(desk, booking, side))
    if how is not Move.COMPLETE:
        return Outcome(said)
    # Who says that it is done is asked at once how it was.
    (rate,) = await rating(desk, booking)
    return Outcome(Prompt("booking.completed.own", said.params), then=cast("Start", rate.command))


class OfferForm(WhichForm):
    """Answer a request, perhaps with another time or a price."""

    offer: Annotated[
        str, OfferReader(longest=_LONGEST_OFFER), Slot(editable=False, replies=True)
    ] = ""


class AnswerForm(OfferForm):
    """Say yes to a booking request, or to another time."""


class DeclineForm(WhichForm):
    """Say no to a booking request, or to another time."""


class CounterForm(OfferForm):
    """Offer another time or say a price to somebody who asks for a job."""


class CounterFlow(AnswerFlow[CounterForm]):
    """Finds out which request is meant; the next task passes the offer on, or asks for it."""

    name: ClassVar[str] = "booking.counter"
    form: ClassVar[type[CounterForm]] = CounterForm
    moves: ClassVar[tuple[Move, ...]] = (Move.COUNTER,)

    @override
    def next(self, form: CounterForm, booking: Booking) -> Start:
        return _offering(booking, form.offer)


class AcceptFlow(AnswerFlow[AnswerForm]):
    """Accepts what waits for my answer; "I can come at 5" may be another offer."""

    name: ClassVar[str] = "booking.accept"
    form: ClassVar[type[AnswerForm]] = AnswerForm
    moves: ClassVar[tuple[Move, ...]] = YES

    @override
    def next(self, form: AnswerForm, booking: Booking) -> Start:
        pending = booking.status == Status.PENDING
        if form.offer and pending and not _is_as_asked(self._desk.context, booking, form.offer):
            return _offering(booking, form.offer)
        return _answering(booking, self.moves)


class DeclineFlow(AnswerFlow[DeclineForm]):
    """Declines what waits for my answer."""

    name: ClassVar[str] = "booking.decline"
    form: ClassVar[type[DeclineForm]] = DeclineForm
    moves: ClassVar[tuple[Move, ...]] = NO

    @override
    def next(self, form: DeclineForm, booking: Booking) -> Start:
        return _answering(booking, self.moves)


def _offering(booking: Booking, offer: str) -> Start:
    return start("counter_one", {"booking": str(booking.id)} | ({"offer": offer} if offer else {}))


def _answering(booking: Booking, moves: tuple[Move, ...]) -> Start:
    how = first_of(moves, Status(booking.status))
    return start("move", {"booking": str(booking.id), "how": str(how)})


class CounterOneForm(Form):
    """Offer this customer something else."""

    booking: Annotated[UUID, Slot(early=False, editable=False)]
    offer: Annotated[str, OfferReader(longest=_LONGEST_OFFER), Slot(early=False)]


class CounterOneFlow(AtOnceFlow):
    """Passes an offer on as it was said; a time in it is held."""

    name: ClassVar[str] = "booking.counter_one"
    form: ClassVar[type[CounterOneForm]] = CounterOneForm

    async def complete(self, form: CounterOneForm) -> Outcome:
        desk, booking_id = self._desk, BookingId(form.booking)
        try:
            booking = await desk.bookings.get(booking_id)
            if _is_as_asked(desk.context, booking, form.offer):
                return await self._as_asked(booking, form.offer)
            to = self._time_in(form.offer, booking)
            return await moved(desk, booking_id, Move.COUNTER, to=to, note=form.offer)
        except BookingUnknownError:
            return Outcome(NONE_WAITS)
        except (TimeTakenError, TimeNotFreeError):
            raise AnswerRefused("offer", Prompt("booking.counter.taken")) from None

    async def _as_asked(self, booking: Booking, offer: str) -> Outcome:
        """Take "ok, 3pm" for a yes; "busy at 3" is none, so that it is asked again."""
        desk, first = self._desk, control_word(words_of(offer).part(0, 1))
        if first is not None and first.control is Control.YES:
            return await moved(desk, booking.id, Move.ACCEPT)
        if booking.status != Status.PENDING:
            return await stands(desk, booking)
        return Outcome(await news(desk, booking, Party.PROVIDER))

    def _time_in(self, offer: str, booking: Booking) -> datetime | None:
        """Return the time that the offer names, or have an exact one to come asked for."""
        context = self._desk.context
        moment = offered_moment(words_of(offer), context.scene)
        if moment is None:
            return None
        if moment.is_vague:
            raise AnswerRefused("offer", Prompt("booking.counter.vague"))
        to = offered_time(context, booking, moment)
        if to <= context.now:
            raise AnswerRefused("offer", Prompt("booking.counter.past"))
        return to


def _is_as_asked(context: TurnContext, booking: Booking, offer: str) -> bool:
    """Tell whether an offer names the time that was asked for, and no price."""
    words = words_of(offer)
    moment = offered_moment(words, context.scene)
    if moment is None or moment.is_vague or names_a_price(words, context.scene):
        return False
    return offered_time(context, booking, moment) == booking.starts_at


def offered_time(context: TurnContext, booking: Booking, moment: Moment) -> datetime:
    """Return the time of an offer: "4pm, $15 call-out" is on the day that was asked for."""
    zone = context.merchant.zone
    said = moment.at.astimezone(zone)
    if "day" in moment.assumed:
        day = booking.starts_at.astimezone(zone).date()
        said = datetime.combine(day, said.time(), tzinfo=zone)
    return said.astimezone(UTC)


async def tell_news(context: TurnContext, timer: Timer) -> Prompt | None:
    """Say how a booking stands, unless it has moved on: that is told by another."""
    desk = Desk(context)
    found = await desk.of_timer(timer)
    if found is None or timer.data.get("version") != str(found[0].version):
        return None
    booking, side = found
    return await settled(desk, booking, side, await news(desk, booking, side))


async def lost_news(context: TurnContext, timer: Timer) -> None:
    """End a request that did not come to its provider, whose turn it is; the customer hears.

    Of what a customer paid first, what is to be done is done though they hear nothing.
    """
    desk = Desk(context)
    found = await desk.of_timer(timer)
    if found is None:
        return
    if found[1] is not Party.PROVIDER:
        await let_go(desk, found[0])
        return
    try:
        booking = await desk.bookings.lose(found[0].id)
    except BookingMovedError:
        return
    desk.pass_on(booking)
    # It may have come all the same, or they can be told again by then.
    desk.pass_back(booking)
