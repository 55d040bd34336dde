"""A provider's working week, and what becomes of it by what they say."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from sokoni.capabilities.booking.service.hours import Stretch
from sokoni.language.readers.week import DAY, DaysSaid, Doing, WeekSaid

Spans: TypeAlias = tuple[tuple[int, int], ...]
"""From when until when a day is worked, in order."""
Week: TypeAlias = Mapping[int, Spans]
_DAYS: Final = range(7)
_WORKDAYS: Final = range(5)


def changed(
    stretches: Iterable[Stretch], said: WeekSaid, usual: Sequence[Stretch]
) -> tuple[Stretch, ...]:
    """Return the week as it is after what was said of it.

    Days of which no times are told are worked as the others are, or as is `usual`.
    """
    known, often = week_of(stretches), _most(week_of(usual))
    week = {} if said.is_whole else dict(known)
    for part in said.parts:
        _change(week, part, _most(week) or _most(known) or often)
    return stretches_of(week)


def week_of(stretches: Iterable[Stretch]) -> dict[int, Spans]:
    """Return the spans of each day that is worked."""
    week: dict[int, Spans] = {}
    for one in sorted(stretches):
        week[one.weekday] = (*week.get(one.weekday, ()), (one.opens, one.closes))
    return week


def stretches_of(week: Week) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(day, opens, closes) for day in sorted(week) for opens, closes in week[day]
    )


def days_alike(week: Week) -> Iterable[tuple[int, int, Spans]]:
    """Yield the first and the last of days that are worked alike, Monday first."""
    first = 0
    for day in _DAYS:
        if day == _DAYS[-1] or week.get(day, ()) != week.get(day + 1, ()):
            yield first, day, week.get(first, ())
            first = day + 1


def _most(week: Week) -> Spans:
    """Return how most of the days are worked."""
    worked = [spans for spans in week.values() if spans]
    return max(worked, key=worked.count, default=())


def _change(week: dict[int, Spans], said: DaysSaid, usual: Spans) -> None:
    worked = [day for day in _DAYS if week.get(day)] or list(_WORKDAYS)
    for day in said.days or worked:
        spans = _day(week.get(day, ()), said, usual)
        week.pop(day, None)
        if spans:
            week[day] = spans


def _day(spans: Spans, said: DaysSaid, usual: Spans) -> Spans:
    match said.doing:
        case Doing.WORKS:
            return _sorted(said.spans) or spans or usual
        case Doing.SHUT:
            return ()
        case Doing.OPENS:
            return _from(spans or usual, said.at)
        case Doing.CLOSES:
            return _until(spans or usual, said.at)
        case Doing.BREAK:
            return tuple(part for span in spans for part in _without(span, said.spans))
        case Doing.UNBROKEN:
            return ((spans[0][0], spans[-1][1]),) if spans else ()


def _sorted(spans: Spans) -> Spans:
    """Return the spans in order, those that meet made one, none longer than a day."""
    joined: list[tuple[int, int]] = []
    for opens, closes in sorted(spans):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, min(closes, opens + DAY)))
    return tuple(joined)


def _from(spans: Spans, opens: int) -> Spans:
    """Have the day begin then: its first work earlier or later, whatever was before is gone."""
    left = [span for span in spans if span[1] > opens]
    return ((opens, left[0][1]), *left[1:]) if left else ()


def _until(spans: Spans, closes: int) -> Spans:
    left = [span for span in spans if span[0] < closes]
    return (*left[:-1], (left[-1][0], closes)) if left else ()


def _without(span: tuple[int, int], breaks: Spans) -> Iterable[tuple[int, int]]:
    """Yield what is left of a stretch of work around a break."""
    start, end = span
    for opens, closes in breaks:
        if opens >= end or closes <= start:
            continue
        if start < opens:
            yield start, opens
        start = max(start, closes)
    if start < end:
        yield start, end
