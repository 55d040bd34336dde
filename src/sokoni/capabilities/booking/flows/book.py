"""Booking: who does it, where, what is wrong, when; asked of the provider on yes."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Annotated, ClassVar, Final
from uuid import UUID

import msgspec
from typing_extensions import override

from sokoni.capabilities.booking.flows.deposits import with_deposit
from sokoni.capabilities.booking.flows.kinds import DeskFlow, service_choices
from sokoni.capabilities.booking.flows.times import NotFree, check_when, meant, taken, window_of
from sokoni.capabilities.booking.models import Booking, Provider, ProviderId
from sokoni.capabilities.booking.reading import SERVICE, THING, TROUBLE
from sokoni.capabilities.booking.service.bookings import (
    NewBooking,
    ProviderNotTakingError,
    TimeNotFreeError,
)
from sokoni.capabilities.booking.service.hours import Span
from sokoni.capabilities.booking.service.search import Candidate
from sokoni.capabilities.booking.service.slots import TimeTakenError
from sokoni.capabilities.booking.service.waits import NewWait
from sokoni.capabilities.booking.whereabouts import named, written
from sokoni.capabilities.booking.wording import at, privacy, rating_told
from sokoni.dialogue.flow import AnswerRefused, AnswerVague, Outcome, TurnContext
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.kit.text import shortened
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.street import StreetReader
from sokoni.language.readers.term import TermReader, ToldTextReader
from sokoni.language.readers.time import TimeReader
from sokoni.language.reading import KnownPlace, Moment
from sokoni.messaging.prompts import Choice, Params, Prompt, SetSlots, Worded

_LONGEST_ISSUE: Final = 500
_CLOSE_KM: Final = 1.0
_KEPT: Final = ("place", "address", "issue")
"""What is kept of who waits, to book at once."""
_HAD: Final = 3
"""So many of those whom the contact had before are shown first."""


class BookForm(Form):
    """Book somebody for a job at one's own place."""

    service: Annotated[
        str, TermReader(SERVICE, hinted_by=TROUBLE, guessed_by=THING), Slot(calls=True)
    ]
    place: Annotated[KnownPlace, PlaceReader(), Slot(pin=True, exact=True)]
    provider: Annotated[str, Slot(early=False)]
    """Their reference."""
    issue: Annotated[str, ToldTextReader(TROUBLE, longest=_LONGEST_ISSUE)]
    when: Annotated[Moment, TimeReader()]
    address: Annotated[str, StreetReader(), Slot(part_of="place")] = ""
    """Where in the place: street and number."""
    not_by: Annotated[UUID | None, Slot(early=False, editable=False)] = None
    """Somebody who said no, or nothing."""
    wait: Annotated[bool, Slot(early=False, editable=False)] = False
    """Not to book, but to be told when that time is free."""


