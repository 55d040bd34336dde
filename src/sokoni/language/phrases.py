"""Finds known words and phrases in a message, the longest first."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from sokoni.language.words import Words, words_of

V = TypeVar("V")


class Phrases(Generic[V]):
    """Phrases and what each stands for. The first given of two equal ones counts."""

    def __init__(self, entries: Iterable[tuple[str, V]]) -> None:
        self._whole: dict[str, V] = {}
        self._by_first: dict[str, list[tuple[tuple[str, ...], V]]] = {}
        for phrase, value in entries:
            self._add(tuple(token.folded for token in words_of(phrase).tokens), value)
        for found in self._by_first.values():
            found.sort(key=lambda entry: -len(entry[0]))
        self._last = frozenset(phrase.rpartition(" ")[2] for phrase in self._whole)
        self._longest = max((phrase.count(" ") + 1 for phrase in self._whole), default=0)

    def _add(self, tokens: tuple[str, ...], value: V) -> None:
        if tokens and " ".join(tokens) not in self._whole:
            self._whole[" ".join(tokens)] = value
            self._by_first.setdefault(tokens[0], []).append((tokens[1:], value))

    def at(self, words: Words, place: int) -> tuple[V, int] | None:
        """Return what the longest phrase at `place` stands for, and where it ends."""
        tokens = words.tokens
        # Nearly every word begins none: this line is what a message costs.
        found = self._by_first.get(tokens[place].folded)
        if found is None:
            return None
        place += 1
        for rest, value in found:
            if not rest:
                return value, place
            end = place + len(rest)
            if end <= len(tokens) and rest == tuple([t.folded for t in tokens[place:end]]):
                return value, end
        return None

    def ends(self, words: Words, place: int, before: str = "", after: str = "") -> Iterator[int]:
        """Yield the end of every phrase at `place`, with these letters written to it."""
        tokens = words.tokens
        if not (before or after or tokens[place].folded in self._by_first):
            return
        for end in range(place + 1, min(place + self._longest, len(tokens)) + 1):
            if tokens[end - 1].folded.endswith(after):
                around = words.phrase(place, end)
                if around.removesuffix(after).removeprefix(before) in self._whole:
                    yield end

    def before(self, words: Words, end: int) -> tuple[V, int] | None:
        """Return what the longest phrase that ends just before `end` stands for, and its start."""
        if words.tokens[end - 1].folded not in self._last:
            return None
        for start in range(max(0, end - self._longest), end):
            found = self._whole.get(words.phrase(start, end))
            if found is not None:
                return found, start
        return None

    def whole(self, folded: str) -> V | None:
        """Return what exactly this stands for."""
        return self._whole.get(folded)

    def __iter__(self) -> Iterator[str]:
        """Yield every phrase, folded."""
        return iter(self._whole)

    def __contains__(self, folded: str) -> bool:
        return folded in self._whole

    def __len__(self) -> int:
        return len(self._whole)
