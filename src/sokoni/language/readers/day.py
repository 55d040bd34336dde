"""A day by its date, such as a birthday: of the past or to come. Takes its tokens at 20."""

import re
from datetime import date
from typing import Final

from typing_extensions import override

from sokoni.language.readers.dates import days_at
from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words

_EARLIEST: Final = 1900
_OURS: Final = 2000
_FIGURES: Final = re.compile(r"\d+")


class DayReader(Reader):
    """Reads a `date`: 25/12/1990, 1990-12-25, 25 December 1990, "yesterday"."""

    order = 20

    def __init__(self, *, past: bool = False) -> None:
        self._past = past

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        return self._found(words, scene, whole=False)

    @override
    def read(self, words: Words, scene: Scene) -> date | None:
        found = self._found(words, scene, whole=True)
        return found.value if found is not None and isinstance(found.value, date) else None

    def _found(self, words: Words, scene: Scene, *, whole: bool) -> Found | None:
        for place, free in enumerate(words.free):
            spaced = _in_three_numbers(words, place) if free else None
            if spaced is not None and not (self._past and spaced > scene.now.date()):
                return Found(spaced, place, place + 3)
            named = days_at(words, place, scene.now.date(), whole=whole) if free else None
            if named is not None and named[0].first == named[0].last:
                day, end = _in_its_century(named[0].first, words, named[1])
                if self._past and day > scene.now.date():
                    return _a_century_before(day, words, place, end)
                return Found(day, place, end)
        return None


def _a_century_before(day: date, words: Words, start: int, end: int) -> Found | None:
    """Take 12/5/45 for a year that was; "tomorrow" and "12 May" are no day of the past."""
    said = " ".join(token.folded for token in words.tokens[start:end])
    figures = _FIGURES.findall(said)
    named = any(token.is_word for token in words.tokens[start:end])
    with_year = len(figures) == (2 if named else 3) and figures[-1] == f"{day.year % 100:02d}"
    earlier = day.year - 100
    if not with_year or earlier <= _EARLIEST:
        return None
    return Found(day.replace(year=earlier), start, end)


def _in_its_century(day: date, words: Words, end: int) -> tuple[date, int]:
    """Take the year of "12 May 1985" or "12 May, 1985", which no time to come has."""
    place = end + (end < len(words.tokens) and words.tokens[end].folded == ",")
    year = words.tokens[place].folded if place < len(words.tokens) else ""
    if len(year) != 4 or not year.isdigit() or not _EARLIEST <= int(year) < _OURS:
        return day, end
    try:
        return day.replace(year=int(year)), place + 1
    except ValueError:
        return day, end


def _in_three_numbers(words: Words, place: int) -> date | None:
    """Return the day of "15 03 1990"."""
    said = [token.folded for token in words.tokens[place : place + 3]]
    if len(said) < 3 or not words.is_free(place, place + 3) or not all(map(str.isdigit, said)):
        return None
    if len(said[2]) != 4 or int(said[2]) < _EARLIEST:
        return None
    try:
        return date(int(said[2]), int(said[1]), int(said[0]))
    except ValueError:
        return None
