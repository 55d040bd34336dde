"""What an amount is for: each, all of them, a bag; said after it or before."""

from dataclasses import dataclass, replace
from decimal import Decimal

from sokoni.language.readers.money_words import EACH, TOTAL, money_words
from sokoni.language.readers.numbers import may_begin, number_at
from sokoni.language.readers.units import MEASURES, articles, singular_units, unit_at
from sokoni.language.words import Words


@dataclass(frozen=True, slots=True)
class Asked:
    """A price as far as it is read: the tokens, and what they say."""

    value: Decimal
    currency: str
    start: int
    end: int
    basis: str = ""
    unit: str = ""
    also: tuple[tuple[int, int], ...] = ()
    at: int = 0
    """Where the number itself stands."""


def with_basis(words: Words, said: Asked) -> Asked:
    """Read on, and back, for what the amount is for."""
    said = _basis_after(words, said)
    said = _basis_before(words, said)
    return replace(said, start=_start(words, said.start))


def _basis_after(words: Words, said: Asked) -> Asked:
    lists, end = money_words(), said.end
    while end < len(words.tokens) and words.tokens[end].folded in {",", "-", "/", "("}:
        end += 1
    if end >= len(words.tokens) or not words.free[end]:
        return said
    in_unit = lists.per_unit.at(words, end)
    basis = lists.bases.at(words, end)
    if in_unit and not (basis and basis[1] > in_unit[1]):
        return replace(said, basis=EACH, unit=in_unit[0], end=in_unit[1])
    if basis and words.is_free(end, basis[1]):
        return replace(said, basis=basis[0], end=basis[1])
    whole = lists.last.at(words, end)
    if whole and len(words.tokens) - whole[1] <= 1:
        return replace(said, basis=TOTAL, end=whole[1])
    if (unit := one_unit(words, end)) is not None:
        return replace(said, basis=EACH, unit=unit[0], end=unit[1])
    return _per(words, said, end)


def one_unit(words: Words, place: int) -> tuple[str, int] | None:
    """Return the unit in "$5 box", which is the price of one."""
    unit = unit_at(words, place)
    if unit is None or not unit[0] or words.tokens[unit[1] - 1].folded not in singular_units():
        return None
    return unit


def _per(words: Words, said: Asked, end: int) -> Asked:
    """Read "per bag", "a bag", "/kg", "per 50kg bag" and "for 10"."""
    slash = words.tokens[end - 1].folded == "/" and end > said.end
    named = money_words().per.at(words, end)
    if named is None and not slash:
        return _for_some(words, said, end)
    unit_start = named[1] if named else end
    unit = unit_at(words, unit_start)
    if unit:
        return replace(said, basis=EACH, unit=unit[0], end=unit[1])
    return _per_thing(words, said, end, unit_start)


def _per_thing(words: Words, said: Asked, end: int, place: int) -> Asked:
    """Read "per goat", and "per 50kg bag", whose size is left to the quantity."""
    if place >= len(words.tokens) or words.tokens[end].folded not in {"per", "for each", "every"}:
        return said
    if words.tokens[place].is_word:
        return replace(said, basis=EACH, end=place + 1)
    number = number_at(words, place)
    if number is not None and unit_at(words, number[1]) is None:
        return _per_number(words, said, place, number)
    measure = unit_at(words, place + 1)
    packing = unit_at(words, measure[1]) if measure else None
    if packing is None:
        return replace(said, basis=EACH, end=place)
    return replace(
        said, basis=EACH, unit=packing[0], end=place, also=((packing[1] - 1, packing[1]),)
    )


def _per_number(words: Words, said: Asked, place: int, number: tuple[Decimal, int]) -> Asked:
    """Read "$80 per 1000" as the price of one, or of all where just so many are for sale."""
    count, end = number
    others = (at for at, token in enumerate(words.tokens) if token.is_number and at != place)
    if any((other := number_at(words, at)) and other[0] == count for at in others):
        return replace(said, basis=TOTAL, end=end)
    return replace(said, value=said.value / count, basis=EACH, end=end) if count else said


def _for_some(words: Words, said: Asked, end: int) -> Asked:
    """Read "$200 for 10": all of them, and the number stays to be counted."""
    if words.tokens[end].folded != "for" or end + 1 >= len(words.tokens):
        return said
    number = number_at(words, end + 1)
    return replace(said, basis=TOTAL, end=end + 1) if number else said


def _basis_before(words: Words, said: Asked) -> Asked:
    """Read "each at $20", "all for $200" and "saga rimwe $15"."""
    if said.basis:
        return said
    for end in (said.start, _start(words, said.start)):
        basis = money_words().bases.before(words, end) if end else None
        unit = money_words().per_unit.before(words, end) if end else None
        if unit and end - unit[1] > 1 and words.is_free(unit[1], end):
            return replace(said, basis=EACH, unit=unit[0], start=unit[1])
        if basis and words.is_free(basis[1], end) and not _is_count(words, said, basis[1], end):
            return replace(said, basis=basis[0], start=basis[1])
    return _counted_before(words, said) or _unit_before(words, said)


def _is_count(words: Words, said: Asked, start: int, end: int) -> bool:
    """Tell the count in "mombe imwe $480" from the basis in "mombe 3 imwe $480".

    One and each are the same word: beside a thing it counts, where nothing else is counted.
    """
    one = number_at(words, end - 1)
    if one is None or one[1] != end or not words.tokens[end - 1].is_word:
        return False
    if not start or not words.tokens[start - 1].is_word:
        return False
    mine = {*range(start, end), said.at}
    return not any(
        number_at(words, place) for place in range(len(words.tokens)) if place not in mine
    )


def _counted_before(words: Words, said: Asked) -> Asked | None:
    """Read "100 for $75": that is for all of them."""
    led = said.start - 1
    if led < 1 or words.tokens[led].folded != "for" or not words.tokens[led - 1].is_number:
        return None
    return replace(said, basis=TOTAL)


def _unit_before(words: Words, said: Asked) -> Asked:
    """Read "box $5", but no "1 box $5", which counts the box."""
    place = said.start - 1
    unit = one_unit(words, place) if place >= 0 else None
    if unit is None or unit[1] != said.start or unit[0] in MEASURES:
        return said
    before = words.tokens[place - 1] if place else None
    counted = before is not None and (
        before.folded in articles()
        or may_begin(before)
        or money_words().per.before(words, place) is not None
    )
    return said if counted else replace(said, basis=EACH, unit=unit[0], start=place)


def _start(words: Words, start: int) -> int:
    """Take the words that lead to an amount with it: "at", "the price is"."""
    while start:
        found = money_words().before.before(words, before_colon(words, start))
        if found is None or not words.is_free(found[1], start):
            return start
        start = found[1]
    return start


def before_colon(words: Words, place: int) -> int:
    """Step back over the colon of "price: 30"."""
    return place - 1 if place and words.tokens[place - 1].folded == ":" else place
