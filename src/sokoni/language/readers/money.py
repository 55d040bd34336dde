"""A price anywhere in a message. Takes its tokens at 20, before times and quantities."""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Final

from typing_extensions import override

from sokoni.kit.money import Money
from sokoni.language.lexicon import keyed, keyed_phrases, phrases_in, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.readers.numbers import may_begin, number_at
from sokoni.language.readers.units import articles, unit_at
from sokoni.language.reading import Found, Price, Reader, Scene
from sokoni.language.words import Words, words_of

_MOST: Final = Decimal(10**10)
_FEW: Final = 10
_DOLLARS: Final = frozenset({"USD", "AUD", "CAD", "NZD", "NAD", "SGD", "HKD", "JMD", "TTD", "LRD"})
_EACH: Final = "each"
_TOTAL: Final = "total"
_PUNCTUATION: Final = frozenset({",", ".", ";", "!", "?", ":", "/", "(", ")", "-"})
_LED_BY: Final = frozenset({"angu", "ayi", "zingu"})


@dataclass(frozen=True, slots=True)
class _Said:
    """A price as far as it is read: the tokens, and what they say."""

    value: Decimal
    currency: str
    start: int
    end: int
    basis: str = ""
    unit: str = ""
    also: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Lists:
    """The money words of all languages."""

    currencies: Phrases[str]
    cents: frozenset[str]
    bases: Phrases[str]
    per: Phrases[str]
    per_unit: Phrases[str]
    before: Phrases[str]
    marks: Phrases[str]
    places: Phrases[str]
    idle: frozenset[str]
    """Words that may stand beside a bare price."""
    currency_starts: frozenset[str]


@cache
def _lists() -> _Lists:
    bases = [(phrase, basis) for phrase, basis, _ in keyed("price") if basis in {_EACH, _TOTAL}]
    idle = (("fillers",), ("politeness",), ("price", "before"), ("price", "with"))
    return _Lists(
        currencies=keyed_phrases("currencies"),
        cents=words_in("cents"),
        bases=Phrases(bases),
        per=phrases_in("price", "per"),
        per_unit=keyed_phrases("price", "per_unit"),
        before=phrases_in("price", "before"),
        currency_starts=frozenset(
            words_of(phrase).tokens[0].folded for phrase, _, _ in keyed("currencies")
        ),
        marks=phrases_in("price", "marks"),
        places=phrases_in("places", "in"),
        idle=frozenset(
            word for path in idle for listed in words_in(*path) for word in listed.split()
        ),
    )


class MoneyReader(Reader):
    """Reads `Price`: "$20", "R150 each", "ZiG 300", "madhora 20", "20 dollars per bag"."""

    order = 20

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        said = _marked(words, scene.currency) or _implied(words, scene.currency)
        return _found(said) if said else None

    @override
    def read(self, words: Words, scene: Scene) -> Price | None:
        """Take a bare number too: it is in the merchant's currency."""
        said = _marked(words, scene.currency) or _bare(words, scene.currency)
        return _price(said) if said else None


def _found(said: _Said) -> Found:
    return Found(_price(said), said.start, said.end, said.also)


def _price(said: _Said) -> Price:
    amount = Money(said.value, said.currency).amount
    return Price(f"{amount:f}", said.currency, said.basis, said.unit)


def _marked(words: Words, own: str) -> _Said | None:
    """Find the first amount that wears a currency."""
    starts = _lists().currency_starts
    for place, token in enumerate(words.tokens):
        if not words.free[place] or not (token.folded in starts or may_begin(token)):
            continue
        said = _currency_first(words, place, own) or _amount_first(words, place, own)
        if said and words.is_free(said.start, said.end) and said.value <= _MOST:
            return _with_basis(words, said)
    return None


def _currency_first(words: Words, place: int, own: str) -> _Said | None:
    lists = _lists()
    named = lists.currencies.at(words, place)
    if named is None:
        return None
    code, end = named
    end = _past_sign(words, end)
    number = number_at(words, end) if end < len(words.tokens) else None
    if number is None or not _is_currency(words, place, end, before=True):
        return None
    last = _past_currency(words, number[1])
    return _Said(number[0], _code(code, own), place, last)


