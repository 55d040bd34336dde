"""Finds known words and phrases in a message, the longest first."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from sokoni.language.words import Words, words_of

V = TypeVar("V")


class Phrases(Generic[V]):
    """Phrases and what each stands for. The first given of two equal ones counts."""

    def __init__(self, entries: Iterable[tuple[str, V]]) -> None:
        self._single: dict[str, V] = {}
        self._longer: dict[str, list[tuple[tuple[str, ...], V]]] = {}
        self._whole: dict[str, V] = {}
        for phrase, value in entries:
            self._add(tuple(token.folded for token in words_of(phrase).tokens), value)
        for found in self._longer.values():
            found.sort(key=lambda entry: -len(entry[0]))

    def _add(self, tokens: tuple[str, ...], value: V) -> None:
        if not tokens or " ".join(tokens) in self._whole:
            return
        self._whole[" ".join(tokens)] = value
        if len(tokens) == 1:
            self._single[tokens[0]] = value
        else:
            self._longer.setdefault(tokens[0], []).append((tokens, value))

    def at(self, words: Words, place: int) -> tuple[V, int] | None:
        """Return what the longest phrase at `place` stands for, and where it ends."""
        tokens = words.tokens
        first = tokens[place].folded
        longer = self._longer.get(first)
        if longer is not None:
            for phrase, value in longer:
                end = place + len(phrase)
                if end <= len(tokens) and all(
                    tokens[place + step].folded == phrase[step] for step in range(1, len(phrase))
                ):
                    return value, end
        value_alone = self._single.get(first)
        return None if value_alone is None else (value_alone, place + 1)

    def before(self, words: Words, end: int) -> tuple[V, int] | None:
        """Return what the longest phrase that ends just before `end` stands for, and its start."""
        for start in range(max(0, end - 4), end):
            found = self._whole.get(words.phrase(start, end))
            if found is not None:
                return found, start
        return None

    def whole(self, folded: str) -> V | None:
        """Return what exactly this stands for."""
        return self._whole.get(folded)

    def __contains__(self, folded: str) -> bool:
        return folded in self._whole

    def __len__(self) -> int:
        return len(self._whole)
