"""How far away a time is: in 2 hours, two weeks from now, mumaawa maviri, بعد ساعتين."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from sokoni.language.readers.clock import count_at
from sokoni.language.readers.dates import Days, months_after
from sokoni.language.readers.time_words import time_words
from sokoni.language.words import Words

_UNITS: Final = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
}
FARTHEST: Final = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Delay:
    """An instant, or a day where only days were counted; perhaps any time until then."""

    exact: datetime | None
    days: Days | None
    within: bool = False


Span = tuple[str, float, int]
"""A unit, how many of it, and where that is told."""


def delay_at(words: Words, place: int, now: datetime) -> tuple[Delay, int] | None:
    """Return what a delay at token `place` means, and where it ends."""
    lists = time_words()
    worn = lists.units_led.at(words, place)
    if worn:
        number = _amount(words, worn[1])
        return _delayed(now, (worn[0], number[0], number[1])) if number else None
    within = lists.within.at(words, place)
    if within:
        return _within(words, within[1], now)
    back = lists.ago_led.at(words, place)
    if back and (span := span_at(words, back[1])):
        return _delayed(now, (span[0], -span[1], span[2]))
    led = lists.delays.at(words, place)
    found = span_at(words, led[1] if led else place)
    return None if found is None else _told(words, found, now, led=led is not None)


def _within(words: Words, place: int, now: datetime) -> tuple[Delay, int] | None:
    """Read "within 2 hours" and "in the next hour"."""
    span = span_at(words, place)
    unit = time_words().units.at(words, place) if place < len(words.tokens) else None
    if span is None and unit is not None:
        span = unit[0], 1, unit[1]
    found = _delayed(now, span) if span else None
    return (replace(found[0], within=True), found[1]) if found else None


def _told(words: Words, span: Span, now: datetime, *, led: bool) -> tuple[Delay, int] | None:
    lists, (unit, amount, end) = time_words(), span
    if end < len(words.tokens):
        ago = lists.ago.at(words, end)
        if ago and not led:
            return _delayed(now, (unit, -amount, ago[1]))
        trailing = lists.from_now.at(words, end)
        if trailing:
            return _delayed(now, (unit, amount, trailing[1]))
    return _delayed(now, span) if led else None


def span_at(words: Words, place: int) -> Span | None:
    """Read "2 hours", "an hour", "half an hour", "maawa maviri", ساعتين."""
    lists = time_words()
    if place >= len(words.tokens):
        return None
    number = _amount(words, place)
    if number is not None:
        unit = lists.units.at(words, number[1]) if number[1] < len(words.tokens) else None
        if unit:
            return unit[0], number[0], unit[1]
    unit = lists.units.at(words, place)
    number = _amount(words, unit[1]) if unit else None
    if unit and number:
        return unit[0], number[0], number[1]
    whole = lists.spans.at(words, place)
    return (whole[0][0], float(whole[0][1]), whole[1]) if whole else None


def _amount(words: Words, place: int) -> tuple[float, int] | None:
    if place >= len(words.tokens):
        return None
    number = count_at(words, place)
    if number is None and words.tokens[place].folded in {"a", "an"}:
        return 1, place + 1
    return number


def _delayed(now: datetime, span: Span) -> tuple[Delay, int] | None:
    unit, amount, end = span
    if abs(amount) * _UNITS[unit].days > FARTHEST.days or abs(amount) > 10_000:
        return None
    if unit == "month":
        whole = int(amount)
        days = _UNITS[unit] * (amount - whole)
        return Delay(None, Days.of(months_after(now.date(), whole) + days)), end
    if unit in {"day", "week"}:
        return Delay(None, Days.of((now + _UNITS[unit] * amount).date())), end
    # Two hours are two hours, whatever the clocks do meanwhile.
    later = (now.astimezone(UTC) + _UNITS[unit] * amount).astimezone(now.tzinfo)
    return Delay(later.replace(second=0, microsecond=0), None), end
