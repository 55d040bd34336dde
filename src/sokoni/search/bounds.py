"""Bounds of a price in a shopper's words: "under 50", "between $10 and $20", "for $5"."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias

from sokoni.language.phrases import Phrases
from sokoni.language.readers.amounts import amount_at
from sokoni.language.readers.numbers import number_at
from sokoni.language.readers.units import unit_at
from sokoni.language.reading import Scene
from sokoni.language.words import Words
from sokoni.search.normalising import is_unit
from sokoni.search.shopping import shopping

_SIGNS: Final = frozenset({"-", "%", "x"})


@dataclass(frozen=True, slots=True)
class _Amount:
    value: Decimal
    end: int
    currency: str
    """Empty where none was said."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a price lies between, and the words that say so."""

    least: Decimal | None
    most: Decimal | None
    start: int
    end: int


_Reader: TypeAlias = Callable[[Words, int, Scene], Bounds | None]


def bounds_in(words: Words, scene: Scene) -> Bounds | None:
    """Return the first bounds that are told."""
    for place in range(len(words.tokens)):
        for read in _READERS if words.free[place] else ():
            found = read(words, place, scene)
            if found is not None:
                return found
    return None


def _between(words: Words, place: int, scene: Scene) -> Bounds | None:
    first = _after(shopping().between, words, place, scene)
    return _up_to(words, place, first, scene) if first else None


def _from_to(words: Words, place: int, scene: Scene) -> Bounds | None:
    """Read "$10 to $20", where at least one of them wears a currency."""
    first = _amount(words, place, scene)
    found = _up_to(words, place, first, scene) if first else None
    if found is None or first is None:
        return None
    last = amount_at(words, found.end - 1, scene)
    worn = first.currency or last is not None or _wears(words, place, found.end, scene)
    return found if worn else None


def _wears(words: Words, start: int, end: int, scene: Scene) -> bool:
    """Tell whether a currency stands anywhere in a stretch."""
    return any(amount_at(words, place, scene) is not None for place in range(start, end))


def _up_to(words: Words, start: int, first: _Amount, scene: Scene) -> Bounds | None:
    """Return the bounds from a first amount to the one that follows it."""
    if first.end >= len(words.tokens):
        return None
    last = _after(shopping().to, words, first.end, scene)
    if last is None:
        return None
    one, other = _ours(first, scene), _ours(last, scene)
    if one is None or other is None:
        return Bounds(None, None, start, last.end)
    return Bounds(min(one, other), max(one, other), start, last.end)


def _under(words: Words, place: int, scene: Scene) -> Bounds | None:
    most = _after(shopping().under, words, place, scene)
    return None if most is None else Bounds(None, _ours(most, scene), place, most.end)


def _over(words: Words, place: int, scene: Scene) -> Bounds | None:
    least = _after(shopping().over, words, place, scene)
    return None if least is None else Bounds(_ours(least, scene), None, place, least.end)


def _within_budget(words: Words, place: int, scene: Scene) -> Bounds | None:
    most = _after(shopping().budget, words, place, scene)
    if most is None or not most.currency:
        return None
    return Bounds(None, _ours(most, scene), place, most.end)


def _ours(amount: _Amount, scene: Scene) -> Decimal | None:
    """Return what prices are compared with: what others' money is worth nobody has told us."""
    return amount.value if amount.currency in {"", scene.currency} else None


def _after(phrases: Phrases[str], words: Words, place: int, scene: Scene) -> _Amount | None:
    """Return the amount that follows a phrase."""
    led = phrases.at(words, place)
    return _amount(words, led[1], scene) if led else None


def _amount(words: Words, place: int, scene: Scene) -> _Amount | None:
    """Return an amount, or a bare number that counts nothing."""
    if place >= len(words.tokens) or not words.free[place]:
        return None
    worn = amount_at(words, place, scene)
    if worn is not None and worn.start == place:
        return _Amount(worn.value, worn.end, worn.currency)
    number = number_at(words, place)
    if number is None or _counts(words, number[1]):
        return None
    return _Amount(*number, currency="")


def _counts(words: Words, end: int) -> bool:
    """Tell the number of "under 5 kg" and "over 100%" from an amount."""
    if end >= len(words.tokens):
        return False
    following = words.tokens[end].folded
    if following in _SIGNS and shopping().to.at(words, end) is None:
        return True
    return is_unit(following) or unit_at(words, end) is not None


_READERS: Final[tuple[_Reader, ...]] = (_between, _from_to, _under, _over, _within_budget)
