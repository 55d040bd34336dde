"""A known place anywhere in a message. Takes its tokens at 50, after everything with numbers."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final, TypeAlias, cast

from rapidfuzz.distance import OSA
from typing_extensions import override

from sokoni.language.readers.place_doubts import answer, unknown
from sokoni.language.readers.place_words import place_words, without_prefix
from sokoni.language.reading import (
    Doubt,
    Found,
    IndexedPlaces,
    KnownPlace,
    KnownPlaces,
    Reader,
    Scene,
)
from sokoni.language.words import Words, fold

_SHORT: Final = 5
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


class PlaceReader(Reader):
    """Reads `KnownPlace`: "in Gokwe", "kuGokwe", "eGokwe", "Milton Park, Harare"."""

    order = 50

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        found = self.look(words, scene)
        return found if isinstance(found, Found) else None

    def look(self, words: Words, scene: Scene) -> Found | Doubt | None:
        """Find a known place, one that a name nearly spells, or a name of none."""
        named = _best(words, scene)
        if named is not None:
            return Found(named.place, named.start, named.end)
        other = unknown(words)
        if other is None or self.is_other(other.name):
            return None
        near = _near(fold(other.name), scene) if other.capital else None
        if near is None:
            return Doubt(other.name, other.start, other.end, _like(other.name, scene))
        meant = _with_following(words, _Named(near, other.start, other.end, led=True))
        return Found(meant.place, meant.start, meant.end)

    @override
    def read(self, words: Words, scene: Scene) -> KnownPlace | None:
        """Take ordinary words too, and a near spelling of exactly one place."""
        if len(words.tokens) > _LONGEST_ANSWER:
            return None
        named = _best(words, scene, sure=True)
        return named.place if named is not None else _misspelt(words, scene)

    def doubt(self, words: Words, scene: Scene) -> Doubt | None:
        """Return the name of no place we know, and the places whose names are like it."""
        named = unknown(words) or answer(words)
        if named is None or self.is_other(named.name):
            return None
        return Doubt(named.name, named.start, named.end, _like(named.name, scene))

    def is_other(self, name: str) -> bool:  # noqa: ARG002
        """Tell whether the name of no known place is known to be something else."""
        return False


def _best(words: Words, scene: Scene, *, sure: bool = False) -> _Named | None:
    """Return the first place with a preposition, else the first named bare."""
    bare, place = None, 0
    begins = _begins(scene.places)
    while place < len(words.tokens):
        named = _named_at(words, place, scene, begins) if words.free[place] else None
        if named is None:
            place += 1
            continue
        if _is_street(words, named):
            place = named.end + 1
            continue
        named = _with_town(words, named, scene, begins)
        if named.led:
            return _with_following(words, named)
        if bare is None and (sure or not _ambiguous(words, named) or _stands_last(words, named)):
            bare = named
        place = named.end
    return bare and _with_following(words, bare)


def _is_street(words: Words, named: _Named) -> bool:
    """Tell "5 Borrowdale Road, Avondale", which is in Avondale, from "in Borrowdale"."""
    place = named.end
    return place < len(words.tokens) and words.tokens[place].folded in place_words().streets


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
    for rest in without_prefix(folded):
        found = _name_at(words, place, rest, scene) if begins(rest) else None
        if found:
            return _Named(found[0], _lead(words, place), found[1], led=True)
    return None


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
    found = place_words().leading.before(words, place) if place else None
    if found is None or not words.is_free(found[1], place):
        return place
    return found[1]


def _with_town(words: Words, named: _Named, scene: Scene, begins: Begins) -> _Named:
    """Take the town after a suburb with it, and a suburb after its town instead."""
    place = named.end
    if place < len(words.tokens) and words.tokens[place].folded == ",":
        place += 1
    leading = place_words().leading.at(words, place) if place < len(words.tokens) else None
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
    return words.tokens[place].folded in place_words().following


def _ambiguous(words: Words, named: _Named) -> bool:
    return words.phrase(named.start, named.end) in place_words().ambiguous


def _stands_last(words: Words, named: _Named) -> bool:
    """Tell "fridge $180 glen view" from "glen view goats": nothing is left that it belongs to."""
    return named.start > 0 and not words.free[named.start - 1] and named.end == len(words.tokens)


def _misspelt(words: Words, scene: Scene) -> KnownPlace | None:
    """Return the one place that the words nearly spell."""
    start, end = 0, len(words.tokens)
    while end and not (words.tokens[end - 1].is_word and not _follows(words, end - 1)):
        end -= 1
    led = place_words().leading.at(words, 0) if end else None
    text = words.phrase(led[1] if led else start, end)
    return next(
        (place for spelt in (text, *without_prefix(text)) if (place := _near(spelt, scene))), None
    )


def _near(text: str, scene: Scene) -> KnownPlace | None:
    if len(text) < _SHORT:
        return None
    allowed = 2 if len(text) >= _LONG else 1
    close = {
        place.id: place
        for place in _like(text, scene)
        if OSA.distance(text, fold(place.name), score_cutoff=allowed) <= allowed
    }
    return next(iter(close.values())) if len(close) == 1 else None


def _like(text: str, scene: Scene) -> tuple[KnownPlace, ...]:
    return _likes(cast("Hashable", scene.places), text, scene.country)


@lru_cache(maxsize=256)
def _likes(places: Hashable, text: str, country: str) -> tuple[KnownPlace, ...]:
    """Look a name up once: it costs more than all that a message is read for besides."""
    return tuple(cast("KnownPlaces", places).like(text, country))
