"""Kinds of the merchant's own words that bookings are made with."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from sokoni.capabilities.booking.settings import BookingSettings
from sokoni.language.phrases import Phrases
from sokoni.language.reading import Terms
from sokoni.language.signs import Signs
from sokoni.language.words import words_of

SERVICE: Final = "booking.service"
TROUBLE: Final = "booking.trouble"
THING: Final = "booking.thing"
"""What only one kind of work deals with."""


def terms(declared: Mapping[str, Any]) -> Mapping[str, Terms]:
    """Return what the merchant's kinds of work are called, and what they are wanted for."""
    trades = BookingSettings.of(declared).trades.values()
    things = Counter(thing for trade in trades for thing in set(trade.dealt_with()))
    told = Phrases((sign, trade.id) for trade in trades for sign in trade.told_by())
    return {
        SERVICE: Phrases((name, trade.id) for trade in trades for name in trade.words()),
        THING: Phrases(
            (thing, trade.id)
            for trade in trades
            for thing in trade.dealt_with()
            if things[thing] == 1
        ),
        TROUBLE: Signs(told, (trade.sign() for trade in trades)),
    }


def service_called(declared: Mapping[str, Any], said: str) -> str | None:
    """Return the kind of work that is called exactly so in any language."""
    words = words_of(said)
    trades = BookingSettings.of(declared).trades.values()
    names = Phrases((name, trade.id) for trade in trades for name in trade.words())
    return names.whole(words.phrase(0, len(words.tokens)))
