"""Dates by their numbers: 25/12/2026, 25 December, December 25, the 5th, tarehe 25."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from sokoni.language.phrases import Phrases
from sokoni.language.readers.time_words import time_words
from sokoni.language.words import Words

_SEPARATORS: Final = frozenset({"/", "-", "."})
_POINTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{2}|\d{4})")
_NO_DATES: Final = frozenset({(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (24, 7)})
"""Fractions, and the hours and days of those who are always there."""
_HOURS: Final = 12


def date_at(words: Words, place: int, today: date, *, whole: bool) -> tuple[date, int] | None:
    """Return the date told by its number at token `place`, and where it ends."""
    if words.tokens[place].is_number:
        return _numeric(words, place, today, whole=whole)
    return _month_first(words, place, today) or _led(words, place, today)


def next_date(day: int, month: int, today: date) -> date | None:
    """Return the next day of that date."""
    found = _made(day, month, None, today, 0)
    return found[0] if found else None


def _numeric(words: Words, place: int, today: date, *, whole: bool) -> tuple[date, int] | None:
    """Read 25/12/2026, 2026-12-25, 25.12.2026, 25 December, the 25th."""
    pointed = _POINTED.fullmatch(words.tokens[place].folded)
    if pointed:
        return _made(int(pointed[1]), int(pointed[2]), _year(pointed[3]), today, place + 1)
    first = _small(words, place)
    if first is None:
        return None
    months = time_words().months_asked if whole else time_words().months
    return _separated(words, place, today, whole=whole) or _day_of_month(
        words, place, first, today, months
    )


def _separated(words: Words, place: int, today: date, *, whole: bool) -> tuple[date, int] | None:
    tokens = words.tokens
    if place + 2 >= len(tokens) or tokens[place + 1].folded not in _SEPARATORS:
        return None
    first, second = _small(words, place), _small(words, place + 2)
    if first is None or second is None or not words.is_free(place, place + 3):
        return None
    third = _third(words, place + 3, tokens[place + 1].folded)
    if first > 31 and third is not None:
        return _made(third, second, first, today, place + 5)
    if third is not None:
        return _made(first, second, _year(tokens[place + 4].folded), today, place + 5)
    if tokens[place + 1].folded == "-" and first <= _HOURS and second <= _HOURS:
        return None  # "8-10" are hours.
    plain = tokens[place + 1].folded != "/" or (first, second) in _NO_DATES
    return (
        None
        if plain and not (whole and place + 3 == len(tokens))
        else _made(first, second, None, today, place + 3)
    )


def _third(words: Words, place: int, separator: str) -> int | None:
    if place + 1 >= len(words.tokens) or words.tokens[place].folded != separator:
        return None
    return _small(words, place + 1)


def _day_of_month(
    words: Words, place: int, day: int, today: date, months: Phrases[str]
) -> tuple[date, int] | None:
    """Read "25 December 2026", "25th of December" and "the 25th"."""
    lists, tokens, end = time_words(), words.tokens, place + 1
    ordinal = end < len(tokens) and tokens[end].folded in lists.ordinals and words.glued(end)
    end += ordinal
    month_place = end + (end < len(tokens) and tokens[end].folded in {"of", "wa", "ka"})
    month = months.at(words, month_place) if month_place < len(tokens) else None
    if month:
        year, end = _year_at(words, month[1])
        return _made(day, int(month[0]), year, today, end)
    if not ordinal:
        return None
    return _in_month(day, today, end)


def _led(words: Words, place: int, today: date) -> tuple[date, int] | None:
    """Read "tarehe 25" and "musi wa 1"."""
    led = time_words().of_month.at(words, place)
    if led is None or led[1] >= len(words.tokens) or not words.free[led[1]]:
        return None
    dated = _numeric(words, led[1], today, whole=True)
    day = _small(words, led[1])
    if dated or day is None or not 1 <= day <= 31:
        return dated
    return _in_month(day, today, led[1] + 1)


def _in_month(day: int, today: date, end: int) -> tuple[date, int] | None:
    """Return the next day of that number, this month or a later one."""
    month = today.replace(day=1)
    for _ in range(3):
        if day <= monthrange(month.year, month.month)[1] and month.replace(day=day) >= today:
            return month.replace(day=day), end
        month = (month + timedelta(days=32)).replace(day=1)
    return None


def _month_first(words: Words, place: int, today: date) -> tuple[date, int] | None:
    """Read "December 25"."""
    month = time_words().months.at(words, place)
    if month is None or month[1] >= len(words.tokens):
        return None
    day = _small(words, month[1])
    if day is None or not 1 <= day <= 31:
        return None
    end = month[1] + 1
    if end < len(words.tokens) and words.tokens[end].folded in time_words().ordinals:
        end += 1
    year, end = _year_at(words, end)
    return _made(day, int(month[0]), year, today, end)


def _year_at(words: Words, place: int) -> tuple[int | None, int]:
    if place < len(words.tokens):
        folded = words.tokens[place].folded
        if len(folded) == 4 and folded.isdigit() and "2000" <= folded <= "2099":
            return int(folded), place + 1
    return None, place


def _small(words: Words, place: int) -> int | None:
    folded = words.tokens[place].folded
    return int(folded) if len(folded) <= 4 and folded.isascii() and folded.isdigit() else None


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) <= 2 else 0)


def _made(
    day: int, month: int, year: int | None, today: date, end: int
) -> tuple[date, int] | None:
    """Return the date if there is such a one; without a year, the next one."""
    try:
        made = date(year or today.year, month, day)
        if year is None and made < today:
            made = date(today.year + 1, month, day)
    except ValueError:
        return None
    return made, end
