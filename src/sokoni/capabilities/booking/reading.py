"""Kinds of the merchant's own words that bookings are made with."""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from typing_extensions import override

from sokoni.capabilities.booking.settings import BookingSettings
from sokoni.capabilities.booking.trades import Services, offered
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
    services = BookingSettings.of(declared).services
    return {SERVICE: _names(services), **_signs(services)}


def service_called(declared: Mapping[str, Any], said: str) -> str | None:
    """Return the kind of work that is called exactly so in any language."""
    return _names(BookingSettings.of(declared).services).whole(words_of(said).folded)


@lru_cache(maxsize=64)
def _names(services: Services) -> Phrases[str]:
    """Merchants of the same services share their words."""
    trades = offered(services).values()
    return Phrases((name, trade.id) for trade in trades for name in trade.words())


@lru_cache(maxsize=64)
def _signs(services: Services) -> Mapping[str, Terms]:
    trades = offered(services).values()
    dealt = [(thing, trade.id) for trade in trades for thing in set(trade.dealt_with())]
    often = Counter(thing for thing, _ in dealt)
    told = Phrases((sign, trade.id) for trade in trades for sign in trade.told_by())
    return {
        THING: Phrases((thing, id_) for thing, id_ in dealt if often[thing] == 1),
        TROUBLE: Signs(told, (trade.sign() for trade in trades)),
    }


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
