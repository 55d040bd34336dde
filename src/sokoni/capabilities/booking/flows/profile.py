"""What is kept of a provider, for themselves to see."""

from typing import ClassVar, Final

from sokoni.capabilities.booking.desk import Desk, start
from sokoni.capabilities.booking.flows.kinds import AtOnceFlow
from sokoni.capabilities.booking.models import Provider
from sokoni.capabilities.booking.wording import (
    areas_told,
    duration_told,
    off_told,
    rating_told,
    several_told,
    week_told,
)
from sokoni.dialogue.flow import Outcome
from sokoni.dialogue.form import Form
from sokoni.messaging.prompts import Lines, Param, Params, Prompt, Worded

_DAYS_OFF: Final = 5


class ProfileForm(Form):
    """See what is kept of oneself as a provider."""


class ProfileFlow(AtOnceFlow):
    """Shows name, services, areas, hours, days off, where they stand and how they are rated.

    Of who is no provider another task tells what is kept.
    """

    name: ClassVar[str] = "booking.profile"
    form: ClassVar[type[ProfileForm]] = ProfileForm

    async def complete(self, form: ProfileForm) -> Outcome:  # noqa: ARG002
        provider = await self._desk.providers.find(self._desk.me)
        if provider is None:
            return Outcome(then=start("introduce"))
        return Outcome(Prompt("booking.profile.shown", await _words(self._desk, provider)))


async def _words(desk: Desk, provider: Provider) -> Params:
    services = await desk.providers.services_of(provider.id)
    stars = provider.stars_sum / provider.stars_count if provider.stars_count else None
    return {
        "name": desk.providers.name_of(provider),
        "reference": provider.reference,
        "status": Worded(f"booking.standing.short.{provider.status}"),
        "services": several_told(map(desk.service_named, services)),
        "areas": areas_told(await desk.providers.areas_of(provider.id)),
        "hours": week_told(await desk.availability.hours_of(provider.id)),
        "off": await _days_off(desk, provider),
        "lead": duration_told(provider.lead_minutes),
        "buffer": duration_told(provider.buffer_minutes),
        "rating": rating_told(stars, provider.stars_count),
    }


async def _days_off(desk: Desk, provider: Provider) -> Param:
    found = await desk.absences.coming(provider.id, limit=_DAYS_OFF)
    lines = tuple(off_told(one, desk.context.merchant.zone) for one in found)
    return Lines(lines) if found else Worded("booking.days_off.no")
