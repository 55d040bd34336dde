"""Prices that may be read in more than one way: "$20-25", "$20 or R300", "two fifty"."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from sokoni.kit.money import exponent
from sokoni.language.readers.amounts import MOST, amount_at, goes_on_as_price, marked, spaced
from sokoni.language.readers.money_words import money_words
from sokoni.language.readers.numbers import is_joiner, number_at
from sokoni.language.readers.price_basis import Asked, with_basis
from sokoni.language.readers.units import unit_at
from sokoni.language.reading import Scene
from sokoni.language.words import Words

_DASHES: Final = frozenset({"-", "\u2013"})
_WIDEST: Final = 10
"""No range of prices is wider: "$20 - 772123456" is a price and a phone."""
_THREE_DECIMALS: Final = re.compile(r"\d{1,3}\.\d{3}")
_ONES: Final = range(1, 20)
_TENS: Final = range(10, 100)


def readings(words: Words, said: Asked, scene: Scene) -> Sequence[Asked]:
    """Return every price that the words may mean: `said` alone where nobody can doubt it."""
    every = (
        _thousands(words, said)
        or _spoken(words, said)
        or _up_from(words, said, scene)
        or _up_to(words, said)
        or _either(words, said, scene)
        or (said,)
    )
    return [one for one in every if one.value <= MOST and _can_be_paid(one)]


def _can_be_paid(said: Asked) -> bool:
    return said.value == round(said.value, exponent(said.currency))


# --- one number, two readings -----------------------------------------------------------------


def _thousands(words: Words, said: Asked) -> tuple[Asked, ...]:
    """Tell that "1.500" may be 1.50, and "1 500 rand" may be 500."""
    token = words.tokens[said.at]
    if _THREE_DECIMALS.fullmatch(token.folded) and exponent(said.currency) < 3:
        return said, replace(said, value=said.value * 1000)
    for place in (said.at, said.at - 1):
        apart = spaced(words, place) if place >= 0 and words.free[place] else None
        if apart is not None and apart[1] > said.at and apart[0] != said.value:
            wide = _widened(said, place, apart[1])
            return replace(wide, value=said.value), replace(wide, value=apart[0])
    return ()


def _spoken(words: Words, said: Asked) -> tuple[Asked, ...]:
    """Read "two fifty", which is 2.50 to one and 250 to another."""
    for first in (said.at, said.at - 1):
        pair = _pair(words, first) if first >= 0 else None
        if pair is not None and said.at < pair[2]:
            ones, tens, end = pair
            wide = with_basis(words, _widened(said, first, end))
            return replace(wide, value=ones + tens / 100), replace(wide, value=ones * 100 + tens)
    return ()


def _pair(words: Words, place: int) -> tuple[Decimal, Decimal, int] | None:
    """Return two numbers in words that follow one another without making one."""
    ones = number_at(words, place) if words.tokens[place].is_word else None
    if ones is None or ones[0] not in _ONES or ones[1] >= len(words.tokens):
        return None
    tens = number_at(words, ones[1]) if words.tokens[ones[1]].is_word else None
    if tens is None or tens[0] not in _TENS:
        return None
    return ones[0], tens[0], tens[1]


def _widened(said: Asked, start: int, end: int) -> Asked:
    return replace(said, start=min(said.start, start), end=max(said.end, end))


# --- two numbers ------------------------------------------------------------------------------


def _up_from(words: Words, said: Asked, scene: Scene) -> tuple[Asked, ...]:
    """Read "$20-25" and "$20 to $25 each"."""
    to = said.end
    if to + 1 >= len(words.tokens) or not _spans(words, to, said.start):
        return ()
    marked_too = amount_at(words, to + 1, scene)
    other = marked_too or _number(words, to + 1, said)
    if other is None or other.currency != said.currency:
        return ()
    if not said.value < other.value <= said.value * _WIDEST:
        return ()
    tight = words.glued(to) and words.glued(to + 1)
    if not marked_too and not (tight or goes_on_as_price(words, other.end, scene)):
        return ()  # In "$20 - 25 goats" the dash sets the number of goats apart.
    if (unit := unit_at(words, other.end)) and unit[0]:
        return ()  # And so it does in "$20-25kg".
    both = with_basis(words, replace(other, start=said.start))
    return replace(both, value=said.value), both


def _up_to(words: Words, said: Asked) -> tuple[Asked, ...]:
    """Read "20-25 dollars" and "between 20 and 25 each"."""
    to = said.at - 1
    if to < 1 or not _spans(words, to, to - 1):
        return ()
    number = number_at(words, to - 1) if words.tokens[to - 1].is_number else None
    if number is None or number[1] != to or not words.free[to - 1]:
        return ()
    if not said.value / _WIDEST <= number[0] < said.value:
        return ()
    both = replace(said, start=min(said.start, to - 1))
    return replace(both, value=number[0]), both


def _spans(words: Words, to: int, first: int) -> bool:
    """Tell whether the word at `to` leads from the number at `first` to a higher one."""
    lists, token = money_words(), words.tokens[to]
    if token.folded in _DASHES or token.folded in lists.up_to:
        return True
    return is_joiner(token) and first > 0 and words.tokens[first - 1].folded in lists.between


def _either(words: Words, said: Asked, scene: Scene) -> tuple[Asked, ...]:
    """Read "$20 or 25" and "R300 ($20)"."""
    end = said.end
    if end + 1 < len(words.tokens) and words.tokens[end].folded in money_words().either:
        other = amount_at(words, end + 1, scene) or _last(words, end + 1, said)
        return (said, with_basis(words, other)) if other else ()
    starts = money_words().currency_starts
    if not any(token.folded in starts for token in words.tokens[end:]):
        return ()
    later = marked(words.without(0, end), scene)
    return (said, later) if later is not None and later.currency != said.currency else ()


def _last(words: Words, place: int, said: Asked) -> Asked | None:
    """Return the bare number that ends the message."""
    other = _number(words, place, said)
    return other if other is not None and other.end == len(words.tokens) else None


def _number(words: Words, place: int, said: Asked) -> Asked | None:
    number = number_at(words, place)
    return number and Asked(number[0], said.currency, place, number[1], at=place)
