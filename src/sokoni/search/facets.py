"""Counts what a result can be narrowed by."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain

from sokoni.search.rows import FACET
from sokoni.search.wanted import Candidate


def facets_of(candidates: Iterable[Candidate]) -> Mapping[str, Mapping[str, int]]:
    """Return facet to value to count, the facet that splits best first; one value splits none."""
    listed = list(candidates)
    # Lines are counted whole: parting each of hundreds of documents would cost far more.
    lines = Counter(chain.from_iterable([one.facets.split("\n") for one in listed]))
    counts: dict[str, dict[str, int]] = {}
    for line, count in lines.most_common():
        name, _, value = line.partition(FACET)
        if value:
            counts.setdefault(name, {})[value] = count
    told = {name: found for name, found in counts.items() if len(found) > 1}
    best = sorted(told, key=lambda name: (-_split(told[name].values(), len(listed)), name))
    return {name: told[name] for name in best}


def _split(counts: Iterable[int], size: int) -> float:
    """Return how many documents knowing the value leaves out, on average."""
    return sum(count * (size - count) for count in counts) / size
