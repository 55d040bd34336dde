"""Which of one's bookings is meant: the first half of many a task."""

from abc import abstractmethod
from typing import Annotated, ClassVar, Final, Generic, TypeVar

from typing_extensions import override

from sokoni.capabilities.booking.desk import Desk
from sokoni.capabilities.booking.flows.kinds import AtOnceFlow
from sokoni.capabilities.booking.machine import Move, Status, first_of
from sokoni.capabilities.booking.models import Booking
from sokoni.capabilities.booking.wording import changes, listed, words_of
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form, Slot
from sokoni.language.readers.reference import ReferenceReader
from sokoni.messaging.prompts import Prompt, Start

NONE_WAITS: Final = Prompt("booking.none_waits")


class WhichForm(Form):
    """Do something about a booking; its reference, if it was said."""

    booking: Annotated[str, ReferenceReader(), Slot(editable=False)] = ""


W = TypeVar("W", bound=WhichForm)


class WhichFlow(AtOnceFlow, Generic[W]):
    """Lists those of my bookings that may be moved so; the only one is taken at once."""

    moves: ClassVar[tuple[Move, ...]]
    nothing: ClassVar[Prompt] = NONE_WAITS

    @abstractmethod
    def next(self, form: W, booking: Booking) -> Start:
        """Return what is done about the booking that is meant."""

    async def none(self, form: W) -> Outcome:  # noqa: ARG002
        """Say that there is no such booking."""
        return Outcome(self.nothing)

    @override
    async def results(self, form: W, window: Window) -> Results | None:
        if form.booking:
            return None
        desk = self._desk
        found = await desk.bookings.movable(
            desk.me, self.moves, limit=window.limit, offset=window.offset
        )
        choices = [listed(desk, one, self.next(form, one)) for one in found]
        return Results(Prompt("booking.which"), choices, sole=True)

    async def complete(self, form: W) -> Outcome:
        desk = self._desk
        booking = await desk.bookings.find_quoted(form.booking, desk.me) if form.booking else None
        if booking is None:
            return await self.none(form)
        if first_of(self.moves, Status(booking.status)) is None:
            return await stands(desk, booking)
        return Outcome(then=self.next(form, booking))


class AnswerFlow(WhichFlow[W]):
    """Answers what waits; where nothing does, the last that did may be what is meant."""

    @override
    async def none(self, form: W) -> Outcome:
        desk = self._desk
        last = None if form.booking else await desk.bookings.last_moved(desk.me)
        return Outcome(self.nothing) if last is None else await stands(desk, last)


async def stands(desk: Desk, booking: Booking) -> Outcome:
    """Say that it is too late, and how a booking stands, to those whom it concerns."""
    if desk.side(booking) is None:
        return Outcome(NONE_WAITS)
    told = await words_of(desk, booking)
    return Outcome(Prompt("booking.stands", told, changes(desk, booking)))
