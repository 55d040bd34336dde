"""Finds phrases though their words are inflected otherwise, or others stand between them."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, Generic, TypeVar

from typing_extensions import override

from sokoni.language.inflecting import uninflected
from sokoni.language.lexicon import words_in
from sokoni.language.phrases import Phrases
from sokoni.language.words import Words, words_of

V = TypeVar("V")
_MOST_BETWEEN: Final = 2


class LoosePhrases(Phrases[V], Generic[V]):
    """Phrases in which "tipeiwo" is "ndipei", and "do you guys have" is "do you have".

    What is written exactly as a phrase stands goes before what is only like a longer one.
    """

    def __init__(self, entries: Iterable[tuple[str, V]]) -> None:
        listed = list(entries)
        super().__init__(listed)
        self._loose: dict[tuple[str, ...], V] = {}
        self._longest_from: dict[str, int] = {}
        for phrase, value in listed:
            key = _bare(token.folded for token in words_of(phrase).tokens)
            if key and key not in self._loose:
                self._loose[key] = value
                longest = self._longest_from.get(key[0], 0)
                self._longest_from[key[0]] = max(longest, len(key))

    @override
    def at(self, words: Words, place: int) -> tuple[V, int] | None:
        plain = super().at(words, place)
        first = words.tokens[place].folded
        most = self._longest_from.get(uninflected(first) or first, 0)
        if not most or (plain is not None and plain[1] - place >= most):
            return plain
        return self._loosely(words, place, most, plain)

    def _loosely(
        self, words: Words, place: int, most: int, plain: tuple[V, int] | None
    ) -> tuple[V, int] | None:
        spoken = list(_spoken(words, place, most))
        for length in range(len(spoken), 0, -1):
            end = spoken[length - 1][1]
            if plain is not None and end <= plain[1]:
                return plain
            found = self._loose.get(tuple([word for word, _ in spoken[:length]]))
            if found is not None:
                return found, end
        return plain


def _spoken(words: Words, place: int, most: int) -> Iterator[tuple[str, int]]:
    """Yield words as they are compared, each with where it ends, without those between."""
    count = between = 0
    for at in range(place, len(words.tokens)):
        folded = words.tokens[at].folded
        if at > place and folded in _between():
            between += 1
            if between > _MOST_BETWEEN:
                return
            continue
        yield uninflected(folded) or folded, at + 1
        count += 1
        if count == most:
            return


def _bare(folded: Iterable[str]) -> tuple[str, ...]:
    """Return a phrase as it is compared; () where it ends in a word that else stands between."""
    first, *others = [*folded] or [""]
    if not first or (others and others[-1] in _between()):
        return ()
    kept = (first, *(word for word in others if word not in _between()))
    return tuple(uninflected(word) or word for word in kept)


@cache
def _between() -> frozenset[str]:
    """Return words that may stand within a phrase and change nothing of it."""
    return words_in("between_words")
