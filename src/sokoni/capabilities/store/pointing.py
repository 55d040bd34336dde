"""What stands for something on the screen and says how it is: "the brown one", "it in red"."""

from functools import cache

from sokoni.capabilities.store.asking import phrases_for, trimmed, written
from sokoni.language.lexicon import phrases_in, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.words import Words, words_of


def quality_of(said: str) -> str:
    """Return how the thing is that words stand for, "" where they name it or say nothing."""
    words = words_of(said)
    places = trimmed(words, list(range(len(words.tokens))))
    stands = _standing(words, places)
    if not stands and not _begins_as_quality(words):
        return ""
    left = [one for one in places if one not in stands and one not in _stocked(words)]
    return written(words, trimmed(words, _unlinked(words, left)))


def _standing(words: Words, places: list[int]) -> range:
    """Return the places of "one" in "the one for 8 years", and of "it" in "it in red"."""
    for place in places:
        kind = "it" if place == places[0] else "one"
        found = phrases_for(kind).at(words, place) or phrases_for("one").at(words, place)
        if found is not None and _ends_a_thing(words, places, found[1]):
            return range(place, found[1])
    return range(0)


def _begins_as_quality(words: Words) -> bool:
    """Tell whether only how it is is said: "in red"."""
    return len(words.tokens) > 1 and words.tokens[0].folded in words_in("shopping", "joining")


def _ends_a_thing(words: Words, places: list[int], end: int) -> bool:
    """Tell "the brown one" and "the one in red" from "one coffee"."""
    return end > places[-1] or words.tokens[end].folded in _linking()


def _stocked(words: Words) -> set[int]:
    """Return the places of what only asks whether it is there: "the brown one in stock"."""
    found = ((place, _in_stock().at(words, place)) for place in range(len(words.tokens)))
    return {one for place, end in found if end for one in range(place, end[1])}


def _unlinked(words: Words, places: list[int]) -> list[int]:
    """Leave out what links: "for" of "for 8 years"."""
    return [one for one in places if words.tokens[one].folded not in _linking()]


@cache
def _linking() -> frozenset[str]:
    return words_in("shopping", "joining") | words_in("things", "links") | {",", "of", "size"}


@cache
def _in_stock() -> Phrases[str]:
    return phrases_in("shopping", "in_stock")
