"""What words may have been meant to be that no document has.

They may be misspelt, written as one or as two, wear what other languages put before a noun, or
be in another number.
Nothing here is asked unless what was said finds little.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.language.lexicon import words_in
from sokoni.search.classes import other_numbers
from sokoni.search.english import singular
from sokoni.search.kept import known_terms
from sokoni.search.phrasing import others_of
from sokoni.search.spelling import likeliest
from sokoni.search.wanted import Candidate, Engine, Group, Said, Scope, Wanted
from sokoni.search.words import section

_MISSPELT: Final = 0.6
_APART: Final = 0.75
_BARE: Final = 0.8
_SHORTEST: Final = 3
_VOWELS: Final = {"e": "i", "o": "u", "a": "a"}
"""What Ndebele's vowels were before they ran together with what stands before them."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """The groups with what may have been meant, and those of which nothing is known."""

    groups: tuple[Group, ...]
    unknown: frozenset[Group]


class Guessing:
    """Guesses at the words of one search."""

    def __init__(
        self,
        session: AsyncSession,
        engine: Engine,
        scope: Scope,
        own: Sequence[Sequence[str]] = (),
    ) -> None:
        """Take the merchant's own lines of words that mean the same: they may be misspelt, too."""
        self._session = session
        self._engine = engine
        self._scope = scope
        self._own = others_of(own)

    async def meaning(self, groups: Sequence[Group]) -> Meaning:
        unknown: set[Group] = set()
        widened = []
        for group in await self._written_as_one(groups):
            meant = group if await self._stands(group) else await self._guessed(group)
            if meant is None:
                unknown.add(group)
            widened.append(meant or group)
        return Meaning(tuple(widened), frozenset(unknown))

    async def _written_as_one(self, groups: Sequence[Group]) -> list[Group]:
        """Join neighbours that are one word here: "ear phones"."""
        pairs = {one + other for one, other in pairwise(map(_word, groups)) if one and other}
        known = await known_terms(self._session, self._scope, pairs)
        joined: list[Group] = []
        for group in groups:
            before = _word(joined[-1]) if joined else ""
            if before and before + _word(group) in known and _word(group):
                apart = Said((before, _word(group)))
                joined[-1] = (apart, Said((before + _word(group),), _APART))
            else:
                joined.append(group)
        return joined

    async def _stands(self, group: Group) -> bool:
        """Tell whether any document has it; words that once stood somewhere do not count."""
        there = Wanted(scope=self._scope, groups=(group,), limit=1)
        return bool(await self._engine.candidates(self._session, there))

    async def _guessed(self, group: Group) -> Group | None:
        """Return the group with guesses, None where there is none."""
        word = _word(group)
        if len(word) < _SHORTEST:
            return None
        bare = list(dict.fromkeys((*_without_prefix(word), *sorted(other_numbers(word)))))
        halves = list(_halves(word))
        proposed = {*bare, *(half for two in halves for half in two)}
        known = await known_terms(self._session, self._scope, proposed)
        guesses = [Said((one,), _BARE) for one in bare if one in known]
        guesses += [Said(two, _APART, guessed=True) for two in halves if known.issuperset(two)]
        guesses += await self._misspelt(word)
        return (*group, *guesses) if guesses else None

    async def _misspelt(self, word: str) -> list[Said]:
        """Return what is written much like it; a word that everybody knows is not misspelt."""
        if word in words_in("common"):
            return []
        alike = await self._engine.alike(self._session, self._scope, word)
        own = [words[0] for words in self._own if len(words) == 1]
        return [
            Said(words, sure * _MISSPELT, guessed=True)
            for term, sure in likeliest(word, {*alike, *own})
            for words in ((term,), *self._own.get((term,), ()))
        ]


def text_meant(groups: Sequence[Group], best: Candidate) -> str:
    """Return the words as the best document has them, "" where nothing was misspelt."""
    there = {*best.names.split(), *best.words.split(), *best.body.split()}
    ways = [next((one for one in way if there.issuperset(one.words)), way[0]) for way in groups]
    if not any(way.guessed for way in ways):
        return ""
    said = (way if way.guessed else group[0] for way, group in zip(ways, groups, strict=True))
    return " ".join(word for one in said for word in one.words)


def _word(group: Group) -> str:
    """Return the one word of letters that a group says, "" where it says another thing."""
    words = group[0].words
    return words[0] if len(words) == 1 and words[0].isalpha() else ""


def _without_prefix(word: str) -> Iterator[str]:
    for prefix in _prefixes():
        rest = word.removeprefix(prefix)
        if rest != word and len(rest) >= _SHORTEST:
            yield singular(rest)
            # "Lilesinkwa", do you have bread: le- and isinkwa became one.
            yield _VOWELS.get(prefix[-1], "") + rest


def _halves(word: str) -> Iterator[tuple[str, str]]:
    for place in range(_SHORTEST, len(word) - _SHORTEST + 1):
        yield singular(word[:place]), word[place:]


@cache
def _prefixes() -> tuple[str, ...]:
    listed = {prefix for prefixes in section("prefixes").values() for prefix in prefixes}
    return tuple(sorted(listed, key=lambda prefix: (-len(prefix), prefix)))
