"""Readers that only a market needs: joiners' names, the most one would pay."""

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

import yaml
from typing_extensions import override

from sokoni.capabilities.marketplace.nouns import meaning_of, named, singular, trade_nouns
from sokoni.language.lexicon import words_in
from sokoni.language.phrases import Phrases
from sokoni.language.readers.money import MoneyReader
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.quantity import QuantityReader
from sokoni.language.readers.thing import NamedThingReader
from sokoni.language.readers.units import articles
from sokoni.language.reading import Doubt, Found, Price, Quantity, Reader, Scene
from sokoni.language.words import Words, words_of

_LONGEST_NAME: Final = 4
_POSSESSIVE: Final = re.compile(r"['\u2019]s$")
_LED: Final = re.compile(r"^(?:nezva|nezve|yika|lika|kuka|nguye|ngo|ngu|ya|ye|na|ka|u)(?=[A-Z])")
"""What Shona and Ndebele write together with a name."""
_FILE: Final = Path(__file__).with_name("words.yaml")
_OWN: Final = frozenset({"my", "our"})
_SINGLE: Final = frozenset({"~vehicles", "~property"})
"""Who sells "my car" sells one."""
_WIDEST_RANGE: Final = 10


class SellerNameReader(Reader):
    """Reads whom somebody asks about: "profile of Tendai", "Tendai ndiani"."""

    order = 55

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        for place in range(len(words.tokens)):
            found = _asked_about(words, place) or _asked_after(words, place)
            if found is not None and not _is_noun(str(found.value)):
                return found
        return None

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        found = self.find(words, scene)
        return None if found is None else str(found.value)


def _is_noun(name: str) -> bool:
    """Tell goods, as they are listed: people are called Chipo, which is nearly chips."""
    return trade_nouns().are_in([token.folded for token in words_of(name).tokens])


def _asked_about(words: Words, place: int) -> Found | None:
    """Read the name after "who is"; "about" leads to all sorts of things, and needs a capital."""
    for section, shown in (("about_whom", False), ("about_shown", True)):
        led = _words(section).at(words, place)
        start = end = led[1] if led else len(words.tokens)
        while end < len(words.tokens) and _may_name(words, end, shown=shown):
            end += 1
        if start < end <= start + _LONGEST_NAME:
            return Found(_bare(words.original(start, end)), place, end)
    return None


def _asked_after(words: Words, place: int) -> Found | None:
    """Read the name before "ndiani", or in "Tendai's profile"."""
    asked = _words("whom_about").at(words, place)
    if asked is None:
        whose = place and _POSSESSIVE.search(words.tokens[place - 1].folded)
        asked = _words("whose").at(words, place) if whose else None
    start = place if asked else 0
    while start and place - start < _LONGEST_NAME and _may_name(words, start - 1):
        start -= 1
    if asked is None or start == place:
        return None
    return Found(_bare(words.original(start, place)), start, asked[1])


def _may_name(words: Words, place: int, *, shown: bool = False) -> bool:
    token = words.tokens[place]
    if not (words.free[place] and token.is_word) or token.folded in _no_names():
        return False
    written = _LED.sub("", words.original(place, place + 1))
    return not shown or written[:1].isupper()


def _bare(name: str) -> str:
    """Return a name without what belongs to the sentence around it."""
    return _POSSESSIVE.sub("", _LED.sub("", name))


@cache
def _no_names() -> frozenset[str]:
    return words_in("things", "stop")


@cache
def _words(section: str) -> Phrases[str]:
    listed: dict[str, dict[str, list[str]]] = yaml.safe_load(_FILE.read_bytes())
    return Phrases((phrase, one) for one, said in listed[section].items() for phrase in said)


class MostReader(MoneyReader):
    """Reads the most a buyer would pay: "under" belongs to "under $400", not to the cow."""

    @override
    def look(self, words: Words, scene: Scene) -> Found | Doubt | None:
        found = super().look(words, scene)
        if isinstance(found, Doubt):
            found = _higher(found) or found
        limit = found and _words("price_limits").before(words, found.start)
        if found is None or not limit or not words.is_free(limit[1], found.start):
            return found
        return replace(found, start=limit[1])


def _higher(doubt: Doubt) -> Found | None:
    """Return the upper end of "$20-25": who would pay either would pay that."""
    prices = [one for one in doubt.candidates if isinstance(one, Price)]
    amounts = {Decimal(one.amount): one for one in prices}
    if len({one.currency for one in prices}) != 1:
        return None
    if max(amounts) > min(amounts) * _WIDEST_RANGE:
        return None  # 2.50 or 250: no buyer means both.
    return Found(amounts[max(amounts)], doubt.start, doubt.end)


class TradedThingReader(NamedThingReader):
    """Reads what somebody trades; goats and mbudzi are the same."""

    @override
    def named(self, value: str) -> str:
        return named(value)

    @override
    def knows(self, value: str) -> bool:
        return _is_traded(value)

    @override
    def may_know(self, words: Words) -> bool:
        spoken = [token.folded for token in words.tokens if token.is_word]
        # A lone word may be nearly a noun.
        return len(spoken) == 1 or trade_nouns().are_in(spoken)


class MarketPlaceReader(PlaceReader):
    """Reads where things are traded; "dealers in cement" and "in baskets" name no place."""

    @override
    def is_other(self, name: str) -> bool:
        return _is_traded(name)


class OfferedQuantityReader(QuantityReader):
    """Reads "a goat" and "my car" as one: nobody who sells a car need be asked how many."""

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        return super().find(words, scene) or _one(words)


def _is_traded(thing: str) -> bool:
    return any(token.startswith(("=", "~")) for token in meaning_of(thing).required)


def _one(words: Words) -> Found | None:
    for place in range(len(words.tokens)):
        if words.is_free(place, place + 1) and (
            _is_single(words, place) or _is_mine(words, place)
        ):
            return Found(Quantity(1), place, place + 1)
    return None


def _is_mine(words: Words, place: int) -> bool:
    """Tell "dhongi rangu": there the word for "my" says that it is one."""
    if not place or words.tokens[place].folded not in _words("own_single"):
        return False
    return trade_nouns().counted_whole(words.phrase(place - 1, place))


def _is_single(words: Words, place: int) -> bool:
    """Tell whether an article, or "my", stands before the singular of something we know."""
    if words.glued(place + 1):
        return False  # A model: "Samsung A12".
    article = words.tokens[place].folded
    named = [token.folded for token in words.tokens[place + 1 : place + 3] if token.is_word]
    if not named or named[0] in _words("not_single"):
        return False
    if any(singular(word) != word for word in named):
        return False
    tokens = set(meaning_of(" ".join(named)).trades)
    if article in articles():
        return any(token.startswith("=") for token in tokens)
    return article in _OWN and bool(tokens & _SINGLE)
