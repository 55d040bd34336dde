"""A price anywhere in a message. Takes its tokens at 20, before times and quantities."""

from decimal import Decimal
from typing import Final

from typing_extensions import override

from sokoni.kit.money import Money
from sokoni.language.readers.money_words import money_words
from sokoni.language.readers.numbers import may_begin, number_at
from sokoni.language.readers.price_basis import Asked, before_colon, with_basis
from sokoni.language.readers.units import articles, unit_at
from sokoni.language.reading import Found, Price, Reader, Scene
from sokoni.language.words import Words

_MOST: Final = Decimal(10**10)
_FEW: Final = 10
_DOLLARS: Final = frozenset({"USD", "AUD", "CAD", "NZD", "NAD", "SGD", "HKD", "JMD", "TTD", "LRD"})
_PUNCTUATION: Final = frozenset({",", ".", ";", "!", "?", ":", "/", "(", ")", "-"})
_DECIMALS: Final = 2
_OR: Final = frozenset({"or", "/", "kana", "kumbe", "loba", "au", "ama", "okanye"})
_LED_BY: Final = frozenset({"angu", "ayi", "zingu"})


class MoneyReader(Reader):
    """Reads `Price`: "$20", "R150 each", "ZiG 300", "madhora 20", "20 dollars per bag"."""

    order = 20

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        own = scene.currency
        said = _marked(words, own) or _implied(words, own)
        return _found(said) if said and _clear(words, said, own) else None

    @override
    def read(self, words: Words, scene: Scene) -> Price | None:
        """Take a bare number too: it is in the merchant's currency."""
        own = scene.currency
        said = _marked(words, own) or _bare(words, own)
        return _price(said) if said and _clear(words, said, own) else None


def _clear(words: Words, said: Asked, own: str) -> bool:
    """Tell whether it is one amount that can be paid, and not one of two to choose from."""
    if said.value != round(said.value, _DECIMALS):
        return False
    if said.end < len(words.tokens) and words.tokens[said.end].folded in _OR:
        return not _amount_at(words, said.end + 1, own)
    other = _marked(words.without(0, said.end), own)
    return other is None or other.currency == said.currency


def _amount_at(words: Words, place: int, own: str) -> bool:
    """Tell whether an amount stands there, or a last bare number."""
    if place >= len(words.tokens):
        return False
    if _currency_first(words, place, own) or _amount_first(words, place, own):
        return True
    number = number_at(words, place)
    return number is not None and number[1] == len(words.tokens)


def _found(said: Asked) -> Found:
    return Found(_price(said), said.start, said.end, said.also)


def _price(said: Asked) -> Price:
    amount = Money(said.value, said.currency).amount
    return Price(f"{amount:f}", said.currency, said.basis, said.unit)


def _marked(words: Words, own: str) -> Asked | None:
    """Find the first amount that wears a currency."""
    starts = money_words().currency_starts
    for place, token in enumerate(words.tokens):
        if not words.free[place] or not (token.folded in starts or may_begin(token)):
            continue
        said = _currency_first(words, place, own) or _amount_first(words, place, own)
        if said and words.is_free(said.start, said.end) and said.value <= _MOST:
            return with_basis(words, said)
    return None


def _currency_first(words: Words, place: int, own: str) -> Asked | None:
    lists = money_words()
    named = lists.currencies.at(words, place)
    if named is None:
        return None
    code, end = named
    end = _past_sign(words, end)
    number = number_at(words, end) if end < len(words.tokens) else None
    if number is None or not _is_currency(words, place, end, before=True):
        return None
    last = _past_currency(words, number[1])
    return Asked(number[0], _code(code, own), place, last)


def _amount_first(words: Words, place: int, own: str) -> Asked | None:
    number = number_at(words, place)
    if number is None or number[1] >= len(words.tokens):
        return None
    value, end = number
    if words.tokens[end].folded in money_words().cents and _cents(words, end):
        return Asked(value / 100, own, place, end + 1)
    named = money_words().currencies.at(words, end)
    if named is None or not _is_currency(words, end, end, before=False):
        return None
    if words.glued(named[1]) and words.tokens[named[1]].is_number:
        return None  # The sign belongs to what follows: "imwe $25".
    return Asked(value, _code(named[0], own), place, named[1])


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
    named = money_words().currencies.at(words, end) if end < len(words.tokens) else None
    if named is None or words.tokens[end].folded == "r":
        return end
    following = number_at(words, named[1]) if named[1] < len(words.tokens) else None
    return end if following else named[1]


def _code(named: str, own: str) -> str:
    """Return the ISO code: a plain dollar is the merchant's, where that is one."""
    if named != "$":
        return named
    return own if own in _DOLLARS else "USD"


def _implied(words: Words, own: str) -> Asked | None:
    """Find a bare number that its neighbours make a price: "@20", "20 each", "10 goats at 20"."""
    counted = False
    for place, free in enumerate(words.free):
        number = number_at(words, place) if free else None
        if number is None or not words.is_free(place, number[1]) or number[0] > _MOST:
            continue
        said = Asked(number[0], own, place, number[1])
        if _is_price(words, said, counted=counted):
            return with_basis(words, said)
        counted = True
    return None


def _is_price(words: Words, said: Asked, *, counted: bool) -> bool:
    lists = money_words()
    if lists.marks.before(words, before_colon(words, said.start)):
        return True
    basis = lists.bases.at(words, said.end) if said.end < len(words.tokens) else None
    if basis is not None:
        return not _more_follows(words, basis[1])
    if said.start == 0 or words.tokens[said.start - 1].folded not in {"at", "for"}:
        return False
    return (counted or words.tokens[said.start - 1].folded == "for") and _clause_ends(
        words, said.end
    )


def _more_follows(words: Words, end: int) -> bool:
    """Tell "10 each of …", where the number still counts."""
    return end < len(words.tokens) and words.tokens[end].folded in {"of", "$"}


def _clause_ends(words: Words, end: int) -> bool:
    if end >= len(words.tokens):
        return True
    token = words.tokens[end]
    return (
        token.folded in _PUNCTUATION
        or money_words().places.at(words, end) is not None
        or money_words().per.at(words, end) is not None
    )


def _bare(words: Words, own: str) -> Asked | None:
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
    if _below_zero(words, place) or _mere_part(words, place, value):
        return None
    if end < len(words.tokens) and _belongs_elsewhere(words, end):
        return None
    said = with_basis(words, Asked(value, own, place, end))
    return said if _alone(words, said) else None


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
