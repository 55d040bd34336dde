"""The words that tell when somebody works, of all languages, read once from the word lists."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from sokoni.language.lexicon import entries, keyed, phrases_in, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.readers.time_words import time_words
from sokoni.language.words import words_of

WEEK: Final = range(7)
_GROUPS: Final[Mapping[str, tuple[int, ...]]] = {
    "every_day": tuple(WEEK),
    "workdays": (0, 1, 2, 3, 4),
    "weekend": (5, 6),
}


@dataclass(frozen=True, slots=True)
class WeekWords:
    """Word lists by what they tell."""

    days: Phrases[tuple[int, ...]]
    """Names of one weekday or of several."""
    through: Phrases[str]
    """Between the first and the last of several days."""
    joints: Phrases[str]
    doing: Phrases[str]
    """Each stands for the name of its section."""
    also: Phrases[str]
    small: frozenset[str]
    """What may stand beside hours, and says nothing of its own."""


@cache
def week_words() -> WeekWords:
    return WeekWords(
        days=Phrases(_days()),
        through=phrases_in("week", "through"),
        joints=Phrases((*entries("week", "joints"), (",", ""), ("&", ""), ("/", ""))),
        doing=Phrases(
            (phrase, doing)
            for doing in ("round", "unbroken", "break", "shut", "opens")
            for phrase, _ in entries("week", doing)
        ),
        also=phrases_in("week", "also"),
        small=frozenset(_small()),
    )


def day_named(text: str) -> tuple[int, ...] | None:
    """Return the weekdays of exactly this name."""
    return week_words().days.whole(text)


def _days() -> Iterator[tuple[str, tuple[int, ...]]]:
    for group, days in _GROUPS.items():
        yield from ((phrase, days) for phrase, _ in entries("week", group))
    yield from ((phrase, (int(day),)) for phrase, day, _ in keyed("week", "days"))
    yield from ((phrase, (int(day),)) for phrase, day in time_words().named_weekdays())


def _small() -> Iterator[str]:
    listed = (*words_in("week", "small"), *words_in("fillers"), *words_in("politeness"))
    for phrase in (*listed, *words_in("time", "joins"), *words_in("week", "joints")):
        yield from (token.folded for token in words_of(phrase).tokens)
