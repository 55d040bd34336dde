"""How many, of which unit, anywhere in a message. Takes its tokens at 40, after time and money."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from typing_extensions import override

from sokoni.language.joining import unpossessed
from sokoni.language.lexicon import keyed_phrases, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.readers.amounts import belongs_to_next
from sokoni.language.readers.money_words import EACH, money_words
from sokoni.language.readers.numbers import number_at, plain
from sokoni.language.readers.units import MEASURES, articles, singular_units, unit_at, units
from sokoni.language.reading import Found, Quantity, Reader, Scene
from sokoni.language.words import Words

_MOST: Final = Decimal(10**9)
_TIMES: Final = frozenset({"x", "\u00d7", "*"})
_RANGE: Final = frozenset({"-", "\u2013", "to"})


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number with its unit, and the packing that follows a measure: 50 kg bags."""

    value: Decimal
    unit: str
    start: int
    end: int
    packing: str = ""
    one: bool = False

    @property
    def is_measure(self) -> bool:
        return self.unit in MEASURES


@cache
def _no_counts() -> frozenset[str]:
    return words_in("not_counted") | words_in("traits")


@cache
def _between() -> frozenset[str]:
    """Return what may stand between a unit and its number: "bags: 3", "amasaka angu20"."""
    return _TIMES | words_in("number_leads") | {":", "-"}


@cache
def _model_words() -> frozenset[str]:
    return words_in("model_words")


@cache
def _streets() -> frozenset[str]:
    return words_in("streets")


@cache
def _currencies() -> Phrases[str]:
    return keyed_phrases("currencies")


class QuantityReader(Reader):
    """Reads `Quantity`: "10 goats", "3 bags of maize 50kg", "half a tonne", "masaga matatu"."""

    order = 40

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        found = _together(words, list(_amounts(words)))
        if found is None:
            return None
        quantity, main, size = found
        also = ((size.start, size.end),) if size and size is not main else ()
        return Found(quantity, main.start, main.end, also)

    @override
    def read(self, words: Words, scene: Scene) -> Quantity | None:
        found = self.find(words, scene)
        if found and isinstance(found.value, Quantity):
            return found.value
        return _one_of_them(words)


def _one_of_them(words: Words) -> Quantity | None:
    """Read "a goat" as an answer to "how many?"."""
    tokens = words.tokens
    if 2 <= len(tokens) <= 3 and tokens[0].folded in articles() and tokens[1].is_word:
        return Quantity(1)
    return None


def _together(
    words: Words, amounts: Sequence[_Amount]
) -> tuple[Quantity, _Amount, _Amount | None] | None:
    """Tell how many from how big: "3 bags of 50kg", "50kg bags x 3", "5 litres"."""
    measure = next((amount for amount in amounts if amount.is_measure), None)
    counts = (amount for amount in amounts if not amount.is_measure)
    count = next((one for one in counts if _counts_before(words, one, measure)), None)
    if measure is None and count is not None:
        return Quantity(plain(count.value), count.unit), count, None
    if measure is not None and count is not None:
        return _sized(count, measure), count, measure
    if measure is None or _priced_by(words, measure) or _is_size(words, measure):
        return None
    return _measured(measure)


def _counts_before(words: Words, count: _Amount, measure: _Amount | None) -> bool:
    """Tell "3 bags 50kg", "20l x 5" and "50kg masaga matatu" from the number of "1 ton 250"."""
    if measure is None or count.unit or count.start < measure.start:
        return True
    packed = bool(measure.packing) and count.start == measure.end
    return packed or words.tokens[count.start].folded in _TIMES


def _priced_by(words: Words, measure: _Amount) -> bool:
    """Tell whether the measure is only what a price is for: "$18 per 20l bucket"."""
    before = measure.start - 1
    if before < 0 or words.free[before]:
        return False
    return money_words().per.before(words, measure.start) is not None


def _is_size(words: Words, measure: _Amount) -> bool:
    """Tell how big each is from how much there is: "broilers 2kg $6 each"."""
    bases = money_words().bases
    for place in range(measure.end, len(words.tokens)):
        basis = None if words.free[place] else bases.at(words, place)
        if basis is not None and basis[0] == EACH:
            return not measure.packing
    return False


def _sized(count: _Amount, measure: _Amount) -> Quantity:
    unit = count.unit or measure.packing
    return Quantity(plain(count.value), unit, plain(measure.value), measure.unit)


def _measured(measure: _Amount) -> tuple[Quantity, _Amount, None] | None:
    if not measure.packing:
        return Quantity(plain(measure.value), measure.unit), measure, None
    if not measure.one:
        return None  # "50kg bags": nobody said how many.
    return Quantity(1, measure.packing, plain(measure.value), measure.unit), measure, None


def _amounts(words: Words) -> Iterator[_Amount]:
    place = 0
    while place < len(words.tokens):
        amount = _amount_at(words, place) if words.free[place] else None
        if amount is None:
            place = _past_number(words, place)
            continue
        yield amount
        place = amount.end


def _past_number(words: Words, place: int) -> int:
    """Step over a number that is no quantity, so that its tail is not read as one."""
    found = number_at(words, place) if words.tokens[place].is_number else None
    return found[1] if found else place + 1


def _amount_at(words: Words, place: int) -> _Amount | None:
    number = number_at(words, place)
    if number is None:
        return _unit_first(words, place) or _one_packing(words, place)
    value, end = number
    if not 0 < value <= _MOST or not words.is_free(place, end) or not _counts(words, place, end):
        return None
    return _with_unit(words, value, _with_times(words, place), end)


