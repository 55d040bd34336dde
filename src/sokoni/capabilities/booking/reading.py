"""Kinds of the merchant's own words that bookings are made with."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from typing_extensions import override

from sokoni.capabilities.booking.settings import BookingSettings
from sokoni.language.phrases import Phrases
from sokoni.language.reading import Found, Reader, Scene, Terms
from sokoni.language.signs import Signs
from sokoni.language.words import Words, words_of

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


class WhomReader(Reader):
    """Reads what is left of a message: a name may be in it, which only the flow can tell."""

    order = 120

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        left = [place for place, free in enumerate(words.free) if free]
        if not any(words.tokens[place].is_word for place in left):
            return None
        said = " ".join(words.tokens[place].folded for place in left)
        return Found(said, left[0], left[0], tuple((place, place + 1) for place in left))

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        found = self.find(words, scene)
        return None if found is None else str(found.value)
