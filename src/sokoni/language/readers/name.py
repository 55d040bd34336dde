"""A person's name. Found after words that announce it; takes its tokens at 60, after places."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Final

from typing_extensions import override

from sokoni.language.inflecting import uninflected
from sokoni.language.lexicon import phrases_in, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.readers.numbers import number_at
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.units import unit_at
from sokoni.language.reading import Found, KnownPlace, Reader, Scene
from sokoni.language.wondering import is_asking
from sokoni.language.words import Words

_SHORTEST: Final = 2
_LONGEST: Final = 80
_MOST_WORDS: Final = 6
_GLUED: Final = re.compile(r"(?:[Nn]di|[Nn]gingu|[Nn]guye|[Nn]gu|[Uu])(?=[A-Z])")
_INSIDE: Final = frozenset({".", "'", "&", "-"})
_BETWEEN: Final = frozenset({":", "-", "=", "#", "."})
"""May stand between what something is called and its value."""
_FEWEST_BEFORE: Final = 2
"""Words that are a name of their own before another answer: of "Sharma Textiles" both are."""
_PLACES: Final = PlaceReader()


@dataclass(frozen=True, slots=True)
class _Lists:
    """The words around names, of all languages."""

    markers: Phrases[str]
    sure: Phrases[str]
    ends: frozenset[str]
    polite: Phrases[str]
    common: frozenset[str]


@cache
def _lists() -> _Lists:
    return _Lists(
        markers=phrases_in("names", "markers"),
        sure=phrases_in("names", "sure"),
        ends=words_in("names", "ends"),
        polite=phrases_in("politeness"),
        common=words_in("things", "stop"),
    )


class NameReader(Reader):
    """Reads a person's name in any script, as it was written: "Ndinonzi Tendai Moyo"."""

    order = 60

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        for place, free in enumerate(words.free):
            marker = _lists().sure.at(words, place) if free else None
            if marker is None or not words.is_free(place, marker[1]):
                continue
            end = _end(_without_place(words, marker[1], scene), marker[1])
            name = _name(words, marker[1], end)
            if name and words.tokens[marker[1]].folded not in _lists().common:
                return Found(name, place, end)
        return None

    def leave(self, words: Words, found: Found, called: Collection[str]) -> Words:
        """Leave figures, and other words where no name is with them: "we make garments"."""
        if found.start and _lists().sure.before(words, found.start) is not None:
            return words
        start, end = _with_its_name(words, found, called)
        if (start, end) == (found.start, found.end):
            start, end = _said_with(words, found)
        return words if start == end else found.taken_from(words).without(start, end)

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        start = _start(words)
        if is_asking(words) or _counts(words, start):
            return None
        rest = _without_place(words, start, scene)
        end = _end(rest, start)
        return None if _all_common(rest, start, end) else _name(rest, start, end)


class IntroducedNameReader(NameReader):
    """Reads the name in "I want to join, I'm Tendai Moyo" too, of who is to say who they are.

    Elsewhere "I'm" begins all sorts of things; here capitals after it make a name.
    """

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        return super().find(words, scene) or _after_marker(words)


def _with_its_name(words: Words, found: Found, called: Collection[str]) -> tuple[int, int]:
    """Return a value together with what names it: "my pincode is 400001", "sector: IT"."""
    start, end = found.start, found.end
    while start > 0 and words.free[start - 1] and _leads(words, start - 1, called):
        start -= 1
    while end < len(words.tokens) and words.free[end] and _leads(words, end, called):
        end += 1
    named = {token.folded for token in words.tokens[start:end]} & set(called)
    return (start, end) if named else (found.start, found.end)


def _leads(words: Words, place: int, called: Collection[str]) -> bool:
    said = words.tokens[place].folded
    return said in called or said in _BETWEEN or said in _lists().common


def _said_with(words: Words, found: Found) -> tuple[int, int]:
    """Return how much of a stretch of words says the other value, nothing where it is a name."""
    first, last = _stretch(words, found)
    start = _led(words, first, found.start)
    before = [_is_common(words, place) for place in range(start, found.start)]
    if found.has_figures(words):
        return (start if before and before[-1] else found.start), found.end
    if _is_title(words, start, last):
        return last, last
    if before and not any(before) and not _is_verb(words, start):
        return (found.start, last) if len(before) >= _FEWEST_BEFORE else (last, last)
    named = not all(_is_common(words, place) for place in range(found.end, last))
    is_place = isinstance(found.value, KnownPlace)
    return (last, last) if is_place and named else (first, last)


def _is_title(words: Words, start: int, end: int) -> bool:
    """Tell "Kisan Kumar" from "kisan hoon": two words or more, each with a capital."""
    return end - start > 1 and all(_begins_name(words, place) for place in range(start, end))


def _is_common(words: Words, place: int) -> bool:
    return words.tokens[place].folded in _lists().common


