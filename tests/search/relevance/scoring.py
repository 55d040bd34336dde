"""How good a list of products is, by the judgements: nDCG@10, each half of the queries apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from math import log2
from pathlib import Path
from typing import Any, Final

import yaml

_QUERIES: Final = Path(__file__).parent / "queries.yaml"
DEPTH: Final = 10


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A query, and what each product is worth to who asks it."""

    text: str
    kind: str
    language: str
    grades: Mapping[str, int]

    @property
    def held_out(self) -> bool:
        """Tell whether nothing may be tuned on it."""
        return bool(blake2b(self.text.encode()).digest()[0] & 1)


@cache
def judged() -> tuple[Judged, ...]:
    """Return the queries to which something on the shelves is worth something."""
    said: Sequence[Mapping[str, Any]] = yaml.safe_load(_QUERIES.read_text("utf-8"))
    found = (
        Judged(str(one["query"]), one["kind"], one["language"], one.get("grades") or {})
        for one in said
    )
    return tuple(one for one in found if one.grades)


def ndcg(shown: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return 1 where the best possible list is shown, 0 where nothing of worth is."""
    best = sorted(grades.values(), reverse=True)
    return _gain([grades.get(sku, 0) for sku in shown]) / _gain(best)


def _gain(grades: Sequence[int]) -> float:
    return sum(((1 << grade) - 1) / log2(place + 2) for place, grade in enumerate(grades[:DEPTH]))


def mean(scores: Sequence[float]) -> float:
    return sum(scores) / len(scores)


@dataclass(frozen=True, slots=True)
class Result:
    """What one way of searching was worth for each query."""

    scores: Mapping[Judged, float]

    def of(self, *, held_out: bool) -> float:
        return mean([score for one, score in self.scores.items() if one.held_out is held_out])

    @property
    def overall(self) -> float:
        return mean(list(self.scores.values()))
