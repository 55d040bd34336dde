"""Amounts that can be paid in coins: others are refused, and not rounded behind one's back."""

from decimal import Decimal

from sokoni.kit.money import Money
from sokoni.web.problems import Mistake, MistakenError


class PriceTooPreciseError(MistakenError):
    """An amount has more decimals than its currency."""

    code = "price_too_precise"
    http_status = 422


def money(amount: Decimal, currency: str, where: str = "price") -> Money:
    """Return an amount that the currency has, or raise `PriceTooPreciseError`."""
    found = Money(amount, currency)
    if found.amount != amount:
        raise PriceTooPreciseError([Mistake(where=where, problem="too_precise")])
    return found
