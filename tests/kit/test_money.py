"""The currencies that merchants may name."""

from decimal import Decimal
from typing import Any

import pytest
from babel.core import get_global

from sokoni.kit.money import CURRENCIES, Money, exponent


def test_every_currency_that_is_legal_tender_somewhere_is_known() -> None:
    tender = {
        code
        for used in get_global("territory_currencies").values()
        for code, _, until, legal in used
        if legal and until is None
    }

    assert tender - {"XXX"} <= CURRENCIES
    assert set(get_global("all_currencies")) >= CURRENCIES


def test_decimals_are_those_of_iso_4217() -> None:
    none = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
    three = "BHD IQD JOD KWD LYD OMR TND"

    assert {one for one in CURRENCIES if exponent(one) == 0} == set(none.split())
    assert {one for one in CURRENCIES if exponent(one) == 3} == set(three.split())
    assert {exponent(one) for one in CURRENCIES} == {0, 2, 3}
    # Where CLDR says otherwise.
    assert (exponent("IQD"), exponent("MGA"), exponent("ZWG")) == (3, 2, 2)


@pytest.mark.parametrize(
    ("amount", "currency", "kept"),
    [("2.345", "USD", "2.35"), ("2.5", "JPY", "3"), ("5.1245", "KWD", "5.125")],
)
def test_amounts_are_kept_in_minor_units_half_up(amount: str, currency: str, kept: str) -> None:
    assert str(Money(Decimal(amount), currency).amount) == kept


@pytest.mark.parametrize("wrong", [0.1, "2.50"])
def test_money_is_never_made_of_a_float(wrong: Any) -> None:  # noqa: ANN401 -- on purpose
    with pytest.raises(TypeError):
        Money(wrong, "USD")
    with pytest.raises(TypeError):
        Money(Decimal(1), "USD").times(wrong)
    with pytest.raises(TypeError):
        Money(Decimal(1), "USD").over(wrong)
