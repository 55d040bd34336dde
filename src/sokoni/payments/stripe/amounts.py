"""Stripe's minor units, which are not always those of ISO 4217 (reference/providers.md §1.2)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from sokoni.kit.money import CURRENCIES, Money, exponent

_ZERO: Final = frozenset({"MGA"})
"""Without decimals at Stripe alone."""
_TWO: Final = frozenset({"ISK", "UGX"})
"""Without decimals, and sent with two that are 00."""
_ABSENT: Final = "BTN CUP ERN GHS IQD IRR KPW LYD MRU SDG SSP STN SYP TMT VES XCG ZWG"

TAKEN: Final = CURRENCIES - frozenset(_ABSENT.split())
"""What customers can be asked to pay in."""

_LEAST: Final = """
    USD=0.50 AED=2.00 AUD=0.50 BGN=1.00 BRL=0.50 CAD=0.50 CHF=0.50 CZK=15.00 DKK=2.50
    EUR=0.50 GBP=0.30 HKD=4.00 HUF=175.00 INR=0.50 JPY=50 MXN=10.00 MYR=2.00 NOK=3.00
    NZD=0.50 PLN=2.00 RON=2.00 SEK=3.00 SGD=0.50 THB=10.00
"""
LEAST: Final[Mapping[str, Decimal]] = {pair[:3]: Decimal(pair[4:]) for pair in _LEAST.split()}

STEPS: Final[Mapping[str, Decimal]] = {
    **{one: Decimal("0.01") for one in TAKEN if exponent(one) == 3},
    **{one: Decimal(1) for one in _ZERO},
}
"""Amounts in these must be whole multiples: a last decimal other than 0 is refused."""


def _places(currency: str) -> int:
    if currency in _ZERO:
        return 0
    return 2 if currency in _TWO else exponent(currency)


def minor(money: Money) -> int:
    """Return the amount as Stripe wants it."""
    units = money.amount.scaleb(_places(money.currency))
    if units != units.to_integral_value():
        raise ValueError(f"{money.currency} has no such fractions at Stripe")
    return int(units)


def major(units: int, currency: str) -> Decimal:
    """Return the amount that Stripe names."""
    code = currency.upper()
    return Money(Decimal(units).scaleb(-_places(code)), code).amount