class BookFlow(DeskFlow):
    """Finds a provider and a time that is free, and asks for it."""

    name: ClassVar[str] = "booking.book"
    form: ClassVar[type[BookForm]] = BookForm

    def __init__(self, context: TurnContext) -> None:
        super().__init__(context)
        self._searched: dict[Hashable, _Found] = {}

    @override
    async def prefill(self) -> Known:
        home = await self._desk.home()
        return {} if home is None else dict(zip(("place", "address"), home, strict=True))

    @override
    async def check(self, slot: str, known: Known) -> None:
        if slot in {"service", "place"} and {"service", "place"} <= known.keys():
            await self._check_reach(known)
        needed = {"service", "provider", "when"}
        if slot in needed - {"service"} and needed <= known.keys() and not known.get("wait"):
            await self._check_when(known)

    @override
    async def choices(self, slot: str, known: Known) -> Sequence[Choice]:
        if slot == "service":
            services, setting = self._desk.settings.trades, BookForm.setting
            return service_choices(self._desk, services, lambda one: setting(slot, one))
        if slot != "provider":
            return ()
        return self._shown(await self._found(known))

    async def summary(self, form: BookForm) -> Prompt | None:
        if form.wait:
            return None
        provider = await self._provider(form.provider)
        when = await meant(self._desk, provider, self._desk.minutes_of(form.service), form.when)
        told: Params = {
            "service": self._desk.service_named(form.service),
            "provider": self._desk.providers.name_of(provider),
            "issue": form.issue,
            "time": at(when.at),
            "place": written(form.place, form.address),
        }
        prompt = Prompt("booking.book.summary", told, consent=privacy(self._desk))
        return with_deposit(self._desk, prompt)

    async def complete(self, form: BookForm) -> Outcome:
        if form.wait:
            return await self._wait(form)
        booking = await self.ask(form)
        provider = await self._desk.provider_of(booking)
        told: Params = {
            "provider": self._desk.providers.name_of(provider),
            "reference": booking.reference,
            "time": at(booking.answer_by or booking.starts_at),
        }
        return Outcome(Prompt("booking.book.sent", told))

    async def ask(self, form: BookForm) -> Booking:
        """Ask the provider for it, and have them told."""
        provider = await self._provider(form.provider)
        minutes = self._desk.minutes_of(form.service)
        when = await meant(self._desk, provider, minutes, form.when)
        new = NewBooking(
            customer_id=self._desk.me,
            service=form.service,
            minutes=minutes,
            starts_at=when.at.astimezone(UTC),
            place=form.place,
            issue=form.issue,
            address=form.address,
            time_words=when.words,
        )
        try:
            booking = await self._desk.bookings.ask(provider, new)
        except (TimeTakenError, TimeNotFreeError):
            setting = BookForm.setting
            free = await taken(self._desk, provider, minutes, when, setting)
            raise _or_wait(free, when) from None
        except ProviderNotTakingError:
            raise AnswerRefused("provider", Prompt("booking.book.provider.away")) from None
        await self._desk.customers.lives(self._desk.me, form.place, form.address)
        self._desk.pass_on(booking)
        return booking

    async def _wait(self, form: BookForm) -> Outcome:
        """Have the contact told when the time is free, instead of booking it."""
        provider = await self._provider(form.provider)
        wanted = {slot: BookForm.adapter(slot).dump_json(getattr(form, slot)) for slot in _KEPT}
        within = form.when.window
        at_once = form.when.at.astimezone(UTC)
        new = NewWait(
            contact_id=self._desk.me,
            provider_id=provider.id,
            service=form.service,
            minutes=self._desk.minutes_of(form.service),
            within=Span(at_once, at_once) if within is None else window_of(form.when),
            wanted={slot: msgspec.Raw(raw) for slot, raw in wanted.items()},
        )
        await self._desk.waits.add(new)
        told: Params = {
            "provider": self._desk.providers.name_of(provider),
            "time": at(form.when.at, "full" if within is None else "day"),
        }
        return Outcome(Prompt("booking.wait.done", told))

    async def _check_when(self, known: Known) -> None:
        provider = await self._provider(known["provider"])
        minutes = self._desk.minutes_of(known["service"])
        when = await meant(self._desk, provider, minutes, known["when"])
        try:
            await check_when(self._desk, provider, minutes, when, BookForm.setting)
        except NotFree as free:
            raise _or_wait(free, when) from None

    async def _check_reach(self, known: Known) -> None:
        """Have a provider chosen of those who come there, and another place where none does."""
        if await self._chosen(known) is not None:
            return
        found = await self._found(known)
        told: Params = {
            "service": self._desk.service_named(known["service"]),
            "place": named(known["place"].name, known["place"].town),
        }
        if not found:
            raise AnswerRefused("place", Prompt("booking.book.nobody", told))
        raise AnswerVague("provider", Prompt("booking.book.found", told, self._shown(found)))

    async def _chosen(self, known: Known) -> Candidate | None:
        """Return the provider who is chosen already, where they come there."""
        reference = known.get("provider")
        provider = reference and await self._desk.providers.find_quoted(reference)
        if not provider:
            return None
        return next(iter(await self._coming([provider.id], known)), None)

    async def _found(self, known: Known) -> "_Found":
        """Return who comes there, whom the contact had before first; looked for once in a turn."""
        service, place = known["service"], known["place"]
        wanted = (service, place, place.pin, known.get("not_by"))
        if wanted not in self._searched:
            self._searched[wanted] = await self._search(known)
        return self._searched[wanted]

    async def _search(self, known: Known) -> "_Found":
        service, place = known["service"], known["place"]
        had = await self._desk.bookings.had(self._desk.me, service, limit=_HAD)
        before = await self._coming(had, known)
        minutes, most = self._desk.minutes_of(service), self._desk.settings.results
        near = await self._desk.search.near(service, place, minutes, limit=most)
        first = {one.id for one in before}
        others = [one for one in near if one.id not in first and self._may_do(one, known)]
        return _Found(before, others)

    async def _coming(self, providers: Iterable[ProviderId], known: Known) -> list[Candidate]:
        service, place = known["service"], known["place"]
        minutes = self._desk.minutes_of(service)
        search = self._desk.search
        found = [await search.named(service, place, minutes, one) for one in providers]
        return [one for one in found if one is not None and self._may_do(one, known)]

    def _may_do(self, one: Candidate, known: Known) -> bool:
        """Leave out the contact themselves, and whoever said no."""
        return not {one.contact_id, one.id} & {self._desk.me, known.get("not_by")}

    def _shown(self, found: "_Found") -> tuple[Choice, ...]:
        everybody = [*found.before, *found.others]
        names = Counter(one.name.casefold() for one in everybody)
        return tuple(
            Choice(
                one.reference,
                _label(one, same=names[one.name.casefold()] > 1),
                _described(one, before=place < len(found.before)),
                BookForm.setting("provider", one.reference),
            )
            for place, one in enumerate(everybody)
        )

    async def _provider(self, reference: str) -> Provider:
        provider = await self._desk.providers.find_quoted(reference)
        if provider is None:
            raise AnswerRefused("provider", Prompt("booking.book.provider.away"))
        return provider


