"""What the merchant has words of its own for (`Scene.terms`), and what they tell besides."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from typing_extensions import override

from sokoni.language.lexicon import phrases_in, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.readers.text import TextReader
from sokoni.language.reading import Found, Reader, Scene, Terms
from sokoni.language.words import Words

_NO_TERMS: Final[Terms] = Phrases(())
_SMALL: Final = 2
"""So many letters at most have abbreviations that are words as well."""
_ENDS: Final = frozenset({",", ".", ";", "!", "?", ":", "\u061f", "\u060c"})


class TermReader(Reader):
    """Reads which of the merchant's own things is named: a service, a department.

    Words of the kind `hinted_by` point to one without naming it: a burst geyser to a plumber.
    They stay free, for they tell something of their own. Those of the kind `guessed_by` do so
    only where the question is for it: "geyser".
    """

    order = 55

    def __init__(self, kind: str, *, hinted_by: str = "", guessed_by: str = "") -> None:
        self._kind = kind
        self._hinted_by = hinted_by
        self._guessed_by = guessed_by

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        named = next(_terms(words, scene, self._kind), None)
        if named is not None:
            return named
        hint = next(_terms(words, scene, self._hinted_by), None)
        return None if hint is None else Found(hint.value, hint.start, hint.start)

    @override
    def read(self, words: Words, scene: Scene) -> object | None:
        found = self.find(words, scene) or next(_terms(words, scene, self._guessed_by), None)
        return None if found is None else found.value


class ToldTextReader(TextReader):
    """Reads free text that is found in any message, too, where words of the merchant's tell of it.

    Of "my geyser burst, please come to Harare tomorrow" it takes the first three words.
    """

    order = 90

    def __init__(self, kind: str, *, shortest: int = 1, longest: int = 1000) -> None:
        super().__init__(shortest=shortest, longest=longest)
        self._kind = kind

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        told = next(_terms(words, scene, self._kind), None)
        if told is None:
            return None
        start, end = _clause(words, told.start, told.end)
        text = words.original(start, end)
        return Found(text, start, end) if self.allows(text) else None


def _terms(words: Words, scene: Scene, kind: str) -> Iterator[Found]:
    """Yield what the merchant's words of a kind stand for, where nobody else took them."""
    terms = scene.terms.get(kind, _NO_TERMS)
    for place in range(len(words.tokens)):
        found = terms.at(words, place) if words.free[place] else None
        if found is None or not words.is_free(place, found[1]):
            continue
        if not _is_small_word(words, place, found[1]) and not _is_denied(words, place, found[1]):
            yield Found(found[0], place, found[1])


def _is_small_word(words: Words, start: int, end: int) -> bool:
    """Tell "is it free" from "IT": a word of any sentence names a thing in capitals, or alone."""
    if end - start > 1 or len(words.tokens) == 1:
        return False
    said = words.tokens[start].folded
    return len(said) <= _SMALL and said in _small_words() and not words.stands_out(start)


def _is_denied(words: Words, start: int, end: int) -> bool:
    """Tell what is not meant: "not retail, services", "retail nahi, services"."""
    before = start - 1 if start and words.tokens[start - 1].folded in _articles() else start
    if before and _negations().before(words, before) is not None:
        return True
    return end < len(words.tokens) and _negated().at(words, end) is not None


@cache
def _small_words() -> frozenset[str]:
    return words_in("things", "stop")


@cache
def _articles() -> frozenset[str]:
    return words_in("articles")


@cache
def _negations() -> Phrases[str]:
    return phrases_in("corrections", "negations")


@cache
def _negated() -> Phrases[str]:
    """Return what denies the word before it."""
    return phrases_in("corrections", "negated")


def _clause(words: Words, start: int, end: int) -> tuple[int, int]:
    """Widen a phrase to all that is said with it, without what leads to something else."""
    first, last = start, end
    while first > 0 and _goes_on(words, first - 1) and not words.begins_line(first):
        first -= 1
    while last < len(words.tokens) and _goes_on(words, last) and not words.begins_line(last):
        last += 1
    while first < start and words.tokens[first].folded in _edges():
        first += 1
    while last > end and words.tokens[last - 1].folded in _edges():
        last -= 1
    return first, last


@cache
def _edges() -> frozenset[str]:
    """Return the words that only lead to, or from, what is said."""
    return words_in("politeness") | words_in("time", "joins") | words_in("joints")


def _goes_on(words: Words, place: int) -> bool:
    return words.free[place] and words.tokens[place].folded not in _ENDS
