"""Nouns of Shona and Ndebele in their other number: "zvingwa" are several of "chingwa".

Their plural stands at the front of the word, by the class that the noun is of. Which class a word
has is not known here: all that it may be is returned, for somebody who knows which words exist.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

from sokoni.search.words import section

_SHORTEST: Final = 3


def other_numbers(word: str) -> frozenset[str]:
    """Return what a folded word may be as a single thing, or as several."""
    return frozenset(
        there + word[len(here) :]
        for here, there in _pairs()
        if word.startswith(here) and len(word) >= len(here) + _SHORTEST
    )


@cache
def _pairs() -> Sequence[tuple[str, str]]:
    """Return how words begin of which another number begins otherwise, both ways."""
    listed = (one.partition(" ") for every in section("classes").values() for one in every)
    known = {(many, one) for many, _, one in listed}
    return sorted(known | {(one, many) for many, one in known})
