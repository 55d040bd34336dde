"""Times that a contact asks for, held against when a provider is free."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Final, Protocol

from sokoni.capabilities.booking.desk import Desk
from sokoni.capabilities.booking.models import Provider
from sokoni.capabilities.booking.service.availability import AHEAD
from sokoni.capabilities.booking.service.bookings import TimeNotFreeError
from sokoni.capabilities.booking.service.hours import Span
from sokoni.capabilities.booking.wording import at
from sokoni.dialogue.flow import AnswerRefused, AnswerVague
from sokoni.language.reading import Moment
from sokoni.messaging.prompts import Choice, Command, Params, Prompt, Worded

_OFFERED: Final = 9
_OF_A_DAY: Final = 3
_LOOKED_AT: Final = 300
_A_DAY: Final = timedelta(days=1)
_JUST_BEFORE: Final = timedelta(hours=2)


class Setting(Protocol):
    """Makes the command that sets a slot: a form's `setting`."""

    def __call__(self, slot: str, value: object, /) -> Command: ...


async def check_when(
    desk: Desk, provider: Provider, minutes: int, when: Moment, setting: Setting
) -> None:
    """Raise what asks for a time again, with free ones as choices, unless this one is free."""
    if when.is_vague:
        await _narrow(desk, provider, minutes, when, setting)
    if when.at.astimezone(UTC) <= desk.context.now:
        raise AnswerRefused("when", Prompt("booking.when.past"))
    try:
        await desk.bookings.check_time(provider, when.at.astimezone(UTC), minutes)
    except TimeNotFreeError:
        raise await taken(desk, provider, minutes, when, setting) from None


async def taken(
    desk: Desk, provider: Provider, minutes: int, when: Moment, setting: Setting
) -> AnswerVague:
    """Return what says that the time is not free, and offers others near it."""
    after = max(when.at.astimezone(UTC) - _JUST_BEFORE, desk.context.now)
    near, later = Span(after, after + _A_DAY), Span(after, after + AHEAD)
    times = await _free(desk, provider, minutes, near) or await _free(
        desk, provider, minutes, later
    )
    told: Params = {"time": at(when.at), "provider": desk.providers.name_of(provider)}
    key = "booking.when.taken" if times else "booking.when.never"
    return AnswerVague("when", Prompt(key, told, tuple(_choices(times, when, setting))))


async def _narrow(
    desk: Desk, provider: Provider, minutes: int, when: Moment, setting: Setting
) -> None:
    if when.is_past(desk.context.now):
        raise AnswerRefused("when", Prompt("booking.when.past"))
    within = window_of(when)
    one_day = within.end - within.start <= _A_DAY
    times = await _free(desk, provider, minutes, within)
    if not times:
        raise await taken(desk, provider, minutes, when, setting)
    told: Params = {"day": at(when.at, "day"), "provider": desk.providers.name_of(provider)}
    key = "booking.when.free" if one_day else "booking.when.free_soon"
    choices = tuple(_choices(times, when, setting))
    raise AnswerVague("when", Prompt(key, told, choices))


def window_of(when: Moment) -> Span:
    """Return the span of time that a vague moment means."""
    if when.window is None:
        return Span(when.at.astimezone(UTC), when.at.astimezone(UTC) + _A_DAY)
    return Span(when.window.start.astimezone(UTC), when.window.end.astimezone(UTC))


async def _free(desk: Desk, provider: Provider, minutes: int, within: Span) -> list[datetime]:
    """Return free times: of one day the first, of several days some of each."""
    if within.end - within.start <= _A_DAY:
        times = await desk.availability.times(provider.id, minutes, within, limit=_OFFERED)
        return list(times)
    times = await desk.availability.times(provider.id, minutes, within, limit=_LOOKED_AT)
    days: dict[date, list[datetime]] = {}
    for one in times:
        days.setdefault(one.astimezone(desk.context.merchant.zone).date(), []).append(one)
    some = (one for day in days.values() for one in day[:: max(1, len(day) // _OF_A_DAY)])
    return list(islice(some, _OFFERED))


def _choices(times: Iterable[datetime], when: Moment, setting: Setting) -> Iterable[Choice]:
    zone = when.at.tzinfo
    for one in times:
        picked = setting("when", Moment(one.astimezone(zone), when.words))
        label = Worded("booking.time", {"time": at(one)})
        yield Choice(f"at.{int(one.timestamp())}", label, command=picked)
