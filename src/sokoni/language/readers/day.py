"""A day by its date, such as a birthday: of the past or to come. Takes its tokens at 20."""

from datetime import date
from typing import Final

from typing_extensions import override

from sokoni.language.readers.dates import days_at
from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words

_EARLIEST: Final = 1900
_OURS: Final = 2000


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
            named = days_at(words, place, scene.now.date(), whole=whole) if free else None
            if named is not None and named[0].first == named[0].last:
                day, end = _in_its_century(named[0].first, words, named[1])
                if self._past and day > scene.now.date() and day.year - 100 > _EARLIEST:
                    day = day.replace(year=day.year - 100)
                return Found(day, place, end)
        return None


def _in_its_century(day: date, words: Words, end: int) -> tuple[date, int]:
    """Take the year of "12 May 1985", which no time to come has."""
    year = words.tokens[end].folded if end < len(words.tokens) else ""
    if len(year) != 4 or not year.isdigit() or not _EARLIEST <= int(year) < _OURS:
        return day, end
    try:
        return day.replace(year=int(year)), end + 1
    except ValueError:
        return day, end
