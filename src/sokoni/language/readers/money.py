"""A price anywhere in a message. Takes its tokens at 20, before times and quantities."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Final

from typing_extensions import override

from sokoni.kit.money import Money
from sokoni.language.readers.amounts import (
    MOST,
    amount_at,
    clause_ends,
    goes_on_as_price,
    marked,
    place_follows,
    spaced,
)
from sokoni.language.readers.money_words import money_words
from sokoni.language.readers.numbers import number_at
from sokoni.language.readers.price_basis import Asked, before_colon, one_unit, with_basis
from sokoni.language.readers.price_doubts import readings
from sokoni.language.readers.units import articles, unit_at
from sokoni.language.reading import Doubt, Found, Price, Reader, Scene
from sokoni.language.words import Words

_FEW: Final = 10
_FIRST_YEAR: Final = 1950
_LAST_YEAR: Final = 2035
_CENTS_WRITTEN: Final = re.compile(r"\d+\.\d\d")


class MoneyReader(Reader):
    """Reads `Price`: "$20", "R150 each", "ZiG 300", "madhora 20", "20 dollars per bag".

    `sole`: nothing else that is asked for is a figure, so that a bare number is a price, too.
    """

    order = 20

    def __init__(self, *, sole: bool = False) -> None:
        self._sole = sole

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        found = self.look(words, scene)
        return found if isinstance(found, Found) else None

    def look(self, words: Words, scene: Scene) -> Found | Doubt | None:
        """Find a price, or the prices to choose from in "$20-25"."""
        said = marked(words, scene) or _implied(words, scene)
        if self._sole:
            changed = _changed(words, scene)
            if changed is not None:
                return Found(_price(changed), changed.start, changed.end, changed.also)
            said = said or _only(words, scene)
        if said is None:
            return None
        every = readings(words, said, scene)
        if len(every) == 1 and every[0] is said:
            return Found(_price(said), said.start, said.end, said.also)
        return _doubt(words, every)

    @override
    def read(self, words: Words, scene: Scene) -> Price | None:
        """Take a bare number too: it is in the merchant's currency."""
        said = marked(words, scene) or _bare(words, scene.currency)
        return _price(said) if said and _clear(words, said, scene) else None

    def doubt(self, words: Words, scene: Scene) -> Doubt | None:
        """Return the prices to choose from, without a currency too: "20 or 25"."""
        found = self.look(words, scene)
        if found is not None:
            return found if isinstance(found, Doubt) else None
        said = _first(words, scene.currency)
        every = readings(words, said, scene) if said else ()
        return _doubt(words, every) if len(every) > 1 else None


def _clear(words: Words, said: Asked, scene: Scene) -> bool:
    """Tell whether it is one amount that can be paid, and not one of two to choose from."""
    every = readings(words, said, scene)
    return len(every) == 1 and every[0] is said


def _doubt(words: Words, every: Sequence[Asked]) -> Doubt | None:
    if not every:
        return None
    start, end = min(one.start for one in every), max(one.end for one in every)
    prices = dict.fromkeys(_price(one) for one in every)
    return Doubt(_said(words, start, end), start, end, tuple(prices))


def _said(words: Words, start: int, end: int) -> str:
    """Return the amounts as they were written, without the "at" before them."""
    while start + 1 < end and (lead := money_words().before.at(words, start)):
        start = lead[1]
    return words.original(start, end)


def _price(said: Asked) -> Price:
    amount = Money(said.value, said.currency).amount
    return Price(f"{amount:f}", said.currency, said.basis, said.unit)


def _implied(words: Words, scene: Scene) -> Asked | None:
    """Find a bare number that its neighbours make a price: "@20", "20 each", "10 goats at 20"."""
    counted, past = False, 0
    for place, free in enumerate(words.free):
        number = number_at(words, place) if free and place >= past else None
        if number is None or not words.is_free(place, number[1]) or number[0] > MOST:
            continue
        said = Asked(number[0], scene.currency, place, number[1], at=place)
        if _is_price(words, said, scene, counted=counted):
            return with_basis(words, said)
        counted, past = True, number[1]
    return None


def _is_price(words: Words, said: Asked, scene: Scene, *, counted: bool) -> bool:
    lists, end = money_words(), said.end
    if lists.marks.before(words, before_colon(words, said.start)):
        return True
    if end < len(words.tokens):
        basis = lists.bases.at(words, end)
        if basis is not None:
            return not _more_follows(words, basis[1])
        if lists.bargains.at(words, end) or _per_unit_follows(words, end):
            return True
    return _led(words, said, scene, counted=counted) or (
        counted
        and (_written_like_money(words, said, scene) or _counts_nothing(words, said, scene))
    )


def _led(words: Words, said: Asked, scene: Scene, *, counted: bool) -> bool:
    """Tell the price in "10 goats at 20"."""
    led = words.tokens[said.start - 1].folded if said.start else ""
    if led not in money_words().led_by or not (counted or led == "for"):
        return False
    return clause_ends(words, said.end) or (counted and _one_or_there(words, said.end, scene))


def _one_or_there(words: Words, end: int, scene: Scene) -> bool:
    """Tell the price in "5 trays pa 4.50 tray" and "2 goats at 20 gokwe"."""
    return one_unit(words, end) is not None or place_follows(words, end, scene)


