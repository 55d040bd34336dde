"""What the fake Stripe takes: brackets as Stripe nests them, and nothing that it does not know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_SESSION: Final = """
    mode line_items success_url cancel_url client_reference_id metadata payment_intent_data
    customer_email expires_at locale expand phone_number_collection allow_promotion_codes ui_mode
"""
SESSION: Final = frozenset(_SESSION.split())
"""Parameters of a session that are known here; a test holds them against the SDK's own."""
REFUND: Final = frozenset({"payment_intent", "charge", "amount", "reason", "metadata", "expand"})
DISPUTES_OVER: Final = frozenset({"won", "lost", "prevented", "warning_closed"})
_REASONS: Final = frozenset({"duplicate", "fraudulent", "requested_by_customer"})
_THREE_DECIMALS: Final = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
_HALF_AN_HOUR: Final = 1800
_A_DAY: Final = 86_400
_LEAST: Final = {"usd": 50, "eur": 50, "gbp": 30, "aed": 200, "inr": 50}


class Refusal(Exception):  # noqa: N818 -- what Stripe says no to
    """A 400. `code` as in Stripe's errors."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Price:
    """What a session is for."""

    total: int
    currency: str


def nested(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return what bracketed names say: `line_items[0][price_data][currency]=usd`."""
    said: dict[str, Any] = {}
    for name, value in pairs:
        steps = name.replace("]", "").split("[")
        place = said
        for step in steps[:-1]:
            place = place.setdefault(step, {})
        place[steps[-1]] = value
    return said


def checked_session(said: Mapping[str, Any], now: float) -> Price:
    """Return what is to be paid, or raise `Refusal` as Stripe refuses."""
    _known(said, SESSION)
    for name in ("mode", "line_items", "success_url"):
        if name not in said:
            raise Refusal("parameter_missing", f"Missing required param: {name}.")
    ends = int(said.get("expires_at", now + _A_DAY))
    if not now + _HALF_AN_HOUR <= ends <= now + _A_DAY:
        raise Refusal("", "The `expires_at` must be between 30 minutes and 24 hours ahead")
    lines = list(said["line_items"].values())
    prices = [line["price_data"] for line in lines]
    currencies = {str(price["currency"]) for price in prices}
    if len(currencies) != 1:
        raise Refusal("", "All prices must be in one currency")
    currency = currencies.pop()
    if currency != currency.lower():
        raise Refusal("", f"Invalid currency: {currency}")
    total = sum(
        _whole(price["unit_amount"], currency) * int(line.get("quantity", 1))
        for line, price in zip(lines, prices, strict=True)
    )
    if total < _LEAST.get(currency, 1):
        raise Refusal("amount_too_small", "The amount is below the least that can be charged")
    return Price(total, currency)


def checked_refund(said: Mapping[str, Any], charge: Mapping[str, Any]) -> int:
    """Return how much is given back, or raise `Refusal`."""
    _known(said, REFUND)
    if said.get("reason", "duplicate") not in _REASONS:
        raise Refusal("", "Invalid reason")
    left = charge["amount"] - charge["amount_refunded"]
    amount = int(said.get("amount", left))
    if left == 0:
        raise Refusal("charge_already_refunded", "Charge has already been refunded.")
    if not 0 < amount <= left:
        raise Refusal("", "Refund amount is greater than unrefunded amount on charge")
    return amount


def _known(said: Mapping[str, Any], names: frozenset[str]) -> None:
    for name in said:
        if name not in names:
            raise Refusal("parameter_unknown", f"Received unknown parameter: {name}")


def _whole(text: object, currency: str) -> int:
    if not str(text).isdigit():
        raise Refusal("parameter_invalid_integer", f"Invalid integer: {text}")
    amount = int(str(text))
    if currency in _THREE_DECIMALS and amount % 10:
        raise Refusal("", "Amounts in three-decimal currencies must end in 0")
    if currency in {"isk", "ugx"} and amount % 100:
        raise Refusal("", "Amounts in this currency must end in 00")
    return amount
