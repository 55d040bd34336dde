"""Times of day as people say them: 3pm, 15:00, half past 4, noon, ngo3, saa tatu, الرابعة."""

import re
from dataclasses import dataclass, replace
from typing import Final

from sokoni.language.readers.numbers import number_at
from sokoni.language.readers.time_words import time_words
from sokoni.language.words import Words

_COLON: Final = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
_POINT: Final = re.compile(r"(\d{1,2})\.(\d{2})")
_FOUR: Final = re.compile(r"([01]\d|2[0-3])([0-5]\d)")
_MINUTES: Final = {
    "half_past": 30,
    "quarter_past": 15,
    "quarter_to": -15,
    "plus_half": 30,
    "plus_quarter": 15,
    "less_quarter": -15,
}
_HALF_A_DAY: Final = 720
_SAID_MINUTES: Final = frozenset({15, 30, 45})
_WORN: Final = re.compile(r"[a-z]{1,3}[A-Z]")
_QUARTER: Final = 6
_LATEST_BARE: Final = 18
"""A mere number beyond it is a day of the month or a price sooner than an hour."""


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour and what was said about its half of the day."""

    hour: int
    minute: int = 0
    half: str = ""
    """am, pm, or `24` where no half is needed."""


Told = tuple[Clock, int, bool]
"""A clock, where it ends, and whether anything but a number says that it is one."""


def clock_at(
    words: Words, place: int, *, day_known: bool, whole: bool
) -> tuple[Clock, int] | None:
    """Return the time of day told at token `place`, and where it ends.

    A bare number is an hour only after "at", after a day, or as a whole answer.
    """
    found = hour_at(words, place, bare=day_known or whole, whole=whole)
    return None if found is None else found[:2]


def hour_at(words: Words, place: int, *, bare: bool, whole: bool = False) -> Told | None:
    """Return the time of day at a token; `bare` tells whether a mere number may be one."""
    lists = time_words()
    saa = lists.saa.at(words, place)
    sure = saa or lists.at_hour.at(words, place)
    strong = sure or lists.at.at(words, place)
    led = strong or lists.at_weak.at(words, place)
    start = led[1] if led else place
    if start >= len(words.tokens) or not words.free[start]:
        return None
    lead = _Lead(
        pointed=strong is not None or whole or (led is not None and bare),
        named=bool(sure) or bare,
        bare=bool(strong) or bare,
        sure=bool(sure),
    )
    found = (
        _spoken(words, start)
        or _named(words, start, lead)
        or _past(words, start)
        or _number(words, start, lead)
    )
    if found is None or not saa:
        return found
    return _from_six(found[0]), found[1], True


@dataclass(frozen=True, slots=True)
class _Lead:
    """What stands before an hour, and so what it may be without a word of its own."""

    pointed: bool
    named: bool
    bare: bool
    sure: bool


def _from_six(clock: Clock) -> Clock:
    """Return an hour that was counted from six o'clock, as Swahili does: saa tatu is nine."""
    return clock if clock.half else replace(clock, hour=(clock.hour + _QUARTER) % 12 or 12)


def _spoken(words: Words, start: int) -> Told | None:
    """Read "noon" and "half past 4"."""
    found = time_words().clocks.at(words, start)
    if found is None:
        return None
    kind, end = found
    if kind in {"noon", "midnight"}:
        return Clock(12 if kind == "noon" else 0, 0, "24"), end, True
    number = count_at(words, end)
    if number is None or not 1 <= number[0] <= 12:
        return None
    clock, end, _ = _with_half(words, _moved(Clock(int(number[0])), _MINUTES[kind]), number[1])
    return clock, end, True


def _past(words: Words, start: int) -> Told | None:
    """Read "ten past three" and "20 minutes to 4"."""
    minutes = number_at(words, start)
    if minutes is None or minutes[1] >= len(words.tokens) or not 1 <= minutes[0] < 30:
        return None
    found = time_words().minutes.at(words, minutes[1])
    hour = count_at(words, found[1]) if found else None
    if found is None or hour is None or not 1 <= hour[0] <= 12:
        return None
    told = int(minutes[0]) if found[0] == "minutes_past" else -int(minutes[0])
    clock, end, _ = _with_half(words, _moved(Clock(int(hour[0])), told), hour[1])
    return clock, end, True


def count_at(words: Words, place: int) -> tuple[float, int] | None:
    """Return a number in words that count only hours and days, or any other."""
    if place >= len(words.tokens) or not words.free[place]:
        return None
    counted = time_words().counts.at(words, place)
    if counted:
        return int(counted[0]), counted[1]
    number = number_at(words, place)
    return (float(number[0]), number[1]) if number else None


def a_quarter_after(clock: Clock) -> Clock:
    """Return a quarter of an hour later: the end of what may begin at that hour too."""
    return replace(clock, minute=clock.minute + 15) if clock.minute < 45 else clock


