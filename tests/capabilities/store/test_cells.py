"""Cells of product files say what people mean by them, or are refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.capabilities.store.files.cells import (
    CellError,
    grams_in,
    list_in,
    listed,
    paired,
    pairs_in,
    pieces_in,
    price_in,
)
from sokoni.kit.spreadsheets import guarded, unguarded

WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("cell", "currency", "amount"),
    [
        ("4.50", "USD", "4.50"),
        ("4,50", "USD", "4.50"),
        ("$4.5", "USD", "4.5"),
        ("US$ 4", "USD", "4"),
        ("USD 1,234.50", "USD", "1234.50"),
        ("1.234,50", "EUR", "1234.50"),
        ("€ 1 234,50", "EUR", "1234.50"),
        ("1'234.50", "CHF", "1234.50"),
        ("1,234", "USD", "1234"),
        ("1.234.567", "USD", "1234567"),
        ("1.234", "KWD", "1.234"),
        ("1500", "JPY", "1500"),
        ("R12,99", "ZAR", "12.99"),
        ("KSh 250", "KES", "250"),
        (".5", "USD", "0.5"),
    ],
)
def test_prices_are_read(cell: str, currency: str, amount: str) -> None:
    assert price_in(cell, currency).amount == Decimal(amount)


@pytest.mark.parametrize(
    "cell", ["1.234", "4 or 5", "free", "-3", "€4", "ZAR 4", "4,5,", "1e9", "9" * 13, "", "."]
)
def test_what_is_no_price_in_dollars_is_refused(cell: str) -> None:
    with pytest.raises(CellError):
        price_in(cell, "USD")


@pytest.mark.parametrize(
    ("cell", "pieces"),
    [
        ("40", 40),
        ("40.0", 40),
        ("1,200", 1200),
        ("12 pcs", 12),
        ("-2", 0),
        ("out of stock", 0),
        ("In Stock", None),
        ("-", None),
    ],
)
def test_pieces_are_read(cell: str, pieces: int | None) -> None:
    assert pieces_in(cell) == pieces


@pytest.mark.parametrize(
    ("cell", "unit", "grams"),
    [("250", "g", 250), ("0.250", "kg", 250), ("1,5 kg", "g", 1500), ("1 lb", "g", 454)],
)
def test_weights_are_read(cell: str, unit: str, grams: int) -> None:
    assert grams_in(cell, unit) == grams


@pytest.mark.parametrize("cell", ["heavy", "2 stone", "1.2.3", "9" * 12])
def test_what_is_no_weight_is_refused(cell: str) -> None:
    with pytest.raises(CellError):
        grams_in(cell)


@pytest.mark.parametrize("cell", ["many", "4.5", "9" * 12])
def test_what_is_no_number_of_pieces_is_refused(cell: str) -> None:
    with pytest.raises(CellError):
        pieces_in(cell)


@given(st.lists(WORDS, max_size=5))
def test_a_list_comes_back_out_of_its_cell(words: list[str]) -> None:
    assert list_in(listed(words)) == words


@given(st.dictionaries(WORDS, WORDS, max_size=5))
def test_names_with_values_come_back_out_of_their_cell(pairs: dict[str, str]) -> None:
    assert pairs_in(paired(pairs)) == pairs


@given(st.text(st.sampled_from("'=+-@a1\uff1d \t\r\n"), max_size=6))
def test_no_cell_is_a_formula_and_none_is_lost(cell: str) -> None:
    assert guarded(cell)[:1] not in {"=", "+", "-", "@", "\uff1d", "\t", "\r", "\n"}
    assert guarded(cell).lstrip()[:1] not in {"=", "+", "-", "@", "\uff1d"}
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize(("cell", "currency"), [("4.5051", "USD"), ("1200.50", "UGX")])
def test_a_price_for_which_there_are_no_coins_is_refused_and_not_rounded(
    cell: str, currency: str
) -> None:
    with pytest.raises(CellError, match=f"more decimals than {currency}"):
        price_in(cell, currency)


def test_zeros_behind_the_cents_are_no_decimals() -> None:
    assert price_in("4.5000", "USD").amount == Decimal("4.50")
