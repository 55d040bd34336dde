"""A shopper's words as groups: each says one thing, in their own words or in others'."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final, TypeAlias

from sokoni.search.marks import category_mark
from sokoni.search.normalising import asked_words
from sokoni.search.wanted import Group, Said, Words
from sokoni.search.words import lines, section

_SAME: Final = 0.9
"""What another word for the same counts."""
_OF_ITS_KIND: Final = 0.5
_MOST: Final = 12
"""Words that are looked for; a longer text is no name of anything."""
Synonyms: TypeAlias = Mapping[Words, tuple[Words, ...]]


def groups_of(
    text: str,
    own: Sequence[Sequence[str]] = (),
    naming: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Group, ...]:
    """Return what a text asks for; `own` are lines of words that mean the same here.

    `naming` are words that name a category: whatever is in it is asked for too.
    """
    words = tuple(asked_words(text)[:_MOST])
    known = synonyms(tuple(tuple(line) for line in own))
    shelves = {tuple(asked_words(said)): ((category_mark(id_),),) for said, id_ in naming.items()}
    for said, mark in shelves.items():
        known = {**known, said: (*known.get(said, ()), *mark)}
    bought = _bought_for(words)
    if bought:
        return (_of_any(bought, known),)
    return tuple(dict.fromkeys(_groups(words, known)))


def _of_any(things: Sequence[Words], known: Synonyms) -> Group:
    """Return one group that any of the things fits, in anybody's words for it."""
    others = (Said(other, _SAME) for thing in things for other in known.get(thing, ()))
    return tuple(dict.fromkeys((*map(Said, things), *others)))


def _bought_for(words: Words) -> list[Words]:
    """Return what is bought for the purpose that words tell: to wash shirts it is soap powder."""
    return [
        thing
        for thing, purposes in _purposes().items()
        if any(_in_order(purpose, words) for purpose in purposes)
    ]


def _in_order(purpose: Words, words: Words) -> bool:
    verb, *objects = purpose
    return verb in words and set(words[words.index(verb) :]).issuperset(objects)


@cache
def _purposes() -> Mapping[Words, tuple[Words, ...]]:
    return {
        tuple(asked_words(thing)): tuple(tuple(asked_words(one)) for one in purposes)
        for thing, purposes in section("purposes").items()
    }


def _groups(words: Words, known: Synonyms) -> Iterator[Group]:
    longest = max(map(len, known), default=1)
    place = 0
    while place < len(words):
        for length in range(min(longest, len(words) - place), 0, -1):
            said = words[place : place + length]
            if length == 1 or said in known:
                same = [Said(other, _SAME) for other in known.get(said, ())]
                yield (Said(said), *same, *_of_its_kind(said))
                place += length
                break


@lru_cache(maxsize=128)
def synonyms(own: tuple[tuple[str, ...], ...]) -> Synonyms:
    """Return every known phrase with the others of its lines, the shipped ones included."""
    return _others((*_shipped(), *_lines(own)))


def others_of(own: Sequence[Sequence[str]]) -> Synonyms:
    """Return every phrase of a merchant's own lines with the others of its line."""
    return _others(_lines(own))


def _others(every: Iterable[tuple[Words, ...]]) -> Synonyms:
    found: dict[Words, dict[Words, None]] = {}
    for line in every:
        for phrase in line:
            others = (other for other in line if other != phrase)
            found.setdefault(phrase, {}).update(dict.fromkeys(others))
    return {phrase: tuple(others) for phrase, others in found.items()}


def _of_its_kind(said: Words) -> Iterator[Said]:
    """Yield what words name a kind of; tastes are that only where a name ends in them."""
    for listed, head in (("kinds", False), ("tastes", True)):
        for thing in _of_kinds(listed).get(said, ()):
            yield Said(thing, _OF_ITS_KIND, head=head)


@cache
def _of_kinds(listed: str) -> Mapping[Words, tuple[Words, ...]]:
    return {
        tuple(asked_words(kind)): tuple(tuple(asked_words(one)) for one in things)
        for kind, things in section(listed).items()
    }


@cache
def _shipped() -> tuple[tuple[Words, ...], ...]:
    return tuple(_lines(lines("synonyms")))


def _lines(listed: Iterable[Sequence[str]]) -> Iterator[tuple[Words, ...]]:
    for line in listed:
        phrases = (tuple(asked_words(phrase)) for phrase in line)
        yield tuple(dict.fromkeys(phrase for phrase in phrases if phrase))
