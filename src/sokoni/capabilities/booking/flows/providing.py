"""What a provider changes of themselves: hours, areas, services, notice, time between jobs."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar, Generic, TypeVar

from annotated_types import Ge, Le, MinLen
from typing_extensions import override

from sokoni.capabilities.booking.flows.kinds import ProviderFlow, service_choices
from sokoni.capabilities.booking.models import Provider
from sokoni.capabilities.booking.reading import SERVICE
from sokoni.capabilities.booking.service.areas import Area
from sokoni.capabilities.booking.service.availability import AHEAD
from sokoni.capabilities.booking.service.hours import Span, Stretch
from sokoni.capabilities.booking.service.waits import may_be_free
from sokoni.capabilities.booking.service.week import changed
from sokoni.capabilities.booking.settings import LONGEST_BUFFER, LONGEST_LEAD
from sokoni.capabilities.booking.wording import areas_told, duration_told, several_told, week_told
from sokoni.dialogue.flow import AnswerRefused
from sokoni.dialogue.form import Form, Known
from sokoni.language.readers.duration import DurationReader
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.several import SeveralReader
from sokoni.language.readers.term import TermReader
from sokoni.language.readers.week import WeekReader, WeekSaid
from sokoni.language.reading import KnownPlace
from sokoni.messaging.prompts import Choice, Params, Prompt

T = TypeVar("T")
S = TypeVar("S")


class HoursForm(Form):
    """Change when one works."""

    hours: Annotated[WeekSaid, WeekReader()]


class HoursFlow(ProviderFlow):
    """Shows the week as it would be, and keeps it on yes."""

    name: ClassVar[str] = "booking.hours"
    form: ClassVar[type[HoursForm]] = HoursForm
    nothing: ClassVar[Known] = {"hours": WeekSaid(())}

    @override
    async def check(self, slot: str, known: Known) -> None:
        provider = await self.provider()
        if provider is not None and not await self._week(provider, known["hours"]):
            raise AnswerRefused("hours", Prompt("booking.hours.hours.none"))

    @override
    async def asked(self, provider: Provider, form: HoursForm) -> Prompt:
        return _hours_told("booking.hours.summary", await self._week(provider, form.hours))

    @override
    async def done(self, provider: Provider, form: HoursForm) -> Prompt:
        week = await self._week(provider, form.hours)
        await self._desk.providers.works(provider, week)
        now = self._desk.context.now
        soon = [Span(now, now + AHEAD)]
        await may_be_free(self._desk.context.session, provider.id, soon, now)
        return _hours_told("booking.hours.done", week)

    async def _week(self, provider: Provider, said: WeekSaid) -> Sequence[Stretch]:
        known = await self._desk.availability.hours_of(provider.id)
        return changed(known, said, self._desk.settings.usual_hours)


def _hours_told(key: str, week: Iterable[Stretch]) -> Prompt:
    return Prompt(key, {"hours": week_told(week)})


class _ListFlow(ProviderFlow, Generic[T, S]):
    """Adds to what a provider has several of, or takes from it; something is left of it always."""

    slot: ClassVar[str]

    @abstractmethod
    async def now(self, provider: Provider) -> Sequence[T]:
        """Return them as they are."""

    @abstractmethod
    def after(self, now: Sequence[T], said: Sequence[S]) -> Sequence[T]:
        """Return them as they would be."""

    @abstractmethod
    async def keep(self, provider: Provider, after: Sequence[T]) -> None:
        """Have it so."""

    @abstractmethod
    def told(self, listed: Sequence[T]) -> Params:
        """Return what they are called."""

    @override
    async def check(self, slot: str, known: Known) -> None:
        provider = await self.provider()
        if provider is None:
            return
        now = await self.now(provider)
        after, told = self.after(now, known[slot]), self.told(now)
        if not after:
            raise AnswerRefused(slot, Prompt(f"booking.{slot}.last", told))
        if set(after) == set(now):
            raise AnswerRefused(slot, Prompt(f"{self.name}.{slot}.same", told))

    @override
    async def asked(self, provider: Provider, form: Form) -> Prompt:
        after = await self._after(provider, form)
        return Prompt(f"booking.{self.slot}.summary", self.told(after))

    @override
    async def done(self, provider: Provider, form: Form) -> Prompt:
        after = await self._after(provider, form)
        await self.keep(provider, after)
        return Prompt(f"booking.{self.slot}.done", self.told(after))

    async def _after(self, provider: Provider, form: Form) -> Sequence[T]:
        return self.after(await self.now(provider), getattr(form, self.slot))


class AreasForm(Form):
    """Say where one comes to."""

    areas: Annotated[tuple[KnownPlace, ...], SeveralReader(PlaceReader()), MinLen(1)]


class AddAreasForm(AreasForm):
    """Come to more places."""


class LeaveAreasForm(AreasForm):
    """Come to some places no more."""


class _AreasFlow(_ListFlow[Area, KnownPlace]):
    nothing: ClassVar[Known] = {"areas": (KnownPlace("-", "-", "-", "-", 0, 0),)}
    slot: ClassVar[str] = "areas"

    @override
    async def now(self, provider: Provider) -> Sequence[Area]:
        return await self._desk.providers.areas_of(provider.id)

    @override
    async def keep(self, provider: Provider, after: Sequence[Area]) -> None:
        await self._desk.providers.serves(provider, after)

    @override
    def told(self, listed: Sequence[Area]) -> Params:
        return {"areas": areas_told(listed)}


class AddAreasFlow(_AreasFlow):
    """Has the provider found in more places."""

    name: ClassVar[str] = "booking.add_areas"
    form: ClassVar[type[AddAreasForm]] = AddAreasForm

    @override
    def after(self, now: Sequence[Area], said: Sequence[KnownPlace]) -> Sequence[Area]:
        return tuple({one.place_id: one for one in (*now, *map(Area.of, said))}.values())


class LeaveAreasFlow(_AreasFlow):
    """Has the provider found in fewer places; who leaves a town leaves all of it."""

    name: ClassVar[str] = "booking.leave_areas"
    form: ClassVar[type[LeaveAreasForm]] = LeaveAreasForm

    @override
    def after(self, now: Sequence[Area], said: Sequence[KnownPlace]) -> Sequence[Area]:
        left = {place.id for place in said}
        towns = {area.town for area in map(Area.of, said) if area.whole_town}
        return tuple(one for one in now if one.place_id not in left and one.town not in towns)


class ServicesForm(Form):
    """Say what one does."""

    services: Annotated[tuple[str, ...], SeveralReader(TermReader(SERVICE)), MinLen(1)]


class AddServicesForm(ServicesForm):
    """Do more kinds of work."""


class DropServicesForm(ServicesForm):
    """Do some kinds of work no more."""


class _ServicesFlow(_ListFlow[str, str]):
    nothing: ClassVar[Known] = {"services": ("-",)}
    slot: ClassVar[str] = "services"

    @override
    async def choices(self, slot: str, known: Known) -> Sequence[Choice]:
        services, setting = await self.offered(), self.form.setting
        return service_choices(self._desk, services, lambda one: setting(slot, (one,)))

    @abstractmethod
    async def offered(self) -> Iterable[str]:
        """Return which services may be picked."""

    @override
    async def now(self, provider: Provider) -> Sequence[str]:
        return await self._desk.providers.services_of(provider.id)

    @override
    async def keep(self, provider: Provider, after: Sequence[str]) -> None:
        await self._desk.providers.does(provider, after)

    @override
    def told(self, listed: Sequence[str]) -> Params:
        return {"services": several_told(map(self._desk.service_named, listed))}


class AddServicesFlow(_ServicesFlow):
    """Has the provider found for more kinds of work."""

    name: ClassVar[str] = "booking.add_services"
    form: ClassVar[type[AddServicesForm]] = AddServicesForm

    @override
    def after(self, now: Sequence[str], said: Sequence[str]) -> Sequence[str]:
        return tuple(dict.fromkeys((*now, *said)))

    @override
    async def offered(self) -> Iterable[str]:
        return self._desk.settings.trades


class DropServicesFlow(_ServicesFlow):
    """Has the provider found for fewer kinds of work."""

    name: ClassVar[str] = "booking.drop_services"
    form: ClassVar[type[DropServicesForm]] = DropServicesForm

    @override
    def after(self, now: Sequence[str], said: Sequence[str]) -> Sequence[str]:
        return tuple(one for one in now if one not in said)

    @override
    async def offered(self) -> Iterable[str]:
        provider = await self.provider()
        return await self.now(provider) if provider else ()


class _MinutesFlow(ProviderFlow):
    """Keeps how long something takes."""

    slot: ClassVar[str]

    @abstractmethod
    async def keep(self, provider: Provider, minutes: int) -> None:
        """Take it over for the provider."""

    @override
    async def asked(self, provider: Provider, form: Form) -> Prompt:
        return self._told("summary", form)

    @override
    async def done(self, provider: Provider, form: Form) -> Prompt:
        await self.keep(provider, getattr(form, self.slot))
        return self._told("done", form)

    def _told(self, key: str, form: Form) -> Prompt:
        return Prompt(f"{self.name}.{key}", {self.slot: duration_told(getattr(form, self.slot))})


class LeadForm(Form):
    """Say how long before a job one must know of it."""

    lead: Annotated[int, DurationReader(), Ge(0), Le(LONGEST_LEAD)]


class LeadFlow(_MinutesFlow):
    """Offers no times sooner than that."""

    name: ClassVar[str] = "booking.lead"
    form: ClassVar[type[LeadForm]] = LeadForm
    nothing: ClassVar[Known] = {"lead": 0}
    slot: ClassVar[str] = "lead"

    @override
    async def keep(self, provider: Provider, minutes: int) -> None:
        await self._desk.providers.change(provider, lead_minutes=minutes)


class BufferForm(Form):
    """Say how much time is kept free after each job."""

    buffer: Annotated[int, DurationReader(), Ge(0), Le(LONGEST_BUFFER)]


class BufferFlow(_MinutesFlow):
    """Keeps that time free, to get to the next."""

    name: ClassVar[str] = "booking.buffer"
    form: ClassVar[type[BufferForm]] = BufferForm
    nothing: ClassVar[Known] = {"buffer": 0}
    slot: ClassVar[str] = "buffer"

    @override
    async def keep(self, provider: Provider, minutes: int) -> None:
        await self._desk.providers.change(provider, buffer_minutes=minutes)