def _or_wait(free: NotFree, when: Moment) -> NotFree:
    """Return what offers other times, and to be told when this one is free."""
    slots = {**BookForm.setting("wait", True).slots, **BookForm.setting("when", when).slots}
    wait = Choice("wait", Worded("booking.choice.wait"), command=SetSlots(slots))
    prompt = msgspec.structs.replace(free.prompt, choices=(*free.prompt.choices, wait))
    return NotFree(free.slot, prompt)


@dataclass(frozen=True, slots=True)
class _Found:
    """Those who come to a place."""

    before: list[Candidate]
    """Whom the contact had before."""
    others: list[Candidate]

    def __bool__(self) -> bool:
        return bool(self.before or self.others)


def _label(one: Candidate, *, same: bool) -> str:
    return f"{shortened(one.name, 12)} {one.reference[-4:]}" if same else one.name


def _described(one: Candidate, *, before: bool) -> Worded:
    """Return what matters for the choice: where from, how good, when."""
    parts: Params = {
        "place": _where(one),
        "rating": rating_told(one.stars, one.ratings),
        "free": Worded("booking.provider.busy")
        if one.next_free is None
        else Worded("booking.provider.free", {"time": at(one.next_free)}),
    }
    return Worded("booking.provider.before" if before else "booking.provider.line", parts)


def _where(one: Candidate) -> str | Worded:
    if one.km is None:
        return one.place_name
    if one.km < _CLOSE_KM:
        return Worded("booking.provider.close", {"place": one.place_name})
    return Worded("booking.provider.near", {"place": one.place_name, "km": round(one.km)})