def _with_times(words: Words, start: int) -> int:
    """Take the "x" of "x20" with the number."""
    led = start and words.free[start - 1] and words.tokens[start - 1].folded in _TIMES
    # In "3 x 50kg" the sign belongs to the number before it.
    alone = start < 2 or not number_at(words, start - 2)
    return start - 1 if led and alone else start


def _with_unit(words: Words, value: Decimal, start: int, end: int) -> _Amount:
    end = _past_filler(words, end)
    unit = unit_at(words, end) or _possessed_unit(words, end)
    if unit is None:
        return _Amount(value, "", start, end)
    name, end = unit
    packing = unit_at(words, _past_hyphen(words, end)) if name in MEASURES else None
    if packing and packing[0] not in MEASURES:
        last = words.tokens[packing[1] - 1].folded
        return _Amount(value, name, start, packing[1], packing[0], last in singular_units())
    return _Amount(value, name, start, end)


def _possessed_unit(words: Words, place: int) -> tuple[str, int] | None:
    """Read "yetani" in "hafu yetani", half of a tonne."""
    if place >= len(words.tokens) or not words.free[place]:
        return None
    known = units()
    unit = known.whole(unpossessed(words.tokens[place].folded, known.whole))
    return (unit, place + 1) if unit else None


def _past_filler(words: Words, end: int) -> int:
    """Step over the "x" of "3 x 50kg", the "a" of "half a tonne" and a hyphen."""
    if end + 1 >= len(words.tokens):
        return end
    folded = words.tokens[end].folded
    if folded in _TIMES:
        return end + 1
    skips = folded in articles() or (folded == "-" and words.glued(end))
    return end + 1 if skips and unit_at(words, end + 1) else end


def _past_hyphen(words: Words, end: int) -> int:
    return end + 1 if end < len(words.tokens) and words.tokens[end].folded == "-" else end


def _unit_first(words: Words, place: int) -> _Amount | None:
    """Read "masaga matatu" and "bags: 3"."""
    unit = unit_at(words, place)
    if unit is None or not unit[0]:
        return None
    start = unit[1]
    while start < len(words.tokens) and words.tokens[start].folded in _between():
        start += 1
    if start >= len(words.tokens) or not words.free[start]:
        return None
    number = number_at(words, start)
    if number is None or not 0 < number[0] <= _MOST or unit_at(words, number[1]):
        return None
    return (
        _Amount(number[0], unit[0], place, number[1]) if _counts(words, start, number[1]) else None
    )


def _one_packing(words: Words, place: int) -> _Amount | None:
    """Read "a bag of maize", and "a 50kg bag" where the article counts the bag."""
    if words.tokens[place].folded not in articles():
        return None
    unit = unit_at(words, place + 1)
    return _Amount(Decimal(1), unit[0], place, unit[1]) if unit and unit[0] else None


def _counts(words: Words, start: int, end: int) -> bool:
    """Tell a number of things from a year, a model, an address, a time, a range or a sum."""
    before = words.tokens[start - 1].folded if start else ""
    after = words.tokens[end].folded if end < len(words.tokens) else ""
    if before in _model_words() or before in {"#", "+"} or _money(words, start, end):
        return False
    if len(before) == 1 and before.isalpha() and before not in _TIMES and words.glued(start):
        return False  # A model: "Samsung A12".
    if start and words.tokens[start - 1].is_number and not unit_at(words, end):
        return False  # A phone number, or a list.
    if after in {"%", ":"} or after in _no_counts() or _dimension(words, start, end):
        return False
    return not (_street(words, end) or _year(words, start, end) or _ranges(words, start, end))


def _dimension(words: Words, start: int, end: int) -> bool:
    """Tell "4x4 tyres" and "2x3m" from "2x50kg" and "3 x bags"."""
    for sign, other in ((start - 1, start - 2), (end, end + 1)):
        if not (0 < sign < len(words.tokens) and words.tokens[sign].folded in _TIMES):
            continue
        tight = words.glued(sign) and words.glued(sign + 1)
        if tight and 0 <= other < len(words.tokens) and words.tokens[other].is_number:
            return unit_at(words, max(end, other + 1)) is None
    return False


def _money(words: Words, start: int, end: int) -> bool:
    if start and (words.tokens[start - 1].folded == "@" or _currency_before(words, start)):
        return True
    # A currency that was taken without the number before it is none of that number's.
    follows = end < len(words.tokens) and words.free[end]
    found = _currencies().at(words, end) if follows else None
    if found is None or words.tokens[end].folded in {"r", "p"}:
        return False
    # The sign may be the next number's: "mbudzi 10 $20".
    return not belongs_to_next(words, found[1])


def _currency_before(words: Words, start: int) -> bool:
    found = _currencies().before(words, start)
    letter = words.tokens[start - 1].folded in {"r", "p"}
    return found is not None and (not letter or words.glued(start))


def _street(words: Words, end: int) -> bool:
    """Tell "12 Market Street" from "20 road runners": a street has a name before it."""
    named = words.tokens[end + 1 : end + 4]
    return any(token.folded in _streets() for token in named)


def _year(words: Words, start: int, end: int) -> bool:
    """Tell the year in "Toyota Hilux 2015"."""
    folded = words.tokens[start].folded
    if not (start and len(folded) == 4 and "1950" <= folded <= "2035" and end == start + 1):
        return False
    named = words.tokens[start - 1]
    return named.is_word and (end == len(words.tokens) or unit_at(words, end) is None)


def _ranges(words: Words, start: int, end: int) -> bool:
    """Tell either end of "10 - 15": the contact has not made up their mind."""
    tokens = words.tokens
    if start >= 2 and tokens[start - 1].folded in _RANGE and tokens[start - 2].is_number:
        return True
    return end + 1 < len(tokens) and tokens[end].folded in _RANGE and tokens[end + 1].is_number
