"""Times that a contact asks for, held against when a provider is free."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice, repeat
from typing import Final, Protocol

from sokoni.capabilities.booking.desk import Desk
from sokoni.capabilities.booking.models import Provider
from sokoni.capabilities.booking.service.availability import AHEAD
from sokoni.capabilities.booking.service.bookings import TimeNotFreeError
from sokoni.capabilities.booking.service.hours import Span
from sokoni.capabilities.booking.wording import at
from sokoni.dialogue.flow import AnswerRefused, AnswerVague
from sokoni.language.reading import Moment, Vagueness
from sokoni.messaging.prompts import Choice, Command, Params, Prompt, Worded

_OFFERED: Final = 9
_OF_A_DAY: Final = 2
_OF_THE_FIRST: Final = 4
_LOOKED_AT: Final = 300
_A_DAY: Final = timedelta(days=1)
_HALF: Final = "half"
_HALF_A_DAY: Final = timedelta(hours=12)
_JUST_BEFORE: Final = timedelta(hours=2)


class Setting(Protocol):
    """Makes the command that sets a slot: a form's `setting`."""

    def __call__(self, slot: str, value: object, /) -> Command: ...


class NotFree(AnswerVague):
    """Says that the time is not free; other times are offered."""

    code = "time_not_free"


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


async def meant(desk: Desk, provider: Provider, minutes: int, when: Moment) -> Moment:
    """Return the time in the half of the day in which the provider works, where none was said.

    "At 8" is in the morning, but of who works at night only it is in the evening.
    """
    if _HALF not in when.assumed or when.is_vague:
        return when
    noon = when.at.replace(hour=12, minute=0)
    other = replace(when, at=when.at + _HALF_A_DAY if when.at < noon else when.at - _HALF_A_DAY)
    within = Span(when.at.astimezone(UTC) - _A_DAY, when.at.astimezone(UTC) + _A_DAY)
    calendar = await desk.availability.of(provider.id, within)
    either = (one for one in (when, other) if calendar.works(one.at.astimezone(UTC), minutes))
    return next(either, when)


async def taken(
    desk: Desk, provider: Provider, minutes: int, when: Moment, setting: Setting
) -> NotFree:
    """Return what says that the time is not free, and offers others near it."""
    after = max(when.at.astimezone(UTC) - _JUST_BEFORE, desk.context.now)
    near, later = Span(after, after + _A_DAY), Span(after, after + AHEAD)
    times = await _free(desk, provider, minutes, near) or await _free(
        desk, provider, minutes, later
    )
    style = "day" if _is_day(when) else "full"
    told: Params = {"time": at(when.at, style), "provider": desk.providers.name_of(provider)}
    key = f"booking.when.{_missing(when)}" if times else "booking.when.never"
    return NotFree("when", Prompt(key, told, tuple(_choices(times, when, setting))))


def _missing(when: Moment) -> str:
    """Return how to say that there is no time then: a part of a day has no name of its own."""
    return "taken" if _is_day(when) or not when.is_vague else "taken_then"


def _is_day(when: Moment) -> bool:
    return when.window is not None and when.window.kind is Vagueness.DAY


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
    # The first day is the likeliest to be wanted; of the others each should have its turn.
    wanted = chain([_OF_THE_FIRST], repeat(_OF_A_DAY))
    some = (
        one for day, few in zip(days.values(), wanted, strict=False) for one in _some(day, few)
    )
    return list(islice(some, _OFFERED))


def _some(times: Sequence[datetime], wanted: int) -> Sequence[datetime]:
    """Return so many of a day's times, from the first to the last."""
    step = (len(times) - 1) / (wanted - 1)
    return times if len(times) <= wanted else [times[round(step * n)] for n in range(wanted)]


def _choices(times: Iterable[datetime], when: Moment, setting: Setting) -> Iterable[Choice]:
    zone = when.at.tzinfo
    for one in times:
        picked = setting("when", Moment(one.astimezone(zone), when.words))
        label = Worded("booking.time", {"time": at(one)})
        yield Choice(f"at.{int(one.timestamp())}", label, command=picked)
