"""Phrases with a gap for one of the merchant's own words: "when is the <booking.service> coming".

Writing out each phrase with each word would take a merchant of 450 words 17 MB and a second.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from sokoni.language.inflecting import uninflected
from sokoni.language.phrases import Phrases
from sokoni.language.words import Words, words_of

V = TypeVar("V")

_GAP: Final = re.compile(
    r"(?P<head>.*?)(?P<before>[\w'-]*)<(?P<kind>[^<>]+)>(?P<after>['-]*\w*)(?P<tail>[^<]*)"
)
"""Letters right beside the gap belong to the word in it: "ngi<booking.service>"."""


@dataclass(frozen=True, slots=True, eq=False)
class _Opening(Generic[V]):
    """What phrases have in common up to their gap, the gap included."""

    rest: tuple[str, ...]
    """Tokens between the first one and the gap."""
    before: str
    after: str
    words: Phrases[str]
    closings: list[tuple[tuple[str, ...], V]] = field(default_factory=list)
    """Tokens behind the gap, and what the phrase stands for."""


class GappedPhrases(Generic[V]):
    """Phrases with one gap each, and what each stands for."""

    def __init__(
        self, entries: Iterable[tuple[str, V]], kinds: Mapping[str, Sequence[str]]
    ) -> None:
        """`kinds` are the folded words that may stand in a gap, by its name."""
        self._words = {
            kind: Phrases((one, one) for one in listed) for kind, listed in kinds.items()
        }
        self._by_first: dict[str, list[_Opening[V]]] = {}
        self._by_letters: dict[str, list[_Opening[V]]] = {}
        """Those that begin with the gap, by the letters before it."""
        openings: dict[tuple[str, ...], _Opening[V]] = {}
        for phrase, value in entries:
            self._add(phrase, value, openings)

    def ends(self, words: Words, place: int) -> Iterator[tuple[V, int]]:
        """Yield what every phrase that begins at `place` stands for, and where it ends."""
        tokens = words.tokens
        first = tokens[place].folded
        for one in self._by_first.get(_bare(first), ()):
            gap = place + 1 + len(one.rest)
            if one.rest == tuple([_bare(token.folded) for token in tokens[place + 1 : gap]]):
                yield from _closed(one, words, gap)
        for letters, listed in self._by_letters.items():
            if first.startswith(letters):
                for one in listed:
                    yield from _closed(one, words, place)

    def _add(self, phrase: str, value: V, openings: dict[tuple[str, ...], _Opening[V]]) -> None:
        parts = _GAP.fullmatch(phrase)
        if parts is None:
            raise ValueError(f"{phrase!r} has not one gap")
        head, kind = _tokens(parts["head"]), parts["kind"]
        if kind not in self._words:
            return
        before, after = parts["before"], parts["after"]
        key = (*head, before, kind, after)
        opening = openings.get(key)
        if opening is None:
            opening = openings[key] = _Opening(head[1:], before, after, self._words[kind])
            if head:
                self._by_first.setdefault(head[0], []).append(opening)
            else:
                self._by_letters.setdefault(before, []).append(opening)
        opening.closings.append((_tokens(parts["tail"]), value))


def _closed(opening: _Opening[V], words: Words, gap: int) -> Iterator[tuple[V, int]]:
    tokens = words.tokens
    if gap >= len(tokens) or not tokens[gap].folded.startswith(opening.before):
        return
    for end in opening.words.ends(words, gap, opening.before, opening.after):
        for rest, value in opening.closings:
            if rest == tuple([_bare(token.folded) for token in tokens[end : end + len(rest)]]):
                yield value, end + len(rest)


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_bare(token.folded) for token in words_of(text).tokens)


def _bare(folded: str) -> str:
    """Return a word as it is compared: without what grammar puts around it."""
    return uninflected(folded) or folded
