"""Amounts that wear a currency: "$20", "20 usd", "R1 500", "5 dollars and 50 cents"."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from sokoni.language.readers.money_words import money_words
from sokoni.language.readers.numbers import is_joiner, may_begin, number_at
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.price_basis import Asked, with_basis
from sokoni.language.readers.units import singular_units, unit_at
from sokoni.language.reading import Scene
from sokoni.language.words import Words

MOST: Final = Decimal(10**10)
_PUNCTUATION: Final = frozenset({",", ".", ";", "!", "?", ":", "/", "(", ")", "-"})
_SHARED: Final[Mapping[str, tuple[str, ...]]] = {
    "$": ("USD", "AUD", "CAD", "NZD", "NAD", "SGD", "HKD", "JMD", "TTD", "LRD"),
    "rupee": ("INR", "PKR", "LKR", "NPR", "MUR", "SCR"),
    "rial": ("SAR", "QAR", "OMR", "YER"),
    "dinar": ("KWD", "BHD", "JOD", "IQD", "LYD", "TND", "DZD"),
    "pound": ("EGP", "SDG", "GBP"),
}
"""Names of money that several countries have; the first is meant where the merchant has none."""
_LED_BY: Final = frozenset({"angu", "ayi", "zingu"})
_OWN: Final = "own"
"""Key of the signs that mean whatever the merchant's money is: "20/="."""
_HEAD: Final = re.compile(r"[1-9]\d{0,2}")
_THREE: Final = re.compile(r"\d{3}(\.\d{1,2})?")
_PLACES: Final = PlaceReader()


def marked(words: Words, scene: Scene) -> Asked | None:
    """Find the first amount that wears a currency."""
    starts = money_words().currency_starts
    for place, token in enumerate(words.tokens):
        if not words.free[place] or not (token.folded in starts or may_begin(token)):
            continue
        said = amount_at(words, place, scene)
        if said and words.is_free(said.start, said.end) and said.value <= MOST:
            return with_basis(words, said)
    return None


def amount_at(words: Words, place: int, scene: Scene) -> Asked | None:
    """Return the amount that begins at `place`, its cents and thousands included."""
    said = (
        _currency_first(words, place, scene)
        or _amount_first(words, place, scene)
        or _one_of_it(words, place, scene)
    )
    return said and _with_cents(words, said)


def leads_to_amount(words: Words, start: int, end: int) -> bool:
    """Tell whether the words only lead to an amount: "I want $20 each"."""
    lists = money_words()
    if end >= len(words.tokens) or lists.before.whole(words.phrase(start, end)) is None:
        return False
    if words.tokens[end].folded in lists.currency_starts:
        return True
    number = number_at(words, end)
    after = number[1] if number else len(words.tokens)
    if after >= len(words.tokens):
        return False
    if lists.currencies.at(words, after) or lists.bases.at(words, after):
        return True
    return lists.per_unit.at(words, after) is not None and unit_at(words, after) is None


def clause_ends(words: Words, end: int) -> bool:
    """Tell whether nothing follows that the number before `end` might count."""
    if end >= len(words.tokens):
        return True
    lists = money_words()
    return (
        words.tokens[end].folded in _PUNCTUATION
        or lists.places.at(words, end) is not None
        or lists.per.at(words, end) is not None
    )


def goes_on_as_price(words: Words, end: int, scene: Scene) -> bool:
    """Tell whether what follows shows that the number before `end` counts no goods."""
    if clause_ends(words, end) or not words.tokens[end].is_word:
        return True
    lists = money_words()
    phrases = (lists.bases, lists.per_unit, lists.currencies)
    if words.tokens[end].folded in lists.idle or any(one.at(words, end) for one in phrases):
        return True
    return place_follows(words, end, scene)


def place_follows(words: Words, end: int, scene: Scene) -> bool:
    """Tell whether a known place is named at `end`."""
    place = _PLACES.find(words.without(0, end), scene)
    return place is not None and place.start == end


def spaced(words: Words, place: int) -> tuple[Decimal, int] | None:
    """Read "1 500" and "12 500.50", thousands set apart by a single space."""
    tokens = words.tokens
    if not _HEAD.fullmatch(tokens[place].folded):
        return None
    value, end = tokens[place].folded, place + 1
    while (
        end < len(tokens)
        and _THREE.fullmatch(tokens[end].folded)
        and words.text[tokens[end - 1].end : tokens[end].start] == " "
    ):
        value, end = value + tokens[end].folded, end + 1
        if "." in value:
            break
    return (Decimal(value), end) if end > place + 1 else None


