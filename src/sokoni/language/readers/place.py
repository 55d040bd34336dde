"""A known place anywhere in a message. Takes its tokens at 50, after everything with numbers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, TypeAlias, cast

from rapidfuzz.distance import OSA
from typing_extensions import override

from sokoni.language.lexicon import phrases_in, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.reading import (
    Found,
    IndexedPlaces,
    KnownPlace,
    KnownPlaces,
    Reader,
    Scene,
)
from sokoni.language.words import Words, fold

_SHORT: Final = 5
_SHORTEST_NAME: Final = 3
_LONGEST_PREFIX: Final = 8
_LONG: Final = 8
_LONGEST_ANSWER: Final = 12
Begins: TypeAlias = Callable[[str], bool]

_APART: Final = frozenset({",", "-", "/", "(", ")", "."})


@dataclass(frozen=True, slots=True)
class _Named:
    """A place and the tokens that name it; `led`: a preposition or locative came before."""

    place: KnownPlace
    start: int
    end: int
    led: bool


@dataclass(frozen=True, slots=True)
class _Lists:
    """The words around places, of all languages."""

    leading: Phrases[str]
    prefixes: frozenset[str]
    following: frozenset[str]
    ambiguous: frozenset[str]


@cache
def _lists() -> _Lists:
    return _Lists(
        leading=phrases_in("places", "in"),
        prefixes=words_in("places", "prefixes"),
        following=words_in("places", "after"),
        ambiguous=words_in("places", "ambiguous"),
    )


class PlaceReader(Reader):
    """Reads `KnownPlace`: "in Gokwe", "kuGokwe", "eGokwe", "Milton Park, Harare"."""

    order = 50

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        named = _best(words, scene)
        return None if named is None else Found(named.place, named.start, named.end)

    @override
    def read(self, words: Words, scene: Scene) -> KnownPlace | None:
        """Take ordinary words too, and a near spelling of exactly one place."""
        if len(words.tokens) > _LONGEST_ANSWER:
            return None
        named = _best(words, scene, sure=True)
        return named.place if named is not None else _misspelt(words, scene)


def _best(words: Words, scene: Scene, *, sure: bool = False) -> _Named | None:
    """Return the first place with a preposition, else the first named bare."""
    bare, place = None, 0
    begins = _begins(scene.places)
    while place < len(words.tokens):
        named = _named_at(words, place, scene, begins) if words.free[place] else None
        if named is None:
            place += 1
            continue
        named = _with_town(words, named, scene, begins)
        if named.led:
            return _with_following(words, named)
        if bare is None and (sure or not _ambiguous(words, named)):
            bare = named
        place = named.end
    return bare and _with_following(words, bare)


def _begins(places: KnownPlaces) -> Begins:
    """Return what tells cheaply whether a word may begin a name."""
    if not _is_indexed(type(places)):
        return _any_word
    indexed = cast("IndexedPlaces", places)
    return indexed.may_begin


@cache
def _is_indexed(kind: type) -> bool:
    return issubclass(kind, IndexedPlaces)


def _any_word(_: str) -> bool:
    return True


def _named_at(words: Words, place: int, scene: Scene, begins: Begins) -> _Named | None:
    folded = words.tokens[place].folded
    found = _name_at(words, place, folded, scene) if begins(folded) else None
    if found:
        start = _lead(words, place)
        return _Named(found[0], start, found[1], led=start < place)
    for rest in _without_prefix(folded):
        found = _name_at(words, place, rest, scene) if begins(rest) else None
        if found:
            return _Named(found[0], _lead(words, place), found[1], led=True)
    return None


def _without_prefix(folded: str) -> Iterator[str]:
    """Yield what is left of a word behind each locative that it may wear: `kugokwe`, `gokwe`."""
    prefixes = _lists().prefixes
    for length in range(min(_LONGEST_PREFIX, len(folded) - _SHORTEST_NAME), 0, -1):
        if folded[:length] in prefixes:
            yield folded[length:].lstrip("-'")


def _name_at(words: Words, place: int, first: str, scene: Scene) -> tuple[KnownPlace, int] | None:
    """Return the longest known name whose first word is `first`."""
    names, ends, name, end = [first], [place + 1], first, place + 1
    most = scene.places.longest_name()
    while end < len(words.tokens) and len(names) < most and words.free[end]:
        token = words.tokens[end]
        end += 1
        if token.is_word or token.is_number:
            name = f"{name} {token.folded}"
            names.append(name)
            ends.append(end)
        elif token.folded not in _APART:
            break
    for name, end in zip(reversed(names), reversed(ends), strict=True):
        known = scene.places.named(name, scene.country)
        if known is not None:
            return known, end
    return None


def _lead(words: Words, place: int) -> int:
    """Return where the words begin that lead to a place: "based in"."""
    found = _lists().leading.before(words, place) if place else None
    if found is None or not words.is_free(found[1], place):
        return place
    return found[1]


def _with_town(words: Words, named: _Named, scene: Scene, begins: Begins) -> _Named:
    """Take the town after a suburb with it, and a suburb after its town instead."""
    place = named.end
    if place < len(words.tokens) and words.tokens[place].folded == ",":
        place += 1
    leading = _lists().leading.at(words, place) if place < len(words.tokens) else None
    place = leading[1] if leading else place
    if place >= len(words.tokens) or not words.is_free(named.end, place + 1):
        return named
    following = _named_at(words, place, scene, begins)
    nearer = _nearer(named.place, following.place, scene) if following else None
    if nearer is None or following is None:
        return named
    return replace(named, place=nearer, end=following.end, led=True)


def _nearer(one: KnownPlace, other: KnownPlace, scene: Scene) -> KnownPlace | None:
    """Return the suburb that two names mean together, in either order."""
    if "town" not in {one.kind, other.kind}:
        return None
    together = f"{fold(one.name)} {fold(other.name)}"
    return scene.places.named(together, scene.country)


def _with_following(words: Words, named: _Named) -> _Named:
    """Take "town", "area" and "Zimbabwe" with a place."""
    end = named.end
    if end < len(words.tokens) and words.tokens[end].folded == ",":
        end += 1
    while end < len(words.tokens) and words.free[end] and _follows(words, end):
        named = replace(named, end=end + 1)
        end += 1
    return named


def _follows(words: Words, place: int) -> bool:
    return words.tokens[place].folded in _lists().following


def _ambiguous(words: Words, named: _Named) -> bool:
    return words.phrase(named.start, named.end) in _lists().ambiguous


def _misspelt(words: Words, scene: Scene) -> KnownPlace | None:
    """Return the one place that the words nearly spell."""
    start, end = 0, len(words.tokens)
    while end and not (words.tokens[end - 1].is_word and not _follows(words, end - 1)):
        end -= 1
    led = _lists().leading.at(words, 0) if end else None
    text = words.phrase(led[1] if led else start, end)
    return next(
        (place for spelt in (text, *_without_prefix(text)) if (place := _near(spelt, scene))), None
    )


def _near(text: str, scene: Scene) -> KnownPlace | None:
    if len(text) < _SHORT:
        return None
    allowed = 2 if len(text) >= _LONG else 1
    close = {
        place.id: place
        for place in scene.places.like(text, scene.country)
        if OSA.distance(text, fold(place.name), score_cutoff=allowed) <= allowed
    }
    return next(iter(close.values())) if len(close) == 1 else None
