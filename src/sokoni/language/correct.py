"""Corrections: "make it 12 goats", "change the price to 30", "no, Gokwe", "ita 12", "yenza 12"."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from sokoni.language.lexicon import phrases_in, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.readers.numbers import may_begin
from sokoni.language.words import Words

_LONGEST: Final = 40
_SIGNS: Final = frozenset({",", ".", ":", ";", "-", "!"})


@dataclass(frozen=True, slots=True)
class _Lists:
    """The words of all languages that correct."""

    markers: Phrases[str]
    trailing: Phrases[str]
    change: Phrases[str]
    to: Phrases[str]
    denials: Phrases[str]
    slot_words: frozenset[str]


@cache
def _lists() -> _Lists:
    return _Lists(
        markers=phrases_in("corrections", "markers"),
        trailing=phrases_in("corrections", "trailing"),
        change=phrases_in("corrections", "change"),
        to=phrases_in("corrections", "to"),
        denials=phrases_in("corrections", "denials"),
        slot_words=words_in("corrections", "slot_words"),
    )


def correction(words: Words) -> Words | None:
    """Return the words with only the new value free, or None where nothing is corrected.

    A word that names what is corrected ("price", "town") stays free: it helps readers.
    """
    if not words.tokens or len(words.tokens) > _LONGEST:
        return None
    return _denied(words) or _changed(words) or _marked(words) or _trailed(words)


def _denied(words: Words) -> Words | None:
    """Read "no, 12" and "aiwa, Gokwe": a denial set off by a sign, or before a number."""
    found = _lists().denials.at(words, 0)
    if found is None or found[1] >= len(words.tokens):
        return None
    end = _past_signs(words, found[1])
    if end >= len(words.tokens) or not (end > found[1] or _value_begins(words, end)):
        return None
    rest = words.without(0, end)
    return _changed(rest) or _marked(rest) or rest


def _value_begins(words: Words, place: int) -> bool:
    token = words.tokens[place]
    marker = _lists().markers.at(words, place)
    return may_begin(token) or token.folded == "$" or marker is not None


def _changed(words: Words) -> Words | None:
    """Read "change the price to 30", and "change price 30" where the slot's name tells."""
    lists = _lists()
    for place in range(len(words.tokens)):
        change = lists.change.at(words, place) if words.free[place] else None
        if change is None:
            continue
        to = _last_to(words, change[1])
        if to is not None:
            return _only_slots(words, to[0]).without(*to)
        if any(token.folded in lists.slot_words for token in words.tokens[change[1] :]):
            rest = words.without(0, change[1])
            return rest if any(may_begin(token) for token in words.tokens[change[1] :]) else None
        return None
    return None


def _last_to(words: Words, start: int) -> tuple[int, int] | None:
    """Return the last "to" with something after it: "change from 10 to 12"."""
    found = None
    for place in range(start, len(words.tokens) - 1):
        to = _lists().to.at(words, place)
        if to is not None and to[1] < len(words.tokens):
            found = (place, to[1])
    return found


def _marked(words: Words) -> Words | None:
    """Read "make it 12", wherever the marker stands: "the time, make it 2pm"."""
    for place in range(len(words.tokens)):
        marker = _lists().markers.at(words, place) if words.free[place] else None
        if marker is None:
            continue
        end = _past_signs(words, marker[1])
        again = _lists().markers.at(words, end) if end < len(words.tokens) else None
        end = _past_signs(words, again[1]) if again else end
        if end < len(words.tokens):
            return _only_slots(words, place).without(place, end)
    return None


def _trailed(words: Words) -> Words | None:
    """Read "12 instead"."""
    end = len(words.tokens)
    while end and words.tokens[end - 1].folded in _SIGNS:
        end -= 1
    found = _lists().trailing.before(words, end) if end else None
    return words.without(found[1], len(words.tokens)) if found and found[1] > 0 else None


def _only_slots(words: Words, end: int) -> Words:
    """Take everything before `end` but the words that name a slot."""
    for place in range(end):
        if words.tokens[place].folded not in _lists().slot_words:
            words = words.without(place, place + 1)
    return words


def _past_signs(words: Words, place: int) -> int:
    while place < len(words.tokens) and words.tokens[place].folded in _SIGNS:
        place += 1
    return place