def _amount_first(words: Words, place: int, own: str) -> _Said | None:
    number = number_at(words, place)
    if number is None or number[1] >= len(words.tokens):
        return None
    value, end = number
    if words.tokens[end].folded in _lists().cents and _cents(words, end):
        return _Said(value / 100, own, place, end + 1)
    named = _lists().currencies.at(words, end)
    if named is None or not _is_currency(words, end, end, before=False):
        return None
    if words.glued(named[1]) and words.tokens[named[1]].is_number:
        return None  # The sign belongs to what follows: "imwe $25".
    return _Said(value, _code(named[0], own), place, named[1])


def _cents(words: Words, place: int) -> bool:
    return len(words.tokens[place].folded) > 1 or words.glued(place)


def _is_currency(words: Words, place: int, number: int, *, before: bool) -> bool:
    """Tell the rand of "R150", "R 150" and "150R" from any other letter R."""
    if words.tokens[place].folded != "r":
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
    """Step over the second naming in "$20 USD"."""
    named = _lists().currencies.at(words, end) if end < len(words.tokens) else None
    if named is None or words.tokens[end].folded == "r":
        return end
    following = number_at(words, named[1]) if named[1] < len(words.tokens) else None
    return end if following else named[1]


def _code(named: str, own: str) -> str:
    """Return the ISO code: a plain dollar is the merchant's, where that is one."""
    if named != "$":
        return named
    return own if own in _DOLLARS else "USD"


def _implied(words: Words, own: str) -> _Said | None:
    """Find a bare number that its neighbours make a price: "@20", "20 each", "10 goats at 20"."""
    counted = False
    for place, free in enumerate(words.free):
        number = number_at(words, place) if free else None
        if number is None or not words.is_free(place, number[1]) or number[0] > _MOST:
            continue
        said = _Said(number[0], own, place, number[1])
        if _is_price(words, said, counted=counted):
            return _with_basis(words, said)
        counted = True
    return None


def _is_price(words: Words, said: _Said, *, counted: bool) -> bool:
    lists = _lists()
    if lists.marks.before(words, _before_colon(words, said.start)):
        return True
    basis = lists.bases.at(words, said.end) if said.end < len(words.tokens) else None
    if basis is not None:
        return not _more_follows(words, basis[1])
    if said.start == 0 or words.tokens[said.start - 1].folded not in {"at", "for"}:
        return False
    return (counted or words.tokens[said.start - 1].folded == "for") and _clause_ends(
        words, said.end
    )


def _before_colon(words: Words, place: int) -> int:
    """Step back over the colon of "price: 30"."""
    return place - 1 if place and words.tokens[place - 1].folded == ":" else place


def _more_follows(words: Words, end: int) -> bool:
    """Tell "10 each of …", where the number still counts."""
    return end < len(words.tokens) and words.tokens[end].folded in {"of", "$"}


def _clause_ends(words: Words, end: int) -> bool:
    if end >= len(words.tokens):
        return True
    token = words.tokens[end]
    return (
        token.folded in _PUNCTUATION
        or _lists().places.at(words, end) is not None
        or _lists().per.at(words, end) is not None
    )


def _with_basis(words: Words, said: _Said) -> _Said:
    """Read on, and back, for what the amount is for."""
    said = _basis_after(words, said)
    said = _basis_before(words, said)
    return replace(said, start=_start(words, said.start))


def _basis_after(words: Words, said: _Said) -> _Said:
    lists, end = _lists(), said.end
    while end < len(words.tokens) and words.tokens[end].folded in {",", "-", "/", "("}:
        end += 1
    if end >= len(words.tokens) or not words.free[end]:
        return said
    in_unit = lists.per_unit.at(words, end)
    basis = lists.bases.at(words, end)
    if in_unit and not (basis and basis[1] > in_unit[1]):
        return replace(said, basis=_EACH, unit=in_unit[0], end=in_unit[1])
    if basis and words.is_free(end, basis[1]):
        return replace(said, basis=basis[0], end=basis[1])
    return _per(words, said, end)