def _moved(clock: Clock, by: int) -> Clock:
    minutes = (clock.hour * 60 + clock.minute + by) % _HALF_A_DAY
    return replace(clock, hour=minutes // 60 or 12, minute=minutes % 60)


def _named(words: Words, place: int, lead: _Lead) -> Told | None:
    """Read hours that have names of their own: الرابعة, dzechishanu, डेढ़ बजे."""
    found = time_words().hour_names.at(words, place)
    if found is None:
        return None
    hour, _, minute = found[0].partition(":")
    clock, end, marked = _with_half(words, Clock(int(hour), int(minute or 0)), found[1])
    return (clock, end, True) if marked or lead.named else None


def _number(words: Words, place: int, lead: _Lead) -> Told | None:
    written = _written(words, place, lead)
    if written is not None:
        clock, end, _ = _with_half(words, *written)
        return clock, end, True
    four = _four_digits(words, place, lead)
    return four or _hour(words, place, lead)


def _written(words: Words, place: int, lead: _Lead) -> tuple[Clock, int] | None:
    """Read 15:00, 7.30pm and 15h30."""
    folded = words.tokens[place].folded
    colon = _COLON.fullmatch(folded)
    if colon:
        return _checked(colon[1], colon[2], place + 1)
    point = _POINT.fullmatch(folded)
    if point and (lead.pointed or _half_follows(words, place + 1)):
        return _checked(point[1], point[2], place + 1)
    if not folded.isdigit() or not (words.glued(place + 1) and words.glued(place + 2)):
        return None
    if words.tokens[place + 1].folded == "h" and words.tokens[place + 2].is_number:
        return _checked(folded, words.tokens[place + 2].folded, place + 3)
    return None


def _checked(hour: str, minute: str, end: int) -> tuple[Clock, int] | None:
    if not (hour.isdigit() and minute.isdigit() and len(minute) == 2 and len(hour) <= 2):
        return None
    if int(hour) > 23 or int(minute) > 59:
        return None
    sure = "24" if int(hour) > 12 or hour.startswith("0") else ""
    return Clock(int(hour), int(minute), sure), end


def _four_digits(words: Words, place: int, lead: _Lead) -> Told | None:
    """Read 1530 and 1500hrs."""
    found = _FOUR.fullmatch(words.tokens[place].folded)
    if found is None:
        return None
    end = place + 1
    hours = end < len(words.tokens) and words.tokens[end].folded in time_words().hours
    if not hours and not (lead.bare and _clean(words, end, lead)):
        return None
    return Clock(int(found[1]), int(found[2]), "24"), end + hours, hours


def _hour(words: Words, place: int, lead: _Lead) -> Told | None:
    """Read "3pm", "3 o'clock" and, where it may stand alone, "3"."""
    number = count_at(words, place)
    if number is None or number[0] != int(number[0]) or not 0 <= number[0] <= 24:
        return None
    hour, (minute, end) = int(number[0]), _said_minutes(words, number[1])
    clock = Clock(hour % 24, minute, "24" if hour > 12 else "")
    clock, past, marked = _with_half(words, clock, end)
    if marked:
        return clock, past, True
    counted = time_words().counts.at(words, place) is not None
    latest = _LATEST_BARE if lead.named else 12
    alone = (
        (lead.sure if counted else lead.bare) and 0 < hour <= latest and _clean(words, end, lead)
    )
    return (clock, end, lead.sure) if alone else None


def _said_minutes(words: Words, place: int) -> tuple[int, int]:
    """Read on in "three thirty"."""
    if place < len(words.tokens) and words.tokens[place].is_word and words.free[place]:
        number = number_at(words, place)
        if number is not None and number[0] in _SAID_MINUTES:
            return int(number[0]), number[1]
    return 0, place


def _with_half(words: Words, clock: Clock, end: int) -> Told:
    """Read on over "o'clock" and "pm"; the last value tells whether there was either."""
    lists, start, size = time_words(), end, len(words.tokens)
    plus = lists.plus.at(words, end) if end < size else None
    if plus and clock.hour <= 12:
        clock, end = _moved(clock, _MINUTES[plus[0]]), plus[1]
    oclock = lists.oclock.at(words, end) if end < size else None
    end = oclock[1] if oclock else end
    half = lists.halves.at(words, end) if end < size else None
    if half is None:
        return clock, end, end > start
    after = half[1]
    if after < size and words.tokens[after].folded == "." and words.glued(after):
        after += 1
    if clock.hour > 12:
        return clock, after, True
    return replace(clock, half=half[0]), after, True


def _half_follows(words: Words, place: int) -> bool:
    return place < len(words.tokens) and time_words().halves.at(words, place) is not None


def _clean(words: Words, end: int, lead: _Lead) -> bool:
    """Tell whether nothing follows that the number may count: "3 goats", "12 Market Street"."""
    if end >= len(words.tokens) or lead.sure:
        return True
    token, lists = words.tokens[end], time_words()
    if not (token.is_word or token.is_number):
        return token.folded in {",", ".", "!", "?", ";", ")", "-", "\u060c", "\u0964"}
    if not token.is_word or any(one.at(words, end) for one in lists.owners):
        return False
    if token.folded in lists.starts or any(one.at(words, end) for one in lists.around):
        return True
    return _is_place(words, end)


def _is_place(words: Words, place: int) -> bool:
    """Tell a place by what is one word with it: "kuHarare", "eBulawayo"."""
    token = words.tokens[place]
    written = words.text[token.start : token.end]
    return _WORN.match(written) is not None or token.folded.startswith(time_words().towards)
