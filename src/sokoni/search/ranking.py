"""Puts what fits in order: by text, by how much it is in demand, by whether it is there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log1p
from typing import Final, TypeAlias

from sokoni.search.rows import APART, JOINED
from sokoni.search.wanted import Candidate, Group, Said

_FIELDS: Final = (1.0, 0.5, 0.2, 1.0)
"""What a word counts in a name, among the other words, in the description; and a mark."""
_Way: TypeAlias = tuple[tuple[str, ...], float, bool]
"""Words between spaces, what saying it so counts, and whether a name has to end in it."""
_EXACT: Final = 1.0
"""For being called exactly what was said."""
_IN_ORDER: Final = 0.2
_SHORT: Final = 0.3
"""For a name that says little else."""
_LAST: Final = 0.15
"""For a name that ends in what was said: "orange juice" is a juice."""
_DEMAND: Final = 0.3
_GONE: Final = 0.7
_STRONG: Final = 0.6
_MENTIONED: Final = 0.2
"""What a word comes to that stands in a description alone."""
_ENOUGH: Final = 3
_SIZE: Final = 2
"""Letters of a word that is a unit, or a size."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What ranking compares documents with."""

    groups: Sequence[Group]
    name: str = ""
    """The words as a name that is exactly this has them."""
    weights: Sequence[float] = ()
    """How much each group counts, 1 where nothing is said."""
    stock_matters: bool = True
    whole: bool = True
    """Whether every group must be there."""

    @cached_property
    def ways(self) -> Sequence[tuple[Sequence[_Way], float]]:
        """The ways to say each group, with what the group counts."""
        weights = self.weights or [1.0] * len(self.groups)
        return [
            ([(_looked_for(one), one.weight, one.head) for one in group], weight)
            for group, weight in zip(self.groups, weights, strict=True)
        ]

    @cached_property
    def by_head(self) -> bool:
        """Tell whether any way to say a group has to be what a name ends in."""
        return any(one.head for group in self.groups for one in group)

    @cached_property
    def heaviest(self) -> float:
        """What a document comes to that has every group in a name and nowhere else."""
        return sum(weight for _, weight in self.ways)

    @cached_property
    def said(self) -> frozenset[str]:
        """The words of all groups."""
        return frozenset(word for group in self.groups for one in group for word in one.words)


@dataclass(frozen=True, slots=True)
class Ranked:
    candidate: Candidate
    score: float
    text: float
    """What its words come to, wherever they stand."""
    weak: bool = False
    """Whether something that was said stands in its description alone."""


def ranked(
    candidates: Iterable[Candidate], asked: Asked, *, keep_order: bool = False
) -> list[Ranked]:
    """Return the candidates, best first, or rated in the order in which they come."""
    listed = list(candidates)
    most = log1p(max((one.popularity for one in listed), default=0)) or 1.0
    scored = _worth_showing([_rated(one, asked, most) for one in listed])
    if keep_order:
        return _strong_first(scored)
    scored.sort(key=lambda one: (-one.score, one.candidate.id))
    return scored


def _worth_showing(scored: Sequence[Ranked]) -> list[Ranked]:
    """Leave out what only mentions it, where there is enough that is it."""
    strong = [one for one in scored if one.text and not one.weak]
    return strong if len(strong) >= _ENOUGH else [one for one in scored if one.text]


def _strong_first(scored: Sequence[Ranked]) -> list[Ranked]:
    """Keep the order, but put last what only mentions it: "cheap coffee" is no coffee mug."""
    enough = _STRONG * max((one.text for one in scored), default=0.0)
    return sorted(scored, key=lambda one: one.text < enough)


def _rated(candidate: Candidate, asked: Asked, most: float) -> Ranked:
    text, name, weak = _text(candidate, asked)
    demand = 1 + _DEMAND * log1p(max(candidate.popularity, 0)) / most
    there = 1.0 if candidate.in_stock or not asked.stock_matters else _GONE
    return Ranked(candidate, (text + name) * demand * there, text, weak)


def _text(candidate: Candidate, asked: Asked) -> tuple[float, float, bool]:
    """Return what words come to, what a name adds, and whether one is only mentioned."""
    if not asked.groups:
        return 1.0, 0.0, False
    # Looking for a word between spaces is quicker than taking hundreds of texts apart.
    kept = (candidate.names, candidate.words, candidate.body, candidate.marks)
    texts = tuple([f" {text} " for text in kept])
    names = candidate.names.partition(f" {JOINED}")[0].split(f" {APART} ")
    heads = "".join([f" {_head(name.split())} " for name in names]) if asked.by_head else ""
    total, weak = 0.0, False
    for ways, weight in asked.ways:
        rate = _rate(texts, ways, heads)
        if not rate and asked.whole:
            return 0.0, 0.0, True
        total += rate * weight
        weak = weak or rate <= _MENTIONED
    best_name = max([_name(name, asked) for name in names])
    return total / asked.heaviest, best_name, weak


def _looked_for(said: Said) -> tuple[str, ...]:
    """Return the words between spaces; other words than the shopper's stand side by side."""
    if said.weight < 1:
        return (f" {' '.join(said.words)} ",)
    return tuple(f" {word} " for word in said.words)


def _rate(texts: Sequence[str], ways: Sequence[_Way], heads: str) -> float:
    """Return how well a document says one thing, in the best of the ways to say it."""
    best = 0.0
    for words, weight, head in ways:
        if head and f" {words[-1].split()[-1]} " not in heads:
            continue
        rate = 0.0
        for text, counts in zip(texts, _FIELDS, strict=True):
            for word in words:
                if word not in text:
                    break
            else:
                rate += counts
        best = max(best, rate * weight)
    return best


def _name(name: str, asked: Asked) -> float:
    """Return what a name adds that is much like what was said."""
    if name == asked.name:
        return _EXACT + _IN_ORDER + _SHORT + _LAST
    words = name.split()
    hits = sum([word in asked.said for word in words])
    if not hits:
        return 0.0
    added = _SHORT * hits / len(words)
    if " " in asked.name and f" {asked.name} " in f" {name} ":
        added += _IN_ORDER
    return added + (_LAST if _head(words) in asked.said else 0.0)


def _head(words: Sequence[str]) -> str:
    """Return the last word that is no size: "Ground Coffee 250 g" is coffee."""
    for word in reversed(words):
        if len(word) > _SIZE and word.isalpha():
            return word
    return words[-1]
