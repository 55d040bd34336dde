"""The words around places, of all languages, read once from the word lists."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from sokoni.language.lexicon import keyed, phrases_in, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.words import words_of

_LONGEST_PREFIX: Final = 8
_SHORTEST_NAME: Final = 3


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """Word lists by what they say of a place."""

    leading: Phrases[str]
    firmly: Phrases[str]
    """Of `leading`, those after which even a word without a capital names a place."""
    prefixes: frozenset[str]
    following: frozenset[str]
    ambiguous: frozenset[str]
    common: frozenset[str]
    """Words that name no place, whatever leads to them: "in bulk", "at home", "in May"."""
    not_after: frozenset[str]
    streets: frozenset[str]
    """Words that make a street of a name before them, and mean nothing else."""


@cache
def place_words() -> PlaceWords:
    return PlaceWords(
        leading=phrases_in("places", "in"),
        firmly=phrases_in("places", "firmly"),
        prefixes=words_in("places", "prefixes"),
        following=words_in("places", "after"),
        ambiguous=words_in("places", "ambiguous"),
        common=frozenset(_common()),
        not_after=words_in("places", "not_after"),
        streets=words_in("places", "streets") - words_in("places", "unsure_streets"),
    )


def without_prefix(folded: str) -> Iterator[str]:
    """Yield what is left of a word behind each locative that it may wear: `kugokwe`, `gokwe`."""
    prefixes = place_words().prefixes
    for length in range(min(_LONGEST_PREFIX, len(folded) - _SHORTEST_NAME), 0, -1):
        if folded[:length] in prefixes:
            yield folded[length:].lstrip("-'")


def _common() -> Iterator[str]:
    listed = (
        *(("things", "stop"), ("things", "breaks"), ("common",), ("loans",), ("places", "never")),
        *(("places", "after"), ("politeness",), ("fillers",), ("time", "today"), ("time", "noon")),
    )
    for path in listed:
        yield from words_in(*path)
    for section in (("units",), ("currencies",), ("numbers",), ("time", "months")):
        yield from _words(section)
    yield from _words(("time", "weekdays"))


def _words(section: tuple[str, ...]) -> Iterator[str]:
    for phrase, _, _ in keyed(*section):
        for token in words_of(phrase).tokens:
            yield token.folded
