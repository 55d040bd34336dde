"""What a misspelt word may have been meant to be."""

from collections.abc import Iterable
from typing import Final

from rapidfuzz.distance import OSA
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.search.kept import TERMS
from sokoni.search.wanted import Scope

_FIRST_LETTERS: Final = 2
_AT_MOST: Final = 2000
_MEANT: Final = 3
"""Words that may take the place of one."""
_LONG: Final = 5
"""Letters from which on also the first may be wrong."""


async def beginning_alike(session: AsyncSession, scope: Scope, word: str) -> list[str]:
    """Return terms that begin like a word: its first letters, in their order or swapped."""
    head = word[:_FIRST_LETTERS]
    columns = TERMS.c
    heads = {head, head[::-1], word[:1] + word[2:3]}
    statement = select(columns.term).where(
        columns.merchant_id == scope.merchant_id,
        columns.shelf == scope.shelf,
        or_(*(columns.term.startswith(one, autoescape=True) for one in sorted(heads))),
    )
    return list(await session.scalars(statement.limit(_AT_MOST)))


def likeliest(word: str, terms: Iterable[str]) -> list[tuple[str, float]]:
    """Return the terms that the word may stand for, each with how sure that is, surest first."""
    rated = [(term, _likeness(word, term)) for term in terms if term != word]
    rated = [one for one in rated if one[1] > 0]
    best = max((likeness for _, likeness in rated), default=0.0)
    kept = [one for one in rated if one[1] >= best - 0.05]
    return sorted(kept, key=lambda one: (-one[1], len(one[0])))[:_MEANT]


def _likeness(word: str, term: str) -> float:
    """Return 0 where too many letters differ; a beginning of a longer word is like it."""
    begun = len(word) >= 4 and term.startswith(word)
    most = _errors(len(word))
    distance = OSA.distance(word, term, score_cutoff=most)
    if distance > most:
        return 0.5 if begun else 0.0
    same_start = 0.05 if word[0] == term[0] else 0.0
    if not same_start and len(word) < _LONG and sorted(word) != sorted(term):
        # Of a short word another first letter makes another word: "lol" is no "roll".
        return 0.5 if begun else 0.0
    return 0.9 - 0.2 * distance + same_start


def _errors(length: int) -> int:
    """Return how many letters may be wrong in a word of this length."""
    if length < 4:
        return 0 if length < 3 else 1
    return 1 if length < 6 else 2
