"""Kinds of the merchant's own words that bookings are made with."""

from collections.abc import Mapping
from typing import Any, Final

from sokoni.capabilities.booking.settings import BookingSettings
from sokoni.language.phrases import Phrases

SERVICE: Final = "booking.service"
TROUBLE: Final = "booking.trouble"


def terms(declared: Mapping[str, Any]) -> Mapping[str, Phrases[str]]:
    """Return what the merchant's kinds of work are called, and what they are wanted for."""
    trades = BookingSettings.of(declared).trades.values()
    return {
        SERVICE: Phrases((name, trade.id) for trade in trades for name in trade.words()),
        TROUBLE: Phrases((sign, trade.id) for trade in trades for sign in trade.signs()),
    }
