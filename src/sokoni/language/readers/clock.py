"""Times of day as people say them: 3pm, 15:00, half past 4, noon, ngo3, na9."""

import re
from dataclasses import dataclass
from typing import Final

from sokoni.language.readers.numbers import number_at
from sokoni.language.readers.time_words import time_words
from sokoni.language.words import Words

_COLON: Final = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
_POINT: Final = re.compile(r"(\d{1,2})\.(\d{2})")
_FOUR: Final = re.compile(r"([01]\d|2[0-3])([0-5]\d)")
_MINUTES: Final = {"half_past": 30, "quarter_past": 15, "quarter_to": -15}


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour and what was said about its half of the day."""

    hour: int
    minute: int = 0
    half: str = ""
    """am, pm, or `24` where no half is needed."""


def clock_at(
    words: Words, place: int, *, day_known: bool, whole: bool
) -> tuple[Clock, int] | None:
    """Return the time of day told at token `place`, and where it ends.

    A bare number is an hour only after "at", after a day, or as a whole answer.
    """
    lists = time_words()
    strong = lists.at.at(words, place)
    led = strong or lists.at_weak.at(words, place)
    start = led[1] if led else place
    if start >= len(words.tokens) or not words.free[start]:
        return None
    bare = bool(strong) or whole or day_known
    return _spoken(words, start) or _number(words, start, led=led is not None, bare=bare)


def _spoken(words: Words, place: int) -> tuple[Clock, int] | None:
    """Read "noon" and "half past 4"."""
    found = time_words().clocks.at(words, place)
    if found is None:
        return None
    kind, end = found
    if kind in {"noon", "midnight"}:
        return Clock(12 if kind == "noon" else 0, 0, "24"), end
    number = number_at(words, end) if end < len(words.tokens) else None
    if number is None or not 1 <= number[0] <= 12:
        return None
    minutes = (int(number[0]) * 60 + _MINUTES[kind]) % 720
    clock = Clock(minutes // 60 or 12, minutes % 60)
    return _with_half(words, clock, number[1])[:2]


def _number(words: Words, place: int, *, led: bool, bare: bool) -> tuple[Clock, int] | None:
    written = _written(words, place, led=led)
    if written is not None:
        return _with_half(words, *written)[:2]
    return _four_digits(words, place, bare=bare) or _hour(words, place, bare=bare)


def _written(words: Words, place: int, *, led: bool) -> tuple[Clock, int] | None:
    """Read 15:00, 7.30pm and 15h30."""
    folded = words.tokens[place].folded
    colon = _COLON.fullmatch(folded)
    if colon:
        return _checked(colon[1], colon[2], place + 1)
    point = _POINT.fullmatch(folded)
    if point and (led or _half_follows(words, place + 1)):
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


def _four_digits(words: Words, place: int, *, bare: bool) -> tuple[Clock, int] | None:
    """Read 1530 and 1500hrs."""
    found = _FOUR.fullmatch(words.tokens[place].folded)
    if found is None:
        return None
    end = place + 1
    hours = end < len(words.tokens) and words.tokens[end].folded in time_words().hours
    if not hours and not (bare and _clean(words, end)):
        return None
    return Clock(int(found[1]), int(found[2]), "24"), end + hours


def _hour(words: Words, place: int, *, bare: bool) -> tuple[Clock, int] | None:
    """Read "3pm", "3 o'clock" and, where it may stand alone, "3"."""
    number = number_at(words, place)
    if number is None or number[0] != int(number[0]) or not 0 <= number[0] <= 24:
        return None
    hour, end = int(number[0]), number[1]
    clock, past, marked = _with_half(words, Clock(hour % 24, 0, "24" if hour > 12 else ""), end)
    if marked:
        return clock, past
    return (clock, end) if bare and _clean(words, end) else None


def _with_half(words: Words, clock: Clock, end: int) -> tuple[Clock, int, bool]:
    """Read on over "o'clock" and "pm"; the last value tells whether there was either."""
    lists, start = time_words(), end
    oclock = lists.oclock.at(words, end) if end < len(words.tokens) else None
    end = oclock[1] if oclock else end
    half = lists.halves.at(words, end) if end < len(words.tokens) else None
    if half is None:
        return clock, end, end > start
    after = half[1]
    if after < len(words.tokens) and words.tokens[after].folded == "." and words.glued(after):
        after += 1
    if clock.hour > 12:
        return clock, after, True
    return Clock(clock.hour, clock.minute, half[0]), after, True


def _half_follows(words: Words, place: int) -> bool:
    return place < len(words.tokens) and time_words().halves.at(words, place) is not None


def _clean(words: Words, end: int) -> bool:
    """Tell whether nothing follows that the number may count: "3 goats", "12 Market Street"."""
    if end >= len(words.tokens):
        return True
    token, lists = words.tokens[end], time_words()
    if not (token.is_word or token.is_number):
        return token.folded in {",", ".", "!", "?", ";", ")"}
    if not token.is_word or lists.units.at(words, end):
        return False
    return token.folded in lists.starts or any(one.at(words, end) for one in lists.around)
