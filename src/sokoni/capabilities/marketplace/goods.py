"""Goods that may not be offered: by the channel's rules, or because the merchant says so."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from sokoni.capabilities.marketplace.nouns import meaning_of, plain_words

_FILE: Final = Path(__file__).with_name("goods.yaml")
_POLICY: Final = "whatsapp"


class Ban(StrEnum):
    """Who does not want something offered."""

    CHANNEL = "channel"
    MERCHANT = "merchant"


@dataclass(frozen=True, slots=True)
class Kind:
    """Goods of one kind."""

    tokens: frozenset[str]
    phrases: tuple[str, ...]
    but_not: tuple[str, ...]

    def holds(self, spoken: str, tokens: Collection[str]) -> bool:
        """Tell whether the words name something of the kind; `tokens` are what they mean."""
        for harmless in self.but_not:
            if f" {harmless} " in spoken:
                spoken = spoken.replace(f" {harmless} ", " ")
                if self.tokens:
                    return False
        if any(f" {phrase} " in spoken for phrase in self.phrases):
            return True
        return not self.tokens.isdisjoint(tokens)


@lru_cache(maxsize=4096)
def banned(thing: str, *, forbidden: tuple[str, ...], allowed: tuple[str, ...]) -> Ban | None:
    """Return who forbids a thing, None where nobody does.

    A merchant forbids kinds by their names, and anything else in words; and allows kinds that the
    channel forbids, at their own risk.
    """
    spoken, tokens = _spoken(thing), meaning_of(thing).tokens
    if any(_means(spoken, tokens, one) for one in forbidden):
        return Ban.MERCHANT
    known = kinds()
    rules = (known[name] for name in _policy() if name not in allowed)
    return Ban.CHANNEL if any(kind.holds(spoken, tokens) for kind in rules) else None


def _means(spoken: str, tokens: Collection[str], forbidden: str) -> bool:
    kind = kinds().get(forbidden)
    if kind is not None:
        return kind.holds(spoken, tokens)
    return set(meaning_of(forbidden).required) <= set(tokens)


@cache
def kinds() -> dict[str, Kind]:
    """Return the kinds of goods that can be forbidden, by name."""
    return {name: _kind(said) for name, said in _data()["kinds"].items()}


@cache
def _policy() -> tuple[str, ...]:
    return tuple(_data()["policies"][_POLICY])


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(_FILE.read_bytes())
    return data


def _kind(said: dict[str, list[str]]) -> Kind:
    goods = said["goods"]
    tokens = frozenset(one for one in goods if one.startswith(("=", "~")))
    words = (one for one in goods if one not in tokens)
    return Kind(tokens, _phrases(words), _phrases(said.get("but_not", [])))


def _phrases(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_spoken(one).strip() for one in words))


def _spoken(thing: str) -> str:
    """Return the words that count, as they are compared, a space around each."""
    return f" {' '.join(plain_words(thing))} "
