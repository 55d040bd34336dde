"""A moment anywhere in a message. Takes its tokens at 30, after money and before quantities."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from typing_extensions import override

from sokoni.language.readers.clock import Clock, clock_at
from sokoni.language.readers.dates import day_at
from sokoni.language.readers.numbers import number_at
from sokoni.language.readers.time_words import time_words
from sokoni.language.reading import Found, Moment, Reader, Scene
from sokoni.language.words import Words

_STARTS_AT: Final = {"morning": 9, "afternoon": 14, "evening": 18}
_DAY: Final = "day"
_UNITS: Final = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_FARTHEST: Final = timedelta(days=800)
_EARLIEST_MEANT: Final = 5
"""An hour before opening that is no sooner is meant as said: 7:30, but 3 is 15:00."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What has been told of a moment so far."""

    day: date | None = None
    clock: Clock | None = None
    part: str = ""
    exact: datetime | None = None

    @property
    def nothing(self) -> bool:
        return self == _NOTHING


_NOTHING: Final = _Said()


class TimeReader(Reader):
    """Reads `Moment`: "tomorrow at 3pm", "next friday morning", "mangwana na9", "ngo3"."""

    order = 30

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        return _first(words, scene, whole=False)

    @override
    def read(self, words: Words, scene: Scene) -> Moment | None:
        """Take a bare hour too: at a shop that opens at 8, "3" is 15:00."""
        found = _first(words, scene, whole=True)
        return found.value if found and isinstance(found.value, Moment) else None


def _first(words: Words, scene: Scene, *, whole: bool) -> Found | None:
    starts = time_words().starts
    for place, token in enumerate(words.tokens):
        if not words.free[place] or not (whole or token.folded in starts or token.is_number):
            continue
        if token.is_number and not whole and not _told_as_time(words, place):
            continue
        said, end = _spoken(words, place, scene, whole=whole)
        moment = None if said.nothing else _moment(said, words.original(place, end), scene)
        if moment is not None:
            return Found(moment, place, end)
        if whole and token.is_number:
            return None  # "2 goats": a number that is no hour.
    return None


def _told_as_time(words: Words, place: int) -> bool:
    """Tell cheaply whether a number may begin a time or a date: most do not."""
    folded = words.tokens[place].folded
    if not folded.isdigit():
        return True
    return place + 1 < len(words.tokens) and (
        words.tokens[place + 1].folded in time_words().after_numbers
    )


def _spoken(words: Words, start: int, scene: Scene, *, whole: bool) -> tuple[_Said, int]:
    """Take day, clock and part of day in any order, as long as they follow one another."""
    said, place, end = _NOTHING, start, start
    while place < len(words.tokens) and words.free[place]:
        step = _step(words, place, said, scene, whole=whole)
        if step is not None and words.is_free(place, step[1]):
            said, end = step
            place = end
            continue
        joined = None if said.nothing else _joined(words, place)
        if joined is None:
            break
        place = joined
    return said, end


def _joined(words: Words, place: int) -> int | None:
    """Step over "on", "in the" and a comma between two parts of a moment."""
    if words.tokens[place].folded == ",":
        return place + 1
    found = time_words().joins.at(words, place)
    return found[1] if found else None


def _step(
    words: Words, place: int, said: _Said, scene: Scene, *, whole: bool
) -> tuple[_Said, int] | None:
    delay = _delay(words, place, scene) if said.nothing else None
    if delay is not None:
        return delay
    if said.day is None and said.exact is None:
        day = day_at(words, place, scene.now.date(), whole=whole)
        if day is not None:
            return _with_day(words, place, said, day)
    part = time_words().parts.at(words, place) if not said.part else None
    clock = None
    if said.clock is None and said.exact is None:
        clock = clock_at(words, place, day_known=said.day is not None, whole=whole)
    # "After lunch" is an afternoon, though lunch alone is noon.
    if clock is not None and not (part and part[1] >= clock[1]):
        return replace(said, clock=clock[0]), clock[1]
    return (replace(said, part=part[0]), part[1]) if part else None


def _with_day(words: Words, place: int, said: _Said, day: tuple[date, int]) -> tuple[_Said, int]:
    named = time_words().days.at(words, place)
    part = "evening" if named and named[0] == "tonight" else said.part
    return replace(said, day=day[0], part=part), day[1]


