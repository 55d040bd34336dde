"""What it costs to have goods brought: options, zones by words of the address, weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sokoni.capabilities.store.settings import DeliveryOption, Zone
from sokoni.kit.money import Money
from sokoni.language.words import words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where goods go, in the contact's words and in ours."""

    text: str = ""
    town: str = ""
    country: str = ""

    def says(self, words: str) -> bool:
        """Tell whether these words stand in it, one after the other."""
        wanted = words_of(words).folded
        said = words_of(f"{self.text} , {self.town} , {self.country}").folded
        return bool(wanted) and f" {wanted} " in f" {said} "


@dataclass(frozen=True, slots=True)
class Offer:
    """A delivery option and what it costs for these goods."""

    option: DeliveryOption
    price: Money
    between: tuple[Money, Money] | None = None
    """What it costs at least and at most, where it is not known yet where to and that matters."""


def offers(
    options: Sequence[DeliveryOption],
    to: Destination | None,
    *,
    weight_grams: int,
    items: Money,
) -> Sequence[Offer]:
    """Return the options that go there with such a weight; no place: those that may.

    Where the place is not known yet, an option costs what its last zone does: the one that
    takes everywhere else.
    """
    found = []
    for option in options:
        zone = _zone(option, to)
        price = None if zone is None else _price(zone, weight_grams, items.amount)
        if price is None:
            continue
        between = _between(option, weight_grams, items) if to is None else None
        found.append(Offer(option, Money(price, items.currency), between))
    return found


def _between(
    option: DeliveryOption, weight_grams: int, items: Money
) -> tuple[Money, Money] | None:
    """Return the least and the most that the zones ask; None where all ask the same."""
    asked = (_price(zone, weight_grams, items.amount) for zone in option.zones)
    prices = {price for price in asked if price is not None}
    if option.collects or len(prices) < 2:
        return None
    return Money(min(prices), items.currency), Money(max(prices), items.currency)


def _zone(option: DeliveryOption, to: Destination | None) -> Zone | None:
    if to is None or option.collects:
        return option.zones[-1]
    return next(
        (one for one in option.zones if not one.words or any(map(to.says, one.words))), None
    )


def _price(zone: Zone, weight_grams: int, items: Decimal) -> Decimal | None:
    """Return what a zone asks, None where it takes nothing so heavy."""
    if zone.free_above is not None and items >= zone.free_above:
        return Decimal(0)
    if not zone.steps:
        return zone.price
    fits = (
        step.price
        for step in zone.steps
        if step.up_to_grams is None or weight_grams <= step.up_to_grams
    )
    return next(fits, None)
