"""What shoppers ask for, told from all that they say around it: how many of what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from sokoni.language.joining import stretches
from sokoni.language.lexicon import keyed
from sokoni.language.phrases import Phrases
from sokoni.language.readers.numbers import number_at
from sokoni.language.readers.units import MEASURES, articles, unit_at
from sokoni.language.words import Words, words_of
from sokoni.search.normalising import unprefixed
from sokoni.search.words import unit_words

_MOST: Final = 999_999_999
"""Who asks for more than there is, is told so; more figures are none of a number."""
_MOST_BEHIND: Final = 50
"""A number behind a name is mostly how many; "shoes 42" is none."""
_FILE: Final = Path(__file__).with_name("words.yaml")
_TIMES: Final = frozenset({"x", "\u00d7", "*"})
_LONE_UNITS: Final = frozenset({"l", "g", "kg", "ml"})
_PACKING: Final = "pack"
_MINUS: Final = frozenset({"-", "\u2212"})


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that is asked for: how many of what, as the contact says it."""

    words: str
    """"" for what was spoken of last."""
    quantity: int | None = None
    odd: bool = False
    """So many were asked for as nobody can have: -2, or 2.5."""
    spoken: str = field(default="", compare=False)
    """All of it, how many included, as it was written."""


def every(words: Words) -> Iterator[Asked]:
    spans = stretches(words) or [(0, len(words.tokens))]
    found: list[Asked] = []
    for one in (_one(words, start, end) for start, end in spans):
        if found and one is not None and _only_counts(one) and found[-1].quantity is None:
            # "Bread, two of them", "that one, make it 2".
            before = found.pop()
            spoken = f"{before.spoken}, {one.spoken}"
            found.append(replace(one, words=before.words, spoken=spoken))
        elif one is not None:
            found.append(one)
    yield from found


def _only_counts(asked: Asked) -> bool:
    return not asked.words and asked.quantity is not None


def _one(words: Words, start: int, end: int) -> Asked | None:
    """Read one stretch; None where nothing in it asks for anything."""
    # A number in a phrase that starts the task, as in "2 more", still says how many.
    places = [one for one in range(start, end) if words.free[one] or number_at(words, one)]
    spoken = [one for one in places if words.tokens[one].is_word or words.tokens[one].is_number]
    if not spoken:
        return None
    named, about_it = _without(words, places)
    whole = written(words, named)
    odd = _odd(words, named)
    named = [one for one in named if one not in odd]
    quantity, named = (None, named) if odd else _counted(words, named)
    said = written(words, trimmed(words, named))
    if not said and quantity is None and not about_it:
        return None
    return Asked(said, quantity, odd=bool(odd), spoken=whole)


def changed(words: Words) -> Asked | None:
    free = [one for one, free in enumerate(words.free) if free or number_at(words, one)]
    places, _ = _without(words, free)
    odd = _odd(words, places)
    places = [one for one in places if one not in odd]
    numbers = [
        (place, found)
        for place in places
        if (found := number_at(words, place))
        and _is_count(words, place, found[1])
        and words.tokens[place - 1 if place else 0].folded not in phrases_for("not_but")
    ]
    if not numbers:
        said = written(words, trimmed(words, places))
        return Asked(said, odd=bool(odd)) if said or odd else None
    place, (value, end) = numbers[-1]
    rest = [one for one in places if not place <= one < end]
    rest = [one for one in rest if not _is_old_number(words, one)]
    return Asked(written(words, trimmed(words, rest)), int(value))


def _is_old_number(words: Words, place: int) -> bool:
    """Tell the number that was from one that belongs to a name."""
    found = number_at(words, place)
    return found is not None and _is_count(words, place, found[1])


