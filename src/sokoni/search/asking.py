"""Reads what is looked for out of a shopper's words: "red shoes size 42 under $50 in stock".

Only what is said as a filter becomes one: in "coffee mug" and "orange juice" a category and a
colour are words like any other, and words find what carries them.
"""

from dataclasses import dataclass, replace
from typing import Final

from sokoni.language.phrases import Phrases
from sokoni.language.reading import Scene
from sokoni.language.words import Words, words_of
from sokoni.search.base import Order, Query
from sokoni.search.bounds import bounds_in
from sokoni.search.shopping import shopping
from sokoni.search.vocabulary import BRAND, Vocabulary

_EQUALS: Final = frozenset({":", "=", "-", "is"})


@dataclass(frozen=True, slots=True)
class _Read:
    """The words not yet read, and what was read."""

    words: Words
    query: Query

    def took(self, start: int, end: int, query: Query) -> "_Read":
        return _Read(self.words.without(start, end), query)


def asked(text: str, scene: Scene, vocabulary: Vocabulary) -> Query:
    """Return the query that a text stands for; what was not read is its text."""
    read = _Read(words_of(text), Query(language=scene.languages[0]))
    read = _prices(read, scene)
    read = _stock(read)
    read = _order(read)
    read = _facets(read, vocabulary)
    read = _named(read, vocabulary)
    text = _rest(read.words, shopping().saying_little) or _rest(read.words)
    return replace(read.query, text=text, naming=_naming(text, vocabulary))


def _naming(text: str, vocabulary: Vocabulary) -> dict[str, str]:
    """Return the words that name a category, with its id."""
    words, found = words_of(text), dict[str, str]()
    for place in range(len(words.tokens)):
        named = vocabulary.categories.at(words, place)
        if named is not None:
            found[words.phrase(place, named[1])] = named[0]
    return found


def _prices(read: _Read, scene: Scene) -> _Read:
    found = bounds_in(read.words, scene)
    if found is None:
        return read
    least = found.least if found.least is not None else read.query.price_min
    most = found.most if found.most is not None else read.query.price_max
    query = replace(read.query, price_min=least, price_max=most)
    # "Over 5 but under 10" tells them apart; each step leaves fewer words.
    return _prices(read.took(found.start, found.end, query), scene)


def _stock(read: _Read) -> _Read:
    for phrases, stocked in ((shopping().in_stock, True), (shopping().out_of_stock, False)):
        found = _first(read.words, phrases)
        if found is not None:
            return read.took(*found[1:], replace(read.query, in_stock=stocked))
    return read


def _order(read: _Read) -> _Read:
    for order, phrases in shopping().orders:
        found = _first(read.words, phrases)
        if found is not None:
            ordered = read.took(*found[1:], replace(read.query, order=order))
            return _order(ordered) if read.query.order is Order.BEST else ordered
    return read


def _facets(read: _Read, vocabulary: Vocabulary) -> _Read:
    """Read "size 42" and "red colour": a value beside the name of what it is a value of."""
    for place, free in enumerate(read.words.free):
        named = vocabulary.facets.at(read.words, place) if free else None
        if named is None or named[0] in read.query.facets:
            continue
        name, end = named
        value = _value_after(read.words, end, name, vocabulary)
        if value is None:
            value = _value_before(read.words, place, end, name, vocabulary)
        if value is not None:
            facets = {**read.query.facets, name: value[0]}
            return _facets(read.took(*value[1:], _with_facets(read.query, facets)), vocabulary)
    return read


def _with_facets(query: Query, facets: dict[str, str]) -> Query:
    brand = facets.pop(BRAND, query.brand)
    return replace(query, facets=facets, brand=brand)


def _value_after(
    words: Words, end: int, name: str, vocabulary: Vocabulary
) -> tuple[str, int, int] | None:
    start = vocabulary.facets.before(words, end)
    first = start[1] if start else end - 1
    if end < len(words.tokens) and words.tokens[end].folded in _EQUALS:
        end += 1
    if end >= len(words.tokens) or not words.free[end]:
        return None
    known = vocabulary.values[name].at(words, end)
    if known is not None:
        return known[0], first, known[1]
    token = words.tokens[end]
    # A size that nothing has is a size all the same.
    return (token.folded, first, end + 1) if token.is_number else None


def _value_before(
    words: Words, place: int, end: int, name: str, vocabulary: Vocabulary
) -> tuple[str, int, int] | None:
    known = vocabulary.values[name].before(words, place) if place else None
    if known is None or not words.is_free(known[1], place):
        return None
    return known[0], known[1], end


def _named(read: _Read, vocabulary: Vocabulary) -> _Read:
    """Read "Kudu brand", "by Kudu" and "in the drinks section"."""
    brand = _marked(read.words, vocabulary.brands, shopping().brand)
    if brand is not None:
        read = read.took(*brand[1:], replace(read.query, brand=brand[0]))
    section = _marked(read.words, vocabulary.categories, shopping().section)
    if section is not None:
        read = read.took(*section[1:], replace(read.query, categories=(section[0],)))
    return read


def _marked(
    words: Words, names: Phrases[str], markers: Phrases[str]
) -> tuple[str, int, int] | None:
    """Return the name that stands beside a marker, and where both begin and end."""
    for place, free in enumerate(words.free):
        marker = markers.at(words, place) if free else None
        if marker is None:
            continue
        before = names.before(words, place) if place else None
        if before is not None and words.is_free(before[1], place):
            return before[0], before[1], marker[1]
        after = names.at(words, marker[1]) if marker[1] < len(words.tokens) else None
        if after is not None:
            return after[0], place, after[1]
    return None


def _first(words: Words, phrases: Phrases[str]) -> tuple[str, int, int] | None:
    for place, free in enumerate(words.free):
        found = phrases.at(words, place) if free else None
        if found is not None and words.is_free(place, found[1]):
            return found[0], place, found[1]
    return None


def _rest(words: Words, also: Phrases[str] | None = None) -> str:
    """Return the words that are left, without those that only ask."""
    place, text, last = 0, "", -1
    while place < len(words.tokens):
        idle = _idle(words, place, also)
        if idle is None and words.free[place] and not _bare_sign(words, place):
            joined = words.glued(place) and last == place - 1
            text += ("" if joined or not text else " ") + words.original(place, place + 1)
            last = place
        place = idle or place + 1
    return text


def _idle(words: Words, place: int, also: Phrases[str] | None) -> int | None:
    """Return where words end that say nothing of what is looked for."""
    lists = shopping()
    if words.glued(place + 1) and words.tokens[place + 1].is_number:
        return None
    found = [
        phrases.at(words, place) for phrases in (lists.asking, lists.joining, also) if phrases
    ]
    found += [_before_number(words, place, phrases) for phrases in (lists.under, lists.over)]
    return max((one[1] for one in found if one is not None), default=None)


def _before_number(words: Words, place: int, phrases: Phrases[str]) -> tuple[str, int] | None:
    """Find the "under" of "under 5 kg", which bounds no price."""
    found = phrases.at(words, place)
    ahead = found is not None and found[1] < len(words.tokens)
    return found if found and ahead and words.tokens[found[1]].is_number else None


def _bare_sign(words: Words, place: int) -> bool:
    token = words.tokens[place]
    inside = words.glued(place) and words.glued(place + 1)
    return not (token.is_word or token.is_number or inside)
