"""A provider's own doings: pause, be back, take a day off."""

from datetime import UTC
from typing import Annotated, ClassVar

from typing_extensions import override

from sokoni.capabilities.booking.desk import start as start_task
from sokoni.capabilities.booking.flows.kinds import NO_PROVIDER, AtOnceFlow, ProviderFlow
from sokoni.capabilities.booking.flows.times import window_of
from sokoni.capabilities.booking.models import Provider, ProviderAbsence
from sokoni.capabilities.booking.service.hours import Span, day_of
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.capabilities.booking.wording import at, off_told, span_told
from sokoni.dialogue.flow import AnswerRefused, Outcome, Results, Window
from sokoni.dialogue.form import Form, Known
from sokoni.language.readers.time import TimeReader
from sokoni.language.reading import Moment, Vagueness
from sokoni.language.reading import Window as TimeWindow
from sokoni.messaging.prompts import Choice, Prompt, Worded


class PauseForm(Form):
    """Take no jobs for a while."""


class ResumeForm(Form):
    """Take jobs again."""


class _StandFlow(AtOnceFlow):
    source: ClassVar[ProviderStatus]
    target: ClassVar[ProviderStatus]

    async def complete(self, form: Form) -> Outcome:  # noqa: ARG002
        provider = await self._desk.providers.find(self._desk.me)
        if provider is None:
            return Outcome(NO_PROVIDER)
        await self._desk.providers.set_status(provider, self.target, sources=[self.source])
        return Outcome(Prompt(f"booking.standing.{ProviderStatus(provider.status)}"))


class PauseFlow(_StandFlow):
    """Has nobody find the provider until they are back."""

    name: ClassVar[str] = "booking.pause"
    form: ClassVar[type[PauseForm]] = PauseForm
    source: ClassVar[ProviderStatus] = ProviderStatus.ACTIVE
    target: ClassVar[ProviderStatus] = ProviderStatus.PAUSED


class ResumeFlow(_StandFlow):
    """Has the provider found again."""

    name: ClassVar[str] = "booking.resume"
    form: ClassVar[type[ResumeForm]] = ResumeForm
    source: ClassVar[ProviderStatus] = ProviderStatus.PAUSED
    target: ClassVar[ProviderStatus] = ProviderStatus.ACTIVE


class DayOffForm(Form):
    """Take a day, or part of one, off."""

    when: Annotated[Moment, TimeReader()]


class BackForm(Form):
    """Work on a day, or part of one, that was taken off."""

    when: Annotated[Moment, TimeReader()]


class _DayFlow(ProviderFlow):
    """A flow about a day, or from when until when."""

    @override
    async def prefill(self) -> Known:
        if await self.provider() is not None:
            return {}
        return {"when": Moment(self._desk.context.now, "")}

    def said(self, key: str, span: Span) -> Prompt:
        zone = self._desk.context.merchant.zone
        if span == day_of(span.start.astimezone(zone).date(), zone):
            return Prompt(key, {"day": at(span.start, "day")})
        return Prompt(f"{key}.span", span_told(span.start, span.end, zone))

    def span(self, when: Moment) -> Span:
        if when.is_vague:
            return window_of(when)
        # Who is off from three o'clock is off for the rest of that day.
        zone = self._desk.context.merchant.zone
        day = day_of(when.at.astimezone(zone).date(), zone)
        return Span(when.at.astimezone(UTC), day.end)


class DayOffFlow(_DayFlow):
    """Offers no times on that day; what is booked stays."""

    name: ClassVar[str] = "booking.day_off"
    form: ClassVar[type[DayOffForm]] = DayOffForm

    @override
    async def asked(self, provider: Provider, form: DayOffForm) -> Prompt:
        return self.said("booking.day_off.summary", self.span(form.when))

    @override
    async def done(self, provider: Provider, form: DayOffForm) -> Prompt:
        span = self.span(form.when)
        await self._desk.absences.take(provider, span)
        return self.said("booking.day_off.done", span)


class BackFlow(_DayFlow):
    """Offers times on a day again that was taken off."""

    name: ClassVar[str] = "booking.back"
    form: ClassVar[type[BackForm]] = BackForm

    @override
    async def check(self, slot: str, known: Known) -> None:
        provider = await self.provider()
        if provider is None:
            return
        span = self.span(known["when"])
        if not await self._desk.absences.within(provider.id, span):
            raise AnswerRefused("when", self.said("booking.back.when.none", span))

    @override
    async def asked(self, provider: Provider, form: BackForm) -> Prompt:
        return self.said("booking.back.summary", self.span(form.when))

    @override
    async def done(self, provider: Provider, form: BackForm) -> Prompt:
        span = self.span(form.when)
        await self._desk.absences.give_back(provider, span)
        return self.said("booking.back.done", span)


class DaysOffForm(Form):
    """See the days that one took off."""


class DaysOffFlow(AtOnceFlow):
    """Lists what is not over; picking one takes it back."""

    name: ClassVar[str] = "booking.days_off"
    form: ClassVar[type[DaysOffForm]] = DaysOffForm

    @override
    async def results(self, form: DaysOffForm, window: Window) -> Results | None:
        provider = await self._desk.providers.find(self._desk.me)
        if provider is None:
            return None
        found = await self._desk.absences.coming(
            provider.id, limit=window.limit, offset=window.offset
        )
        return Results(Prompt("booking.days_off.shown"), [self._choice(one) for one in found])

    async def complete(self, form: DaysOffForm) -> Outcome:  # noqa: ARG002
        provider = await self._desk.providers.find(self._desk.me)
        return Outcome(NO_PROVIDER if provider is None else Prompt("booking.days_off.none"))

    def _choice(self, absence: ProviderAbsence) -> Choice:
        zone = self._desk.context.merchant.zone
        start, end = absence.starts_at, absence.ends_at
        whole = TimeWindow(start.astimezone(zone), end.astimezone(zone), Vagueness.RANGE)
        back = start_task("back", {"when": Moment(whole.start, "", window=whole)})
        label = Worded("booking.time", {"time": at(start, "day")})
        told = off_told(absence, zone)
        until = told if isinstance(told, Worded) else ""
        return Choice(f"off-{absence.id.hex}", label, until, back)
