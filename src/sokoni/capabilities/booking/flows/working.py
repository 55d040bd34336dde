"""A provider's own doings: pause, be back, take a day off."""

from datetime import UTC
from typing import Annotated, ClassVar, Final

from sokoni.capabilities.booking.flows.kinds import AtOnceFlow, DeskFlow
from sokoni.capabilities.booking.flows.times import window_of
from sokoni.capabilities.booking.models import Provider
from sokoni.capabilities.booking.service.hours import Span, day_of
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.capabilities.booking.wording import at
from sokoni.dialogue.flow import Outcome
from sokoni.dialogue.form import Form
from sokoni.language.readers.time import TimeReader
from sokoni.language.reading import Moment
from sokoni.messaging.prompts import Prompt

_NO_PROVIDER: Final = Prompt("booking.no_provider")


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
            return Outcome(_NO_PROVIDER)
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


class DayOffFlow(DeskFlow):
    """Offers no times on that day; what is booked stays."""

    name: ClassVar[str] = "booking.day_off"
    form: ClassVar[type[DayOffForm]] = DayOffForm

    async def summary(self, form: DayOffForm) -> Prompt | None:
        if await self._provider() is None:
            return None
        return self._said("booking.day_off.summary", form.when)

    async def complete(self, form: DayOffForm) -> Outcome:
        provider = await self._provider()
        if provider is None:
            return Outcome(_NO_PROVIDER)
        await self._desk.providers.is_off(provider, self._span(form.when))
        return Outcome(self._said("booking.day_off.done", form.when))

    def _said(self, key: str, when: Moment) -> Prompt:
        """Say which day it is, or from when until when."""
        span = self._span(when)
        if span == self._day(when):
            return Prompt(key, {"day": at(when.at, "day")})
        return Prompt(f"{key}.span", {"start": at(span.start), "end": at(span.end)})

    def _span(self, when: Moment) -> Span:
        if when.is_vague:
            return window_of(when)
        # Who is off from three o'clock is off for the rest of that day.
        return Span(when.at.astimezone(UTC), self._day(when).end)

    def _day(self, when: Moment) -> Span:
        zone = self._desk.context.merchant.zone
        return day_of(when.at.astimezone(zone).date(), zone)

    async def _provider(self) -> Provider | None:
        return await self._desk.providers.find(self._desk.me)