def _delay(words: Words, place: int, scene: Scene) -> tuple[_Said, int] | None:
    """Read "in 2 hours", "2 days from now", "mumaawa maviri", "now"."""
    named = time_words().days.at(words, place)
    if named and named[0] == "now":
        return _Said(exact=_minute(scene.now)), named[1]
    within = time_words().within.at(words, place)
    if within:
        number = _amount(words, within[1])
        return _delayed(scene, within[0], number[0], number[1]) if number else None
    led = time_words().delays.at(words, place)
    span = _span(words, led[1] if led else place)
    if span is None:
        return None
    unit, amount, end = span
    trailing = time_words().from_now.at(words, end) if end < len(words.tokens) else None
    if not led and not trailing:
        return None
    return _delayed(scene, unit, amount, trailing[1] if trailing else end)


def _span(words: Words, place: int) -> tuple[str, Decimal, int] | None:
    """Read "2 hours", "an hour", "half an hour", "maawa maviri"."""
    lists = time_words()
    if place >= len(words.tokens):
        return None
    number = _amount(words, place)
    if number is not None:
        unit = lists.units.at(words, number[1]) if number[1] < len(words.tokens) else None
        return (unit[0], number[0], unit[1]) if unit else None
    unit = lists.units.at(words, place)
    number = _amount(words, unit[1]) if unit else None
    return (unit[0], number[0], number[1]) if unit and number else None


def _amount(words: Words, place: int) -> tuple[Decimal, int] | None:
    if place >= len(words.tokens):
        return None
    if words.tokens[place].folded in {"a", "an"} and not number_at(words, place):
        return Decimal(1), place + 1
    return number_at(words, place)


def _delayed(scene: Scene, unit: str, amount: Decimal, end: int) -> tuple[_Said, int] | None:
    if amount * _UNITS[unit].days > _FARTHEST.days or amount > 10_000:
        return None
    at = scene.now + _UNITS[unit] * float(amount)
    if unit in {"day", "week"}:
        return _Said(day=at.date()), end
    return _Said(exact=_minute(at)), end


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _moment(said: _Said, text: str, scene: Scene) -> Moment | None:
    if said.exact is not None:
        return Moment(said.exact, text)
    part = said.part or _DAY
    hour, minute = _resolved(said, scene)
    day = said.day or scene.now.date()
    try:
        at = datetime.combine(day, time(hour, minute), tzinfo=scene.now.tzinfo)
        if said.day is None and at <= scene.now:
            at = datetime.combine(day + timedelta(days=1), at.time(), tzinfo=at.tzinfo)
    except OverflowError:
        return None
    if at - scene.now > _FARTHEST:
        return None
    return Moment(at, text, "" if said.clock else part, _assumed(said))


def _assumed(said: _Said) -> tuple[str, ...]:
    """Return what of the moment was not said."""
    clock = said.clock
    day = ("day",) if said.day is None else ()
    if clock is None or clock.half or _half_of(said.part, clock.hour):
        return day
    return (*day, "half")


def _resolved(said: _Said, scene: Scene) -> tuple[int, int]:
    """Return the hour of 24 that is meant."""
    clock = said.clock
    if clock is None:
        return _STARTS_AT.get(said.part, scene.opens), 0
    if clock.half == "24":
        return clock.hour, clock.minute
    half = clock.half or _half_of(said.part, clock.hour)
    if half:
        return clock.hour % 12 + (12 if half == "pm" else 0), clock.minute
    return _in_business(clock, scene), clock.minute


def _half_of(part: str, hour: int) -> str:
    if not part:
        return ""
    if part == "morning":
        return "am"
    # Twelve at night is midnight; twelve in the afternoon is noon.
    return "am" if part == "evening" and hour == 12 else "pm"


def _in_business(clock: Clock, scene: Scene) -> int:
    """Return the hour that falls inside opening hours, else the likelier one."""
    early, late = clock.hour % 12, clock.hour % 12 + 12
    for hour in (early, late):
        if scene.opens <= hour and hour * 60 + clock.minute <= scene.closes * 60:
            return hour
    return early if early >= _EARLIEST_MEANT else late
