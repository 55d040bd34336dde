"""What we write as money is read as the same money, however it is typed."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from sokoni.kit.money import Money
from sokoni.language.formats import money_text
from sokoni.language.readers import MoneyReader
from sokoni.language.reading import Doubt, Found, Price
from sokoni.language.words import words_of
from tests.language.said import scene

CURRENCIES: Final = (
    *("USD", "ZAR", "ZWG", "BWP", "EUR", "GBP", "INR", "NGN", "KES", "AED"),
    *("ZMW", "MZN", "TZS", "UGX", "GHS", "SAR", "EGP"),
)
"""Every currency that the word lists know."""
LANGUAGES: Final = ("en", "sn", "nd", "ar", "hi", "sw")
SCENE: Final = scene()
_AMOUNTS: Final = st.decimals(min_value=0, max_value=99_999_999, places=2)
_DOLLARS: Final = st.integers(min_value=1, max_value=9_999_999)
_CENTS: Final = st.integers(min_value=1, max_value=99)


def _read(text: str) -> object:
    return MoneyReader().read(words_of(text), SCENE)


def _found(text: str) -> object:
    found = MoneyReader().find(words_of(text), SCENE)
    return None if found is None else found.value


def _price(amount: Decimal | int, currency: str = "USD", basis: str = "") -> Price:
    return Price(f"{Money(Decimal(amount), currency).amount:f}", currency, basis)


@given(_AMOUNTS, st.sampled_from(CURRENCIES), st.sampled_from(LANGUAGES))
def test_every_formatted_amount_is_read_back(
    amount: Decimal, currency: str, language: str
) -> None:
    text = money_text(amount, currency, language)

    assert _found(text) == _price(amount, currency)
    assert _read(text) == _price(amount, currency)
    assert _found(f"goats at {text} each in Gokwe") == _price(amount, currency, "each")


@given(_DOLLARS, _CENTS)
def test_dollars_and_cents_are_one_amount(dollars: int, cents: int) -> None:
    meant = _price(Decimal(dollars) + Decimal(cents) / 100)

    for text in (
        f"{dollars} dollars {cents} cents",
        f"{dollars} dollars and {cents} cents",
        f"${dollars} {cents}c",
        f"{dollars}.{cents:02} usd",
        f"USD{dollars}.{cents:02}",
        f"{dollars},{cents:02} dollars",
    ):
        assert _found(text) == meant


@given(_DOLLARS)
def test_thousands_may_be_set_apart_by_any_sign(dollars: int) -> None:
    by_commas = f"{dollars:,}"

    for text in (
        f"${by_commas}",
        f"${by_commas}.00",
        f"${by_commas.replace(',', ' ')}",
        f"${by_commas.replace(',', '.')},00",
        f"{by_commas.replace(',', ' ')} dollars",
        f"{by_commas}usd",
        f"US${by_commas}",
    ):
        assert _found(text) == _price(dollars)


@given(_DOLLARS, _DOLLARS)
def test_of_two_amounts_to_choose_from_neither_is_taken(one: int, other: int) -> None:
    low, high = sorted((one, other))
    either = words_of(f"goats ${low} or ${high} in Gokwe")

    doubt = MoneyReader().look(either, SCENE)

    assert isinstance(doubt, Doubt)
    assert doubt.candidates == tuple(dict.fromkeys((_price(low), _price(high))))


_PIECES: Final = (
    *("$", "R", "P", "usd", "20", "25", "1 500", "1.500", "20,000", "0", "007", "-", "to", "or"),
    *("/", "=", "and", "cents", "c", "50", "two", "fifty", "dollars", "each", "per", "bag"),
    *("1000", "between", "@", "at", "pa", "for", "all", ".", ",", "x", "k", "masendi", "Gokwe"),
)
_MIXED: Final = st.lists(st.sampled_from(_PIECES), max_size=9)


@settings(max_examples=600)
@given(st.one_of(_MIXED.map(" ".join), _MIXED.map("".join), st.text(max_size=40)))
def test_junk_is_no_price_or_one_that_can_be_paid(text: str) -> None:
    words, reader = words_of(text), MoneyReader()

    look, read = reader.look(words, SCENE), reader.read(words, SCENE)
    doubts = [one for one in (look, reader.doubt(words, SCENE)) if isinstance(one, Doubt)]

    prices = [read, look.value if isinstance(look, Found) else None]
    prices += [one for doubt in doubts for one in doubt.candidates]
    for price in prices:
        assert price is None or (isinstance(price, Price) and Decimal(price.amount) >= 0)
    for doubt in doubts:
        assert doubt.said in words.text
        assert doubt.candidates


def test_own_sign_is_the_merchants_money() -> None:
    in_shillings = replace(SCENE, currency="KES")

    found = MoneyReader().find(words_of("maize 200/= per bag"), in_shillings)

    assert found is not None
    assert found.value == Price("200.00", "KES", "each", "bag")