def _currency_first(words: Words, place: int, scene: Scene) -> Asked | None:
    named = money_words().currencies.at(words, place)
    if named is None:
        return None
    code, end = named
    end = _past_sign(words, end)
    number = number_at(words, end) if end < len(words.tokens) else None
    if number is None or not _is_currency(words, place, end, before=True):
        return None
    apart = spaced(words, end)
    if apart is not None and apart[1] > number[1] and goes_on_as_price(words, apart[1], scene):
        number = apart
    last = _past_currency(words, number[1])
    return Asked(number[0], _code(code, scene.currency), place, last, at=end)


def _amount_first(words: Words, place: int, scene: Scene) -> Asked | None:
    # Where nothing stands before it, "1 500 rand" counts nothing.
    number = (place == 0 and spaced(words, place)) or number_at(words, place)
    if number is None or number[1] >= len(words.tokens):
        return None
    value, end = number
    own = scene.currency
    if words.tokens[end].folded in money_words().cents and _cents(words, end):
        return Asked(value / 100, own, place, end + 1, at=place)
    named = money_words().currencies.at(words, end)
    if named is None or not _is_currency(words, end, end, before=False):
        return None
    if belongs_to_next(words, named[1]) or _counts_units(words, place, end, scene):
        return None
    return Asked(value, _code(named[0], own), place, named[1], at=place)


def _one_of_it(words: Words, place: int, scene: Scene) -> Asked | None:
    """Read "a dollar each" and "dhora parita", where a basis shows that one is meant."""
    named = money_words().alone.at(words, place)
    if named is None:
        return None
    one = Asked(Decimal(1), _code(named[0], scene.currency), place, named[1], at=place)
    return one if with_basis(words, one).basis else None


def _counts_units(words: Words, place: int, end: int, scene: Scene) -> bool:
    """Tell "marita gumi, dhora parita" from "gumi remadhora": the number counts the litres."""
    unit = unit_at(words, place - 1) if place else None
    if unit is None or not unit[0] or words.tokens[place - 1].folded in singular_units():
        return False
    return _one_of_it(words, end, scene) is not None


def belongs_to_next(words: Words, end: int) -> bool:
    """Tell whether the currency before `end` is the next number's.

    So it is in "imwe $25", and in "hwai shanu madhora makumi mana".
    """
    if end >= len(words.tokens):
        return False
    if words.glued(end) and words.tokens[end].is_number:
        return True
    return bool(money_words().leading.before(words, end) and number_at(words, end))


def _cents(words: Words, place: int) -> bool:
    return len(words.tokens[place].folded) > 1 or words.glued(place)


def _with_cents(words: Words, said: Asked) -> Asked:
    """Read on in "5 dollars 50 cents" and "$5 and 50c"."""
    place = said.end
    if place < len(words.tokens) and is_joiner(words.tokens[place]):
        place += 1
    if place + 1 >= len(words.tokens) or said.value != said.value.to_integral_value():
        return said
    first = words.tokens[place].folded in money_words().cents
    number = number_at(words, place + 1 if first else place)
    if number is None or not 0 < number[0] < 100:
        return said
    end = number[1]
    if not first:
        if end >= len(words.tokens) or words.tokens[end].folded not in money_words().cents:
            return said
        if not _cents(words, end):
            return said
        end += 1
    return Asked(said.value + number[0] / 100, said.currency, said.start, end, at=said.at)


def _is_currency(words: Words, place: int, number: int, *, before: bool) -> bool:
    """Tell the rand of "R150", "R 150" and "150R", and the pula of "P50.00", from letters."""
    folded = words.tokens[place].folded
    if folded == "p":
        return before and words.glued(number) and "." in words.tokens[number].folded
    if folded != "r":
        return True
    if before and words.glued(number):
        return not (words.glued(number + 1) and words.tokens[number + 1].is_word)
    if not before and words.glued(place):
        return True
    return before and words.original(place, place + 1) == "R"


def _past_sign(words: Words, end: int) -> int:
    """Step over the dollar sign of "US $20" and the lead of "amadola angu-20"."""
    tokens = words.tokens
    if end < len(tokens) and tokens[end].folded in {"$", ":", "."}:
        end += 1
    if end < len(tokens) and tokens[end].folded in _LED_BY:
        end += 1
    return end + 1 if end < len(tokens) and _dash_after_word(words, end) else end


def _dash_after_word(words: Words, place: int) -> bool:
    return words.tokens[place].folded == "-" and words.tokens[place - 1].is_word


def _past_currency(words: Words, end: int) -> int:
    """Step over the second naming in "$20 USD" and "$20/="."""
    named = money_words().currencies.at(words, end) if end < len(words.tokens) else None
    if named is None or words.tokens[end].folded in {"r", "p"}:
        return end
    following = number_at(words, named[1]) if named[1] < len(words.tokens) else None
    return end if following else named[1]


def _code(named: str, own: str) -> str:
    """Return the ISO code: a plain dollar is the merchant's, where that is one."""
    if named == _OWN:
        return own
    several = _SHARED.get(named)
    if several is None:
        return named
    return own if own in several else several[0]
