"""Units of measure and of packing, as words in every language."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from sokoni.language.lexicon import entries, keyed
from sokoni.language.phrases import Phrases
from sokoni.language.words import Words, fold

MEASURES: Final = frozenset(
    {"kg", "g", "tonne", "litre", "ml", "metre", "cm", "km", "acre", "hectare", "gallon"}
)
"""Units that say how big; the others are packings and say how many."""
_SHORTEST_LOAN: Final = 3
_ONE_LETTER: Final = frozenset({"t", "m", "l", "g"})


@cache
def units() -> Phrases[str]:
    listed = [(phrase, unit) for phrase, unit, _ in keyed("units")]
    return Phrases([*listed, *_borrowed()])


def _borrowed() -> Iterator[tuple[str, str]]:
    """Yield English units as the other languages wear them: "mabags", "ama-crates"."""
    prefixes = [prefix for prefix, _ in entries("loan_prefixes")]
    for phrase, unit, language in keyed("units"):
        if language == "en" and len(phrase) >= _SHORTEST_LOAN:
            yield from ((prefix + phrase, unit) for prefix in prefixes)


@cache
def singular_units() -> frozenset[str]:
    """Return the unit words that mean one: "a 50kg bag"."""
    listed: dict[tuple[str, str, str], str] = {}
    for section in ("units", "unit_words"):
        for phrase, unit, language in keyed(section):
            listed.setdefault((section, language, unit), fold(phrase))
    return frozenset(listed.values())


@cache
def articles() -> frozenset[str]:
    return frozenset(word for word, _ in entries("articles"))


def unit_at(words: Words, place: int) -> tuple[str, int] | None:
    """Return the unit named at `place` and where its name ends."""
    if place >= len(words.tokens):
        return None
    found = units().at(words, place)
    if found is None or (
        words.tokens[place].folded in _ONE_LETTER and not _after_digit(words, place)
    ):
        return None
    return found if words.is_free(place, found[1]) else None


def _after_digit(words: Words, place: int) -> bool:
    before = words.tokens[place - 1] if words.glued(place) else None
    return before is not None and (before.is_number or before.folded == "/")
