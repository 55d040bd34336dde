"""What a message is about: the noun phrase that nobody else took. Comes at 100."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from typing_extensions import override

from sokoni.language.joining import unpossessed
from sokoni.language.lexicon import phrases_in, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.readers.money import MoneyReader
from sokoni.language.readers.numbers import may_begin
from sokoni.language.readers.phone import PhoneReader
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.quantity import QuantityReader
from sokoni.language.reading import LEFTOVER, Doubt, Found, Reader, Scene
from sokoni.language.words import Words

_LONGEST: Final = 80
_MOST_WORDS: Final = 8
_SHORTEST_NUMBER: Final = 6
_INSIDE: Final = frozenset({"-", "'", "&", "/", "."})
_PHONES: Final = PhoneReader()
_MONEY: Final = MoneyReader()
_QUANTITIES: Final = QuantityReader()
_PLACES: Final = PlaceReader()


@dataclass(frozen=True, slots=True)
class _Lists:
    """The words that are no things, of all languages."""

    stop: Phrases[str]
    breaks: frozenset[str]
    callers: frozenset[str]
    """Words that lead to a number to call, where one follows."""
    number_words: frozenset[str]
    links: frozenset[str]
    traits: frozenset[str]
    """Words that make a trait of the number before them: "2 bedroom"."""


@cache
def _lists() -> _Lists:
    return _Lists(
        stop=phrases_in("things", "stop"),
        breaks=words_in("things", "breaks"),
        callers=words_in("things", "callers"),
        number_words=words_in("things", "number_words"),
        links=words_in("things", "links"),
        traits=words_in("traits"),
    )


class ThingReader(Reader):
    """Reads a thing as it was written: "Selling 10 goats at $20 in Gokwe" is about "goats"."""

    order = LEFTOVER

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        return next(_things(words, scene), None)

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        found = self.find(words, scene)
        return str(found.value) if found else None


class NamedThingReader(ThingReader):
    """Reads things that have names: of several phrases the first that is one we know.

    "I am a farmer and I want to sell 30 bags of maize" is about the maize.
    """

    @abstractmethod
    def named(self, value: str) -> str:
        """Return what the thing is, the same in all languages; "" where nobody knows it."""

    def knows(self, value: str) -> bool:
        """Tell whether it is one of the things, perhaps misspelt."""
        return bool(self.named(value))

    def may_know(self, words: Words) -> bool:
        """Tell cheaply whether it may know something in the words."""
        return any(self.named(token.folded) for token in words.tokens if token.is_word)

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        first: Found | None = None
        for one in _things(words, scene):
            found = self._unpossessed(words, one)
            if self.knows(str(found.value)):
                return found
            first = first or found
        return first

    def _unpossessed(self, words: Words, found: Found) -> Found:
        """Return "umbila" for "ombila": what there are bags of, and not that they are of it."""
        thing = unpossessed(words.tokens[found.start].folded, self.named)
        if not thing:
            return found
        rest = words.original(found.start + 1, found.end)
        return replace(found, value=f"{thing} {rest}".strip())


def _things(words: Words, scene: Scene) -> Iterator[Found]:
    """Yield what the words may be about, the longest phrase first."""
    words = _left(words, scene)
    for start, end in sorted(_phrases(words), key=lambda span: span[0] - span[1]):
        if _is_thing(words, start, end):
            yield Found(words.original(start, end), start, end)


def _left(words: Words, scene: Scene) -> Words:
    """Take what is no part of a thing, whether or not the form has a slot for it."""
    if any(
        free and may_begin(token) for token, free in zip(words.tokens, words.free, strict=True)
    ):
        words = _without(_PHONES.find(words, scene), words)
        words = _without(_MONEY.look(words, scene), words)
        words = _without(_QUANTITIES.find(words, scene), words)
    return _without(_PLACES.look(words, scene), words)


def _without(taken: Found | Doubt | None, words: Words) -> Words:
    if taken is None:
        return words
    if isinstance(taken, Found):
        return taken.taken_from(words)
    return words.without(taken.start, taken.end)


def _is_thing(words: Words, start: int, end: int) -> bool:
    letters = sum(len(token.folded) for token in words.tokens[start:end] if token.is_word)
    return letters > 1 and len(words.original(start, end)) <= _LONGEST


def _phrases(words: Words) -> Iterator[tuple[int, int]]:
    """Yield the noun phrases among the free words."""
    place = 0
    while place < len(words.tokens):
        end = _run_end(words, place)
        if end == place:
            place += 1
            continue
        start, stop = _trimmed(words, place, min(end, place + _MOST_WORDS * 2))
        if start < stop and _spoken(words, start, stop) <= _MOST_WORDS:
            yield start, stop
        place = end


def _run_end(words: Words, start: int) -> int:
    """Return where the run of words ends: at a taken one, a sign, or a new clause."""
    end, tokens = start, words.tokens
    while end < len(tokens) and words.free[end]:
        token = tokens[end]
        if not (token.is_word or token.is_number or _holds(words, end)):
            break
        if _breaks(words, end):
            return max(start, end)
        end += 1
    return end


def _breaks(words: Words, place: int) -> bool:
    """Tell whether the noun phrase ends before the word."""
    lists, folded = _lists(), words.tokens[place].folded
    if folded in lists.callers:
        return _number_follows(words, place + 1)
    return folded in lists.breaks and not _names_a_model(words, place)


def _number_follows(words: Words, place: int) -> bool:
    """Tell "phone 0772 123 456" and "phone number" from a phone that costs $80."""
    if place >= len(words.tokens):
        return False
    token = words.tokens[place]
    if token.is_number:
        return token.folded.startswith("0") or len(token.folded) >= _SHORTEST_NUMBER
    return token.folded in _lists().number_words or token.folded in {"+", ":"}


def _names_a_model(words: Words, place: int) -> bool:
    """Tell the letter of "i5" from a word."""
    return words.glued(place + 1) and words.tokens[place + 1].is_number


def _spoken(words: Words, start: int, end: int) -> int:
    """Count words as people do: "256gb" is one."""
    return sum(not words.glued(place) for place in range(start, end))


def _holds(words: Words, place: int) -> bool:
    """Tell the sign inside "t-shirts" and "bits & pieces" from one that ends a phrase."""
    folded = words.tokens[place].folded
    return folded in _INSIDE and (folded == "&" or words.glued(place + 1))


def _trimmed(words: Words, start: int, end: int) -> tuple[int, int]:
    """Drop words at both ends that are no part of a thing."""
    lists = _lists()
    while start < end:
        stop = lists.stop.at(words, start)
        if stop and stop[1] <= end:
            start = stop[1]
        elif not words.tokens[start].is_word and not _model(words, start, end):
            start += 1
        else:
            break
    while end > start:
        before = lists.stop.before(words, end)
        if before and before[1] >= start:
            end = before[1]
        elif words.tokens[end - 1].folded in lists.links or _sign(words, end - 1):
            end -= 1
        else:
            break
    return start, end


def _model(words: Words, start: int, end: int) -> bool:
    """Tell a number that begins a name: "4x4 tyres", "2 bedroom house"."""
    if not words.tokens[start].is_number or start + 1 >= end:
        return False
    return words.glued(start + 1) or words.tokens[start + 1].folded in _lists().traits


def _sign(words: Words, place: int) -> bool:
    token = words.tokens[place]
    return not (token.is_word or token.is_number)
