"""Phrases with anything between their two ends: "ndoda ... <store.number>"."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from sokoni.language.lexicon import words_in
from sokoni.language.loosely import LoosePhrases
from sokoni.language.phrases import Phrases
from sokoni.language.words import Words

BETWEEN: Final = " ... "


class Ends(NamedTuple):
    """Where a phrase's beginning ends, and how many words stand at its other end."""

    task: str
    end: int
    far: int


class SpanningPhrases:
    """In Shona and Ndebele how many stands behind what: "ndoda mazai maviri" wants two."""

    def __init__(
        self, phrases: Iterable[tuple[str, str]], kinds: Mapping[str, Sequence[str]]
    ) -> None:
        """Take phrases that end in one kind of words, or in words; `kinds` are those by name."""
        tails: dict[tuple[str, str], list[str]] = {}
        for phrase, task in phrases:
            head, _, tail = phrase.partition(BETWEEN)
            tails.setdefault((head, task), []).extend(kinds.get(tail.strip("<>"), [tail]))
        self._heads = LoosePhrases(
            (head, (task, Phrases((tail, task) for tail in listed)))
            for (head, task), listed in tails.items()
        )

    def opening(self, words: Words, place: int) -> Ends | None:
        """Return the phrase whose beginning stands at a token, where its end follows."""
        found = self._heads.at(words, place)
        if found is None:
            return None
        (task, tails), end = found
        for far in range(end, len(words.tokens)):
            tail = tails.at(words, far)
            if tail is not None and words.tokens[far - 1].folded not in words_in("labels"):
                return Ends(task, end, tail[1] - far)
        return None