def _without(words: Words, places: list[int]) -> tuple[list[int], bool]:
    """Drop what says where to, and what stands for something; tell whether the latter was said."""
    kept, about_it, skip = [], False, -1
    for place in places:
        if place < skip:
            continue
        for kind in ("cart", "it", "more"):
            found = phrases_for(kind).at(words, place)
            # "Chimwe" is another as well as one.
            if found is not None and not (kind == "more" and number_at(words, place)):
                skip, about_it = found[1], about_it or kind != "cart"
                break
        else:
            kept.append(place)
    return kept, about_it


def _counted(words: Words, places: list[int]) -> tuple[int | None, list[int]]:
    """Return how many, and the rest: of "2 x coffee", "coffee x2", "a coffee"."""
    places = trimmed(words, places, articles_too=False)
    if not places:
        return None, places
    packed = _packed(words, places)
    if packed is not None:
        return packed
    first = places[0]
    many, rest = _leading(words, places)
    if many is not None:
        if rest and words.tokens[rest[0]].folded in _TIMES:
            rest = rest[1:]
        return many, _unpacked(words, rest)
    if words.tokens[first].folded in articles() and len(places) > 1:
        return (None, places) if words.glued(places[1]) else (1, places[1:])
    return _counted_behind(words, places)


def _packed(words: Words, places: list[int]) -> tuple[int, list[int]] | None:
    """Return how many, where the packing stands before it: "mapaketi matatu eshuga"."""
    unit = _packings().at(words, places[0])
    rest = [place for place in places if unit and place >= unit[1]]
    if not rest:
        return None
    for many, behind in (_leading(words, rest), _counted_behind(words, rest)):
        if many is not None and behind:
            return many, behind
    return None


def _leading(words: Words, places: list[int]) -> tuple[int | None, list[int]]:
    """Return how many in front, and the rest."""
    found = number_at(words, places[0])
    if found is None or not _is_count(words, places[0], found[1]):
        return None, places
    return int(found[0]), [place for place in places if place >= found[1]]


def _counted_behind(words: Words, places: list[int]) -> tuple[int | None, list[int]]:
    """Return how many, where the number stands last: "mazai gumi nemaviri"."""
    first = next((one for one in places[1:] if _ends_with(words, one, places[-1])), None)
    found = None if first is None else number_at(words, first)
    if first is None or not found or not _is_count(words, first, found[1]):
        return None, places
    before = words.tokens[first - 1].folded
    times = before in _TIMES
    other = before in phrases_for("no_count_after") or words.glued(first)
    if not times and (found[0] > _MOST_BEHIND or other):
        return None, places
    return int(found[0]), [one for one in places if one < first - times]


def _ends_with(words: Words, place: int, last: int) -> bool:
    """Tell whether a number begins at a place and ends with the last token."""
    found = number_at(words, place)
    return found is not None and found[1] == last + 1


def _odd(words: Words, places: list[int]) -> range:
    """Return the places of a number in front that nobody can have so many of: -2, or 2.5."""
    places = trimmed(words, places)
    if not places or not words.tokens[places[0]].is_number:
        return range(0)
    first = places[0]
    found, before = number_at(words, first), words.tokens[first - 1].folded if first else ""
    if found is None and before in _MINUS and words.glued(first):
        return range(first - 1, first + 1)
    broken = found is not None and found[0] != found[0].to_integral_value()
    if found is None or not broken or _is_measured(words, found[1]):
        return range(0)
    return range(first, found[1])


def _is_measured(words: Words, end: int) -> bool:
    """Tell whether a number tells how big: of "2.5 kg" and "128 gb"."""
    if end >= len(words.tokens):
        return False
    unit, token = unit_at(words, end), words.tokens[end]
    if (unit is not None and unit[0] in MEASURES) or token.folded in _LONE_UNITS:
        return True
    return unit_words().get(token.folded, _PACKING) != _PACKING


def is_measure(words: Words) -> bool:
    """Tell whether only how big it is is said: "500 ml"."""
    found = number_at(words, 0) if words.tokens else None
    unit = unit_at(words, found[1]) if found else None
    return unit is not None and unit[0] in MEASURES and unit[1] == len(words.tokens)


