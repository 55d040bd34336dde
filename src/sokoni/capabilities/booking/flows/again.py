"""Booking again what was booked before: the same work, at the same place, by the same hands."""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Final

from typing_extensions import override

from sokoni.capabilities.booking.desk import start
from sokoni.capabilities.booking.flows.book import BookFlow, BookForm
from sokoni.capabilities.booking.flows.kinds import AtOnceFlow
from sokoni.capabilities.booking.machine import Party
from sokoni.capabilities.booking.models import Booking
from sokoni.capabilities.booking.reading import SERVICE, TROUBLE, WhomReader
from sokoni.capabilities.booking.wording import at
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form, Slot
from sokoni.language.readers.reference import ReferenceReader
from sokoni.language.readers.term import TermReader, ToldTextReader
from sokoni.language.readers.time import TimeReader
from sokoni.language.reading import KnownPlace, Moment
from sokoni.language.words import words_of
from sokoni.messaging.prompts import Choice, Params, Prompt, Start, Worded

_LOOKED_AT: Final = 60
_BOOK: Final = Choice("book", Worded("menu.booking.book"), command=start("book"), means="yes")


class AgainForm(Form):
    """Book again what was booked before."""

    booking: Annotated[str, ReferenceReader(), Slot(editable=False)] = ""
    service: Annotated[str, TermReader(SERVICE, hinted_by=TROUBLE), Slot(editable=False)] = ""
    issue: Annotated[str, ToldTextReader(TROUBLE, longest=500), Slot(editable=False)] = ""
    when: Annotated[Moment | None, TimeReader(), Slot(editable=False)] = None
    whom: Annotated[str, WhomReader(), Slot(editable=False)] = ""
    """What is left of the words, in which a provider may be named."""


class AgainFlow(AtOnceFlow):
    """Lists whom the contact booked, the last first; what is left is asked as ever."""

    name: ClassVar[str] = "booking.again"
    form: ClassVar[type[AgainForm]] = AgainForm

    @override
    async def results(self, form: AgainForm, window: Window) -> Results | None:
        before = await self._before(form)
        names = await self._desk.providers.names_of({one.provider_id for one in before})
        meant = [one for one in before if _is_named(form.whom, names[one.provider_id])] or before
        choices = [
            self._choice(one, names[one.provider_id], await self._start(form, one))
            for one in meant[window.offset : window.offset + window.limit]
        ]
        return Results(Prompt("booking.again.which"), choices, sole=True)

    async def complete(self, form: AgainForm) -> Outcome:  # noqa: ARG002
        return Outcome(Prompt("booking.again.none", {}, (_BOOK,)))

    async def _before(self, form: AgainForm) -> Sequence[Booking]:
        """Return the last booking of each kind with each provider."""
        desk = self._desk
        mine = await desk.bookings.mine(desk.me, side=Party.CUSTOMER, limit=_LOOKED_AT)
        meant = (
            one
            for one in mine
            if form.booking in {"", one.reference} and form.service in {"", one.service}
        )
        last: dict[object, Booking] = {}
        for one in meant:
            last.setdefault((one.provider_id, one.service), one)
        return list(last.values())

    def _choice(self, booking: Booking, name: str, command: Start) -> Choice:
        told: Params = {
            "service": self._desk.service_named(booking.service),
            "day": at(booking.starts_at, "day"),
        }
        return Choice(booking.reference, name, Worded("booking.again.line", told), command)

    async def _start(self, form: AgainForm, booking: Booking) -> Start:
        """Return the start of a booking with all that is known of it already."""
        provider = await self._desk.provider_of(booking)
        known: dict[str, object] = {"service": booking.service, "provider": provider.reference}
        place = await self._place(booking)
        if place is not None:
            known["place"], known["address"] = place
        return booking_with(known | {"issue": form.issue, "when": form.when})

    async def _place(self, booking: Booking) -> tuple[KnownPlace, str] | None:
        """Return where the job was; where the contact has moved since their last, their home."""
        desk = self._desk
        home = await desk.home()
        mine = await desk.bookings.mine(desk.me, side=Party.CUSTOMER, limit=_LOOKED_AT)
        last = max(mine, key=lambda one: one.created_at)
        if home is not None and home[0].id != last.place_id:
            return home
        return desk.place_was(booking)


def booking_with(known: Mapping[str, object]) -> Start:
    """Return the start of a booking with what was said of it already."""
    said = [BookForm.setting(slot, value).slots for slot, value in known.items() if value]
    return Start(BookFlow.name, {slot: raw for one in said for slot, raw in one.items()})


def _is_named(said: str, name: str) -> bool:
    """Tell whether a word that was said is one of a provider's name."""
    named = {token.folded for token in words_of(name).tokens}
    return any(token.folded in named for token in words_of(said).tokens)
