"""A street address anywhere in a message: "12 Weale Road", "house 4532", "flat 3, Westgate Court".

Comes at 25, before times: its numbers are no hours.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from typing_extensions import override

from sokoni.language.lexicon import phrases_in, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.readers.place_words import place_words
from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words

_LONGEST: Final = 160
_MOST_WORDS: Final = 3
"""Words of a street's name, and of a part of a town behind it that nobody knows."""
_NUMBERED: Final = frozenset({"no", "number"})
_NUMBER: Final = r"\d{1,5}(?:[a-z](?![a-z]))?"


class StreetReader(Reader):
    """Reads a `str`, as it was written: where in a suburb or town somebody is."""

    order = 25

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        for match in _street().finditer(words.text):
            inside = [
                place
                for place, token in enumerate(words.tokens)
                if token.start < match.end() and match.start() < token.end
            ]
            start, end = inside[0], inside[-1] + 1
            if words.is_free(start, end) and _is_one(words, start, end):
                end = _with_part(words, end, scene)
                return Found(words.original(start, end), start, end)
        return None

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        """Take whatever is said when it is asked for: "the blue gate behind the shops"."""
        told = _told_from(words)
        text = words.original(told, len(words.tokens)) if told < len(words.tokens) else ""
        return text if text and len(text) <= _LONGEST else None


def _told_from(words: Words) -> int:
    """Return where an address begins behind what only tells that it is one: "we stay at"."""
    place = 0
    while place < len(words.tokens):
        token = words.tokens[place]
        told = _telling().at(words, place)
        if told is None and (token.is_word or token.is_number):
            break
        place = place + 1 if told is None else told[1]
    return place


def _is_one(words: Words, start: int, end: int) -> bool:
    """Tell "12 Weale Road" from "5 minutes drive": a name is no ordinary word.

    Where nothing but a street ends so it may be a market's or a school's: "12 Market Street".
    """
    named = (place for place in range(start, end) if words.tokens[place].is_word)
    sure = words.tokens[end - 1].folded in place_words().streets
    ordinary = _ordinary() - words_in("places", "never") if sure else _ordinary()
    return not any(
        words.tokens[place].folded in ordinary and not words.glued(place) for place in named
    )


def _with_part(words: Words, end: int, scene: Scene) -> int:
    """Take with it a part of the town that nobody knows: "12 Weale Road, Kumbudzi, Harare"."""
    tokens = words.tokens
    if end >= len(tokens) or tokens[end].folded != ",":
        return end
    last = end + 1
    while last < len(tokens) and words.free[last] and tokens[last].is_word:
        last += 1
    named = range(end + 1, last)
    whole = last < len(tokens) and tokens[last].folded == ","
    known = any(
        scene.places.named(words.phrase(start, stop), scene.country)
        for start in named
        for stop in range(start + 1, last + 1)
    )
    if not named or not whole or known or len(named) > _MOST_WORDS:
        return end
    return last if all(words.text[tokens[place].start].isupper() for place in named) else end


@cache
def _street() -> re.Pattern[str]:
    door = rf"(?:{_any(words_in('places', 'doors'))})\s*(?:(?:number|no\.?|#)\s*)?{_NUMBER}"
    kinds, sure = _any(words_in("places", "streets")), _any(place_words().streets)
    name = rf"(?:[^\W\d_][\w'.-]*\s+){{1,{_MOST_WORDS}}}(?:{kinds})(?!\w)"
    numbered = rf"(?:(?:number|no\.?)\s*)?{_NUMBER},?\s+{name}"
    # Without a number only capitals show that a street is named.
    proper = rf"(?-i:(?:[A-Z][\w'.-]*\s+){{1,{_MOST_WORDS}}})(?:{sure})(?!\w)"
    return re.compile(
        rf"(?<!\w)(?:{door}(?:\s*,?\s*(?:{numbered}|{proper}))?|{numbered}|{proper})",
        re.IGNORECASE,
    )


@cache
def _telling() -> Phrases[str]:
    return phrases_in("places", "told_by")


@cache
def _ordinary() -> frozenset[str]:
    kinds = words_in("places", "streets") | words_in("places", "doors") | _NUMBERED
    return (place_words().common | words_in("places", "no_streets")) - kinds


def _any(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=lambda one: -len(one)))
