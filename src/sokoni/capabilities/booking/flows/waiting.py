"""Waiting for a provider's time to be free: told when it is, with a choice to book at once."""

from typing import ClassVar, Final
from uuid import UUID

from sokoni.capabilities.booking.desk import Desk, start
from sokoni.capabilities.booking.flows.book import BookForm
from sokoni.capabilities.booking.flows.kinds import AtOnceFlow
from sokoni.capabilities.booking.models import BookingWait, Provider, WaitId
from sokoni.capabilities.booking.service.hours import Span
from sokoni.capabilities.booking.service.providers import ProviderUnknownError
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.capabilities.booking.wording import at
from sokoni.dialogue.flow import Outcome, TurnContext
from sokoni.dialogue.form import Form
from sokoni.language.reading import Moment
from sokoni.messaging.events import Timer
from sokoni.messaging.prompts import Choice, Params, Prompt, Start, Worded

FREED: Final = "booking.freed"


class StopWaitingForm(Form):
    """Wait no more for a time to be free."""


class StopWaitingFlow(AtOnceFlow):
    """Takes the contact off every list."""

    name: ClassVar[str] = "booking.stop_waiting"
    form: ClassVar[type[StopWaitingForm]] = StopWaitingForm

    async def complete(self, form: StopWaitingForm) -> Outcome:  # noqa: ARG002
        waited = await self._desk.waits.withdraw(self._desk.me)
        return Outcome(Prompt(f"booking.stop_waiting.{'done' if waited else 'none'}"))


async def tell_freed(context: TurnContext, timer: Timer) -> Prompt | None:
    """Say that a time is free, unless somebody took it before this turn came."""
    desk = Desk(context)
    wait = await desk.waits.find(WaitId(UUID(timer.data["wait"])), desk.me)
    provider = None if wait is None else await _provider(desk, wait)
    if wait is None or provider is None:
        return None
    free = await desk.availability.times(
        provider.id, wait.minutes, Span(wait.starts_at, wait.ends_at), limit=1, exactly=True
    )
    return _offer(desk, wait, provider, Moment(free[0], "")) if free else None


async def _provider(desk: Desk, wait: BookingWait) -> Provider | None:
    try:
        provider = await desk.providers.get(wait.provider_id)
    except ProviderUnknownError:
        return None
    return provider if provider.status == ProviderStatus.ACTIVE else None


def _offer(desk: Desk, wait: BookingWait, provider: Provider, when: Moment) -> Prompt:
    told: Params = {
        "provider": desk.providers.name_of(provider),
        "service": desk.service_named(wait.service),
        "time": at(when.at),
    }
    known = start("book", {"service": wait.service, "provider": provider.reference}).slots
    book = Start(
        "booking.book",
        {**desk.waits.wanted(wait), **known, **BookForm.setting("when", when).slots},
    )
    choices = (
        Choice("book", Worded("booking.choice.book"), command=book, means="yes"),
        Choice("stop", Worded("booking.choice.stop"), command=start("stop_waiting"), means="no"),
    )
    return Prompt(FREED, told, choices)
