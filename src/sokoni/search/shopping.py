"""The words of shoppers in all languages, read once from the word lists."""

from dataclasses import dataclass
from functools import cache

from sokoni.language.lexicon import phrases_in
from sokoni.language.phrases import Phrases
from sokoni.search.base import Order


@dataclass(frozen=True, slots=True)
class Shopping:
    """Word lists by what they say of a search."""

    asking: Phrases[str]
    """Say only that something is looked for."""
    saying_little: Phrases[str]
    """Name nothing, unless nothing else is said."""
    joining: Phrases[str]
    under: Phrases[str]
    over: Phrases[str]
    between: Phrases[str]
    to: Phrases[str]
    budget: Phrases[str]
    """Lead to what somebody can spend, where that wears a currency: "for $5"."""
    orders: tuple[tuple[Order, Phrases[str]], ...]
    in_stock: Phrases[str]
    out_of_stock: Phrases[str]
    brand: Phrases[str]
    section: Phrases[str]


@cache
def shopping() -> Shopping:
    orders = {
        Order.CHEAPEST: "cheapest",
        Order.DEAREST: "dearest",
        Order.NEWEST: "newest",
        Order.POPULAR: "popular",
    }
    return Shopping(
        asking=phrases_in("shopping", "asking"),
        saying_little=phrases_in("things", "stop"),
        joining=phrases_in("shopping", "joining"),
        under=phrases_in("shopping", "under"),
        over=phrases_in("shopping", "over"),
        between=phrases_in("shopping", "between"),
        to=phrases_in("shopping", "and"),
        budget=phrases_in("shopping", "budget"),
        orders=tuple((order, phrases_in("shopping", name)) for order, name in orders.items()),
        in_stock=phrases_in("shopping", "in_stock"),
        out_of_stock=phrases_in("shopping", "out_of_stock"),
        brand=phrases_in("shopping", "brand"),
        section=phrases_in("shopping", "section"),
    )
