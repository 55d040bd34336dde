"""The currencies that merchants may name."""

from babel.core import get_global

from sokoni.kit.money import CURRENCIES


def test_every_currency_that_is_legal_tender_somewhere_is_known() -> None:
    tender = {
        code
        for used in get_global("territory_currencies").values()
        for code, _, until, legal in used
        if legal and until is None
    }

    assert tender - {"XXX"} <= CURRENCIES
    assert set(get_global("all_currencies")) >= CURRENCIES
