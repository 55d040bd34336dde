"""The contact's own bookings: shown, called off, moved to another time."""

from datetime import UTC
from typing import Annotated, ClassVar, Final
from uuid import UUID

from typing_extensions import override

from sokoni.capabilities.booking.desk import start
from sokoni.capabilities.booking.flows.answer import moved
from sokoni.capabilities.booking.flows.kinds import AtOnceFlow, DeskFlow
from sokoni.capabilities.booking.flows.times import check_when, meant, taken
from sokoni.capabilities.booking.flows.which import NONE_WAITS, WhichFlow, WhichForm
from sokoni.capabilities.booking.machine import Move
from sokoni.capabilities.booking.models import Booking, BookingId
from sokoni.capabilities.booking.service.bookings import TimeNotFreeError
from sokoni.capabilities.booking.service.moves import BookingUnknownError
from sokoni.capabilities.booking.service.slots import TimeTakenError
from sokoni.capabilities.booking.wording import again, at, changes, listed, rating, words_of
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.language.readers.reference import ReferenceReader
from sokoni.language.readers.text import TextReader
from sokoni.language.readers.time import TimeReader
from sokoni.language.reading import Moment
from sokoni.messaging.prompts import Choice, Prompt, Start, Worded

_NONE_STANDS: Final = Prompt("booking.none_stands")


class MyBookingsForm(Form):
    """See one's bookings."""


class MyBookingsFlow(AtOnceFlow):
    """Lists bookings on either side, the last first."""

    name: ClassVar[str] = "booking.my_bookings"
    form: ClassVar[type[MyBookingsForm]] = MyBookingsForm

    @override
    async def results(self, form: MyBookingsForm, window: Window) -> Results | None:
        mine = await self._desk.bookings.mine(
            self._desk.me, limit=window.limit, offset=window.offset
        )
        choices = [
            listed(self._desk, one, start("show", {"booking": one.reference})) for one in mine
        ]
        return Results(Prompt("booking.my_bookings.shown"), choices)

    async def complete(self, form: MyBookingsForm) -> Outcome:  # noqa: ARG002
        book = Choice("book", Worded("menu.booking.book"), command=start("book"))
        return Outcome(Prompt("booking.my_bookings.none", {}, (book,)))


class ShowForm(Form):
    """See one booking."""

    booking: Annotated[str, ReferenceReader(), Slot(editable=False)]


class ShowFlow(AtOnceFlow):
    """Shows a booking with what may be done about it."""

    name: ClassVar[str] = "booking.show"
    form: ClassVar[type[ShowForm]] = ShowForm

    async def complete(self, form: ShowForm) -> Outcome:
        desk = self._desk
        booking = await desk.bookings.find_quoted(form.booking, desk.me)
        if booking is None:
            return Outcome(NONE_WAITS)
        key = f"booking.shown.{desk.side(booking)}"
        choices = (
            *changes(desk, booking),
            *await rating(desk, booking),
            *again(desk, booking),
        )
        return Outcome(Prompt(key, await words_of(desk, booking), choices))


class CancelForm(WhichForm):
    """Call a booking off."""


class CancelFlow(WhichFlow[CancelForm]):
    """Finds out which booking is meant; the next task calls it off."""

    name: ClassVar[str] = "booking.cancel"
    form: ClassVar[type[CancelForm]] = CancelForm
    moves: ClassVar[tuple[Move, ...]] = (Move.CANCEL,)
    nothing: ClassVar[Prompt] = _NONE_STANDS

    @override
    def next(self, form: CancelForm, booking: Booking) -> Start:
        return start("cancel_one", {"booking": str(booking.id)})


class RescheduleForm(WhichForm):
    """Ask for another time."""


class RescheduleFlow(WhichFlow[RescheduleForm]):
    """Finds out which booking is meant; the next task asks for the time."""

    name: ClassVar[str] = "booking.reschedule"
    form: ClassVar[type[RescheduleForm]] = RescheduleForm
    moves: ClassVar[tuple[Move, ...]] = (Move.PROPOSE,)
    nothing: ClassVar[Prompt] = _NONE_STANDS

    @override
    def next(self, form: RescheduleForm, booking: Booking) -> Start:
        return start("move_one", {"booking": str(booking.id)})


class CancelOneForm(Form):
    """Call this booking off."""

    booking: Annotated[UUID, Slot(early=False, editable=False)]
    reason: Annotated[str, TextReader(longest=200), Slot(asked=True, early=False)] = ""


class CancelOneFlow(DeskFlow):
    """Calls a booking off on yes, with a reason, if there is one."""

    name: ClassVar[str] = "booking.cancel_one"
    form: ClassVar[type[CancelOneForm]] = CancelOneForm

    async def summary(self, form: CancelOneForm) -> Prompt | None:
        try:
            booking = await self._desk.bookings.get(BookingId(form.booking))
        except BookingUnknownError:
            return None
        return Prompt("booking.cancel_one.summary", await words_of(self._desk, booking))

    async def complete(self, form: CancelOneForm) -> Outcome:
        return await moved(self._desk, BookingId(form.booking), Move.CANCEL, note=form.reason)


class MoveOneForm(Form):
    """Ask for another time for this booking."""

    booking: Annotated[UUID, Slot(early=False, editable=False)]
    when: Annotated[Moment, TimeReader()]


class MoveOneFlow(DeskFlow):
    """Asks the other side for another time; until they agree the booking stays as it is."""

    name: ClassVar[str] = "booking.move_one"
    form: ClassVar[type[MoveOneForm]] = MoveOneForm

    @override
    async def check(self, slot: str, known: Known) -> None:
        if slot != "when" or "booking" not in known:
            return
        booking = await self._desk.bookings.get(BookingId(known["booking"]))
        provider = await self._desk.provider_of(booking)
        minutes = booking.minutes
        when = await meant(self._desk, provider, minutes, known["when"])
        await check_when(self._desk, provider, minutes, when, MoveOneForm.setting)

    async def summary(self, form: MoveOneForm) -> Prompt | None:
        booking = await self._desk.bookings.get(BookingId(form.booking))
        provider = await self._desk.provider_of(booking)
        when = await meant(self._desk, provider, booking.minutes, form.when)
        words = {**await words_of(self._desk, booking), "new_time": at(when.at)}
        return Prompt("booking.move_one.summary", words)

    async def complete(self, form: MoveOneForm) -> Outcome:
        try:
            booking = await self._desk.bookings.get(BookingId(form.booking))
        except BookingUnknownError:
            return Outcome(NONE_WAITS)
        provider, minutes = await self._desk.provider_of(booking), booking.minutes
        when = await meant(self._desk, provider, minutes, form.when)
        try:
            return await moved(self._desk, booking.id, Move.PROPOSE, to=when.at.astimezone(UTC))
        except (TimeTakenError, TimeNotFreeError):
            setting = MoveOneForm.setting
            raise await taken(self._desk, provider, minutes, when, setting) from None