def _per(words: Words, said: _Said, end: int) -> _Said:
    """Read "per bag", "a bag", "/kg", "per 50kg bag" and "for 10"."""
    slash = words.tokens[end - 1].folded == "/" and end > said.end
    named = _lists().per.at(words, end)
    if named is None and not slash:
        return _for_some(words, said, end)
    unit_start = named[1] if named else end
    unit = unit_at(words, unit_start)
    if unit:
        return replace(said, basis=_EACH, unit=unit[0], end=unit[1])
    return _per_thing(words, said, end, unit_start)


def _per_thing(words: Words, said: _Said, end: int, place: int) -> _Said:
    """Read "per goat", and "per 50kg bag", whose size is left to the quantity."""
    if place >= len(words.tokens) or words.tokens[end].folded not in {"per", "for each", "every"}:
        return said
    if words.tokens[place].is_word:
        return replace(said, basis=_EACH, end=place + 1)
    measure = unit_at(words, place + 1)
    packing = unit_at(words, measure[1]) if measure else None
    if packing is None:
        return replace(said, basis=_EACH, end=place)
    return replace(
        said, basis=_EACH, unit=packing[0], end=place, also=((packing[1] - 1, packing[1]),)
    )


def _for_some(words: Words, said: _Said, end: int) -> _Said:
    """Read "$200 for 10": all of them, and the number stays to be counted."""
    if words.tokens[end].folded != "for" or end + 1 >= len(words.tokens):
        return said
    number = number_at(words, end + 1)
    return replace(said, basis=_TOTAL, end=end + 1) if number else said


def _basis_before(words: Words, said: _Said) -> _Said:
    """Read "each at $20", "all for $200" and "saga rimwe $15"."""
    if said.basis:
        return said
    for end in (said.start, _start(words, said.start)):
        basis = _lists().bases.before(words, end) if end else None
        unit = _lists().per_unit.before(words, end) if end else None
        if unit and end - unit[1] > 1 and words.is_free(unit[1], end):
            return replace(said, basis=_EACH, unit=unit[0], start=unit[1])
        if basis and words.is_free(basis[1], end):
            return replace(said, basis=basis[0], start=basis[1])
    return said


def _start(words: Words, start: int) -> int:
    """Take the words that lead to an amount with it: "at", "the price is"."""
    while start:
        found = _lists().before.before(words, _before_colon(words, start))
        if found is None or not words.is_free(found[1], start):
            return start
        start = found[1]
    return start


def _bare(words: Words, own: str) -> _Said | None:
    """Read "25" and "25 each" as the answer to "how much?"."""
    if len(words.tokens) > _FEW:
        return None
    numbers = [
        (place, number)
        for place in range(len(words.tokens))
        if (number := number_at(words, place)) is not None
    ]
    if not numbers or numbers[0][1][0] > _MOST or _second(words, numbers[0][1][1]):
        return None
    place, (value, end) = numbers[0]
    if end < len(words.tokens) and _belongs_elsewhere(words, end):
        return None
    said = _with_basis(words, _Said(value, own, place, end))
    return said if _alone(words, said) else None


def _alone(words: Words, said: _Said) -> bool:
    """Tell whether nothing else was said that the number may belong to."""
    others = (*words.tokens[: said.start], *words.tokens[said.end :])
    return all(token.folded in _lists().idle or not token.is_word for token in others)


def _second(words: Words, start: int) -> bool:
    """Tell whether another number follows, so that nobody knows which is the price."""
    return any(words.tokens[place].is_number for place in range(start, len(words.tokens)))


def _belongs_elsewhere(words: Words, end: int) -> bool:
    """Tell "5 bags" and "3pm", which answer another question."""
    token = words.tokens[end]
    return token.folded not in articles() and (
        (unit_at(words, end) is not None and not _lists().bases.at(words, end))
        or token.folded in {"am", "pm", "%", "-"}
    )