def _is_count(words: Words, place: int, end: int) -> bool:
    """Tell how many from how big: "5 kg rice" and "7up" begin with no count."""
    found = number_at(words, place)
    if found is None or found[0] != found[0].to_integral_value() or not 0 <= found[0] <= _MOST:
        return False
    if end >= len(words.tokens):
        return not words.glued(place) or words.tokens[place - 1].folded in _TIMES
    glued_on = words.glued(end) and words.tokens[end].is_word
    if glued_on and words.tokens[end].folded not in _TIMES:
        return False
    return not _is_measured(words, end)


def _unpacked(words: Words, places: list[int]) -> list[int]:
    """Drop the packing from "2 packets of sugar", and from "2 packets" of what was spoken of."""
    unit = unit_at(words, places[0]) if places else None
    if unit is None or (len(places) == 1 and unit[0] in MEASURES):
        return places
    if len(places) == 1:
        return []
    of = words.tokens[places[1]].folded == "of"
    return places[2:] if of and len(places) > 2 else places[1:]


def trimmed(words: Words, places: list[int], *, articles_too: bool = True) -> list[int]:
    """Drop at both ends what is part of no name."""
    ends = phrases_for("ends")
    places = list(places)
    while places:
        found = ends.at(words, places[0])
        lone_article = not articles_too and words.tokens[places[0]].folded in articles()
        if found and not lone_article and not number_at(words, places[0]):
            if words.glued(found[1]) and words.tokens[found[1]].is_number:
                break
            places = [one for one in places if one >= found[1]]
        elif _is_sign(words, places[0]):
            places = places[1:]
        else:
            break
    while places:
        found_last = ends.before(words, places[-1] + 1)
        if found_last and found_last[1] in places and not number_at(words, places[-1]):
            places = [one for one in places if one < found_last[1]]
        elif _is_sign(words, places[-1]):
            places = places[:-1]
        else:
            break
    return places


def _is_sign(words: Words, place: int) -> bool:
    token = words.tokens[place]
    return not (token.is_word or token.is_number)


def speaks(words: Words, places: list[int]) -> bool:
    return any(not _is_sign(words, place) for place in places)


def written(words: Words, places: list[int]) -> str:
    """Return tokens as they were written, joined where they were."""
    parts: list[str] = []
    for place in places:
        token = words.original(place, place + 1)
        if parts and words.glued(place) and place - 1 in places:
            parts[-1] += token
        else:
            parts.append(token)
    return unprefixed(" ".join(parts))


def is_cheapest(said: str) -> bool:
    """Tell whether words only stand for the cheapest of several: "the cheapest one"."""
    return _bare(said) in _cheapest()


@cache
def _cheapest() -> frozenset[str]:
    return frozenset(map(_bare, phrases_for("cheapest_one")))


def _bare(said: str) -> str:
    words = words_of(said)
    return written(words, trimmed(words, list(range(len(words.tokens))))).casefold()


def bare_name(said: str) -> str:
    """Return what is named without anything around it, "" where only "it" is."""
    words = words_of(said)
    named, _ = _without(words, list(range(len(words.tokens))))
    return written(words, trimmed(words, named))


@cache
def _packings() -> Phrases[str]:
    """Return packings by their names in languages that say them before their number."""
    named = keyed("units")
    return Phrases(
        (phrase, unit)
        for phrase, unit, language in named
        if language != "en" and unit not in MEASURES
    )


# --- word lists -------------------------------------------------------------------------------


@cache
def phrases_for(kind: str) -> Phrases[str]:
    """Return the shoppers' words that do one thing, of all languages."""
    said = (
        (phrase.strip(), language)
        for language, every in _listed()[kind].items()
        for phrase in every.split(",")
    )
    return Phrases(said)


@cache
def _listed() -> Mapping[str, Mapping[str, str]]:
    loaded: Mapping[str, Mapping[str, str]] = yaml.load(
        _FILE.read_bytes(), Loader=yaml.CSafeLoader
    )
    return loaded
