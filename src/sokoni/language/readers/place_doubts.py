"""Names after a preposition that are no place we know: "in Atlantis", "kuAtlantis"."""

import re
from dataclasses import dataclass
from typing import Final

from sokoni.language.readers.place_words import place_words, without_prefix
from sokoni.language.words import Words

_SHORTEST: Final = 4
_LONGEST: Final = 24
_MOST_WORDS: Final = 3
_CAPITAL_INSIDE: Final = re.compile("[a-z]-?[A-Z]")
_NO_NAMES: Final = ("ing", "ion", "ions", "ity", "ed")
"""Endings that names hardly have, where no capital shows that it is one."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """What may name a place: the tokens with those that lead to it, and the name as written."""

    name: str
    start: int
    end: int
    capital: bool = True
    """Written as names are."""


def unknown(words: Words) -> Unknown | None:
    """Return the first name that something before it, or in it, makes a place's."""
    lists, text = place_words(), words.text
    joined = _CAPITAL_INSIDE.search(text) is not None
    for place, token in enumerate(words.tokens):
        if not words.free[place]:
            continue
        lead = lists.leading.at(words, place)
        if lead is not None:
            named = _led(words, place, lead)
        else:
            named = _glued(words, place) if joined and token.is_word else None
        if named is not None:
            return named
    return None


def answer(words: Words) -> Unknown | None:
    """Return the name that a whole answer to "where?" is, no ordinary word in it."""
    lists, start = place_words(), 0
    if (lead := lists.leading.at(words, 0) if words.tokens else None) is not None:
        start = lead[1]
    end = len(words.tokens)
    while end > start and (
        not words.tokens[end - 1].is_word or words.tokens[end - 1].folded in lists.following
    ):
        end -= 1
    if not start < end <= start + _MOST_WORDS:
        return None
    named = all(_may_name(words, place) for place in range(start, end))
    return Unknown(words.original(start, end), 0, len(words.tokens)) if named else None


def _led(words: Words, start: int, lead: tuple[str, int]) -> Unknown | None:
    """Read the name after "in": in capitals, or a lone word that ends its clause."""
    lists, place = place_words(), lead[1]
    if place >= len(words.tokens) or not _may_name(words, place):
        return None
    if start and words.tokens[start - 1].folded in lists.not_after:
        return None
    if not words.text.isupper():
        end = place
        while end < min(len(words.tokens), place + _MOST_WORDS) and _is_name(words, end):
            end += 1
        if end > place:
            return Unknown(words.original(place, end), start, end)
    if lists.firmly.at(words, start) != lead or not _ends_clause(words, place + 1):
        return None
    if words.tokens[place].folded.endswith(_NO_NAMES):
        return None
    return Unknown(words.original(place, place + 1), start, place + 1, capital=False)


def _glued(words: Words, place: int) -> Unknown | None:
    """Read "kuAtlantis" and "e-Atlantis": the capital inside shows where the name begins."""
    written = words.original(place, place + 1)
    if not written[0].islower():
        return None
    for rest in without_prefix(words.tokens[place].folded):
        name = written[len(written) - len(rest) :]
        if name[0].isupper() and len(name) >= _SHORTEST and rest not in place_words().common:
            return Unknown(name, place, place + 1)
    return None


def _may_name(words: Words, place: int) -> bool:
    token = words.tokens[place]
    return (
        words.free[place]
        and token.is_word
        and _SHORTEST <= len(token.folded) <= _LONGEST
        and token.folded not in place_words().common
    )


def _is_name(words: Words, place: int) -> bool:
    return _may_name(words, place) and words.text[words.tokens[place].start].isupper()


def _ends_clause(words: Words, end: int) -> bool:
    """Tell whether nothing follows that the word might belong to: "in serious need"."""
    return end >= len(words.tokens) or not words.free[end] or not words.tokens[end].is_word