def _counts_nothing(words: Words, said: Asked, scene: Scene) -> bool:
    """Tell the price in "2 goats 20 gokwe": what would be counted is a place."""
    before = words.tokens[said.start - 1] if said.start else None
    plain = before is not None and before.is_word and words.free[said.start - 1]
    written = words.tokens[said.at].is_number and not _is_year(said.value)
    return plain and written and place_follows(words, said.end, scene)


def _is_year(value: Decimal) -> bool:
    return _FIRST_YEAR <= value <= _LAST_YEAR


def _more_follows(words: Words, end: int) -> bool:
    """Tell "10 each of …", where the number still counts."""
    return end < len(words.tokens) and words.tokens[end].folded in {"of", "$"}


def _per_unit_follows(words: Words, end: int) -> bool:
    """Tell "280 per ton" and "10 pasaga" from "10 bags" and "2 a day"."""
    lists = money_words()
    if lists.per_unit.at(words, end) and unit_at(words, end) is None:
        return True
    per = lists.per.at(words, end)
    if per is None or words.tokens[end].folded in articles():
        return False
    return unit_at(words, per[1]) is not None


def _written_like_money(words: Words, said: Asked, scene: Scene) -> bool:
    """Tell the price in "10 crates of eggs 3.50 Kadoma" from "2.50 kg"."""
    written = words.tokens[said.at].folded
    return bool(_CENTS_WRITTEN.fullmatch(written)) and goes_on_as_price(words, said.end, scene)


def _only(words: Words, scene: Scene) -> Asked | None:
    """Find the price in "change the price of my goats to 30"; "my 10 goats" names none."""
    numbers = [
        Asked(number[0], scene.currency, place, number[1], at=place)
        for place, free in enumerate(words.free)
        if free and (number := number_at(words, place)) and words.is_free(place, number[1])
    ]
    led = (one for one in map(partial(_set_to, words), numbers) if one is not None)
    alone = numbers[0] if len(numbers) == 1 else None
    said = next(led, alone)
    if said is None or said.value > MOST or not goes_on_as_price(words, said.end, scene):
        return None
    return with_basis(words, said)


def _changed(words: Words, scene: Scene) -> Asked | None:
    """Find the new price in "from 20 to 25"; what it was is none to choose."""
    lists = money_words()
    for place in range(len(words.tokens)):
        led = lists.changed_from.at(words, place) if words.free[place] else None
        old = _amount(words, led[1], scene) if led else None
        to = lists.set_to.at(words, old.end) if old and old.end < len(words.tokens) else None
        new = _amount(words, to[1], scene) if to else None
        if new is not None:
            return replace(with_basis(words, new), start=place)
    return None


def _amount(words: Words, place: int, scene: Scene) -> Asked | None:
    """Return the amount at a token, with a currency or without."""
    if place >= len(words.tokens) or not words.free[place]:
        return None
    number = number_at(words, place)
    return amount_at(words, place, scene) or (
        number and Asked(number[0], scene.currency, place, number[1], at=place)
    )


def _set_to(words: Words, said: Asked) -> Asked | None:
    """Return it with the "to" before it, None where there is none."""
    lists = money_words()
    for leading in (lists.set_to, lists.before) if said.start else ():
        led = leading.before(words, said.start)
        if led is not None and words.is_free(led[1], said.start):
            return replace(said, start=led[1])
    return None


def _bare(words: Words, own: str) -> Asked | None:
    """Read "25" and "25 each" as the answer to "how much?"."""
    said = _first(words, own)
    if said is None or _second(words, said.end):
        return None
    if said.end < len(words.tokens) and _belongs_elsewhere(words, said.end):
        return None
    said = with_basis(words, said)
    return said if _alone(words, said) else None


def _first(words: Words, own: str) -> Asked | None:
    """Return the first number of a short answer, where it may be an amount."""
    if len(words.tokens) > _FEW:
        return None
    for place in range(len(words.tokens)):
        number = spaced(words, place) or number_at(words, place)
        if number is not None:
            value, end = number
            unfit = _below_zero(words, place) or _mere_part(words, place, value)
            return None if unfit or value > MOST else Asked(value, own, place, end, at=place)
    return None


def _below_zero(words: Words, place: int) -> bool:
    """Tell "$-3" from "angu-20", where the dash joins a word and its number."""
    if place == 0 or words.tokens[place - 1].folded != "-" or not words.glued(place):
        return False
    return place == 1 or not words.tokens[place - 2].is_word


def _mere_part(words: Words, place: int, value: Decimal) -> bool:
    """Tell whether it is "half", of which nobody knows what."""
    return value < 1 and not words.tokens[place].is_number


def _alone(words: Words, said: Asked) -> bool:
    """Tell whether nothing else was said that the number may belong to."""
    others = (*words.tokens[: said.start], *words.tokens[said.end :])
    return all(token.folded in money_words().idle or not token.is_word for token in others)


def _second(words: Words, start: int) -> bool:
    """Tell whether another number follows, so that nobody knows which is the price."""
    return any(words.tokens[place].is_number for place in range(start, len(words.tokens)))


def _belongs_elsewhere(words: Words, end: int) -> bool:
    """Tell "5 bags" and "3pm", which answer another question."""
    token = words.tokens[end]
    return token.folded not in articles() and (
        (unit_at(words, end) is not None and not money_words().bases.at(words, end))
        or token.folded in {"am", "pm", "%", "-"}
    )
