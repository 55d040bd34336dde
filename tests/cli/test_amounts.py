"""What is typed for an amount."""

from decimal import Decimal

import pytest
import typer

from sokoni.cli.amounts import amount_said


def test_an_amount_is_read_and_nothing_is_none() -> None:
    assert amount_said("4.50") == Decimal("4.50")
    assert amount_said("") is None


@pytest.mark.parametrize("said", ["NaN", "sNaN", "Infinity", "-4", "-0", "four"])
def test_what_nobody_can_pay_is_no_amount(said: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no amount"):
        amount_said(said)