def _is_verb(words: Words, place: int) -> bool:
    """Tell "ndinopfuya huku" (I keep chickens) from "Sharma Textiles"."""
    return bool(uninflected(words.tokens[place].folded))


def _stretch(words: Words, found: Found) -> tuple[int, int]:
    """Return the words around it: up to a sign, a line break, an "and", or what is taken."""
    first, last = found.start, found.end
    while first > 0 and _goes_with(words, first - 1) and not words.begins_line(first):
        first -= 1
    while last < len(words.tokens) and _goes_with(words, last) and not words.begins_line(last):
        last += 1
    return first, last


def _goes_with(words: Words, place: int) -> bool:
    token = words.tokens[place]
    return words.free[place] and token.is_word and token.folded not in words_in("joints")


def _led(words: Words, start: int, end: int) -> int:
    """Return where a stretch begins behind "hello, my name is"."""
    while start < end:
        skipped = _lists().polite.at(words, start) or _lists().markers.at(words, start)
        if skipped is None or skipped[1] > end:
            break
        start = skipped[1]
    return start


def _after_marker(words: Words) -> Found | None:
    for start in range(1, len(words.tokens)):
        led = _marker_before(words, start) if _begins_name(words, start) else None
        if led is not None:
            end = next(
                (at for at in range(start, len(words.tokens)) if not _capital(words, at)),
                len(words.tokens),
            )
            return Found(words.original(start, end), led[1], end)
    return None


def _marker_before(words: Words, start: int) -> tuple[str, int] | None:
    """Return what announces the name: "I'm Tendai", "name: Tendai"."""
    while start and words.tokens[start - 1].folded in _BETWEEN:
        start -= 1
    return _lists().markers.before(words, start) if start else None


def _begins_name(words: Words, place: int) -> bool:
    return _capital(words, place) and words.tokens[place].folded not in _lists().common


def _capital(words: Words, place: int) -> bool:
    return words.free[place] and words.original(place, place + 1)[:1].isupper()


def _counts(words: Words, start: int) -> bool:
    """Tell goods from a name: "5 bags of maize", "maize 5 bags", "bags of maize"."""
    if start < len(words.tokens) and (words.tokens[start].is_number or _unit_of(words, start)):
        return True
    return any(_measured(words, place) for place in range(start, len(words.tokens)))


def _unit_of(words: Words, place: int) -> bool:
    unit = unit_at(words, place)
    return unit is not None and any(one.folded == "of" for one in words.tokens[unit[1] :][:1])


def _measured(words: Words, place: int) -> bool:
    number = number_at(words, place)
    return number is not None and unit_at(words, number[1]) is not None


def _all_common(words: Words, start: int, end: int) -> bool:
    """Tell "I don't know" and "good morning", which name nobody."""
    return all(token.folded in _lists().common for token in words.tokens[start:end])


def _start(words: Words) -> int:
    """Return where the name begins, after "hello, my name is"."""
    start, tokens = 0, words.tokens
    while start < len(tokens):
        skipped = _lists().polite.at(words, start) or _lists().markers.at(words, start)
        if not words.free[start] or not (tokens[start].is_word or tokens[start].is_number):
            start += 1
        elif skipped and skipped[1] < len(tokens):
            start = skipped[1]
        else:
            break
    return start


def _without_place(words: Words, start: int, scene: Scene) -> Words:
    """Take a place out that follows the name: "Tendai Moyo from Gokwe"."""
    if start + 1 >= len(words.tokens):
        return words
    for place in range(start):
        words = words.without(place, place + 1)
    found = _PLACES.find(words, scene)
    return found.taken_from(words) if found and found.start > start else words


def _end(words: Words, start: int) -> int:
    """Return where the name ends: at a taken word, a sign, or a word that goes on."""
    end, tokens = start, words.tokens
    while end < len(tokens) and words.free[end] and end - start < _MOST_WORDS + 2:
        token = tokens[end]
        goes_on = end > start and (token.folded in _lists().ends or _polite(words, end))
        if goes_on or not (token.is_word or token.is_number or token.folded in _INSIDE):
            break
        end += 1
    while end > start and not (tokens[end - 1].is_word or tokens[end - 1].is_number):
        end -= 1
    return end


def _polite(words: Words, place: int) -> bool:
    found = _lists().polite.at(words, place)
    return found is not None and found[1] == len(words.tokens)


def _name(words: Words, start: int, end: int) -> str | None:
    said = words.original(start, end).strip()
    glued = _GLUED.match(said)
    name = said[glued.end() :] if glued else said
    letters = sum(letter.isalpha() for letter in name)
    count = sum(token.is_word for token in words.tokens[start:end])
    fits = _SHORTEST <= len(name) <= _LONGEST and count <= _MOST_WORDS
    return name if fits and letters >= _SHORTEST else None
