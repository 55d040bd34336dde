"""Search on PostgreSQL: a weighted `tsvector` of our own words under a GIN index.

The words are those that every engine has: PostgreSQL's own parser parts them by the locale of the
database. Each carries its scope, so that no other merchant's documents are read.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Integer, Text, bindparam, cast, func, select, text, union_all
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from sokoni.db.prepared import Prepared
from sokoni.search.base import Order
from sokoni.search.kept import (
    COLUMNS,
    DOCUMENTS,
    ORDERS,
    TERMS,
    Shape,
    Statement,
    bound,
    candidates_of,
    delete_rows,
    insert_rows,
    paged,
    suits,
    update_rows,
)
from sokoni.search.rows import APART, JOINED
from sokoni.search.spelling import beginning_alike
from sokoni.search.wanted import Candidate, Engine, Group, Scope, Wanted

_TIERS: Final = range(7, -1, -1)
_PREFIX: Final = slice(2, 8)
_ALIKE: Final = 40
_LIKENESS: Final = 0.2
_ALL: Final = "a_"
"""A mark that every document carries."""


class PostgresqlEngine(Engine):
    """Reads all matches where they are few, and those most in demand where they are many."""

    @override
    async def add(self, session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
        await insert_rows(session, [_with_vector(row) for row in rows])

    @override
    async def change(self, session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
        changed = [{**_with_vector(row), "was": row["number"]} for row in rows]
        await update_rows(session, changed)

    @override
    async def remove(self, session: AsyncSession, scope: Scope, ids: Sequence[UUID]) -> None:
        await delete_rows(session, scope, ids)

    @override
    async def candidates(self, session: AsyncSession, wanted: Wanted) -> list[Candidate]:
        shape, values = Shape.of(wanted), {**bound(wanted), **_asked(wanted)}
        if wanted.order is not Order.BEST:
            return candidates_of(await _ordered(shape).rows(session, values))
        many = wanted.skip + wanted.limit + 1
        few = {**values, "limit": many, "skip": 0}
        found = candidates_of(await _any(shape).rows(session, few))
        if len(found) < many and not wanted.skip:
            return found
        return candidates_of(await _by_tier(shape).rows(session, values))

    @override
    async def alike(self, session: AsyncSession, scope: Scope, word: str) -> list[str]:
        has = "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"
        if await session.scalar(text(has)) is None:
            return await beginning_alike(session, scope, word)
        await session.execute(text(f"SET LOCAL pg_trgm.similarity_threshold = {_LIKENESS}"))
        columns = TERMS.c
        statement = select(columns.term).where(
            columns.term.bool_op("%")(word),
            columns.merchant_id == scope.merchant_id,
            columns.shelf == scope.shelf,
        )
        likest = func.similarity(columns.term, word).desc()
        return list(await session.scalars(statement.order_by(likest).limit(_ALIKE)))


def _matching(shape: Shape, asked: str) -> Statement:
    query = cast(bindparam(asked, type_=Text()), TSQUERY)
    return select(*COLUMNS).where(DOCUMENTS.c.vector.bool_op("@@")(query), *suits(shape))


@cache
def _ordered(shape: Shape) -> Prepared:
    return Prepared(paged(_matching(shape, "asked"), *ORDERS[shape.order]))


@cache
def _any(shape: Shape) -> Prepared:
    """Build once what reads the first matches that the index comes upon."""
    return Prepared(paged(_matching(shape, "asked")))


@cache
def _by_tier(shape: Shape) -> Prepared:
    """Read one tier after the other: PostgreSQL begins the next only where more are wanted."""
    tiers = [_matching(shape, f"asked_{tier}") for tier in _TIERS]
    limit, skip = (bindparam(name, type_=Integer()) for name in ("limit", "skip"))
    return Prepared(union_all(*tiers).limit(limit).offset(skip))


def _asked(wanted: Wanted) -> dict[str, str]:
    """Return what is wanted in the language of PostgreSQL, in all tiers and in each."""
    prefix = wanted.scope.mark[_PREFIX]
    conditions = list(_conditions(wanted, prefix)) or [_quoted(prefix, _ALL)]
    asked = " & ".join(conditions)
    return {"asked": asked} | {
        f"asked_{tier}": f"{asked} & {_quoted(prefix, _tier(tier))}" for tier in _TIERS
    }


def _conditions(wanted: Wanted, prefix: str) -> Iterator[str]:
    for group in wanted.groups:
        yield _one_of(group, prefix)
    for marks in wanted.marks:
        yield f"({' | '.join(_quoted(prefix, mark) for mark in marks)})"


def _one_of(group: Group, prefix: str) -> str:
    said = (" & ".join(_quoted(prefix, word) for word in one.words) for one in group)
    return f"({' | '.join(f'({one})' for one in said)})"


def _with_vector(row: dict[str, Any]) -> dict[str, Any]:
    """Add the vector: every word once, with the weight of the best place where it stands."""
    scope_mark, *marks = row["marks"].split()
    words = dict.fromkeys([*marks, _tier(row["tier"]), _ALL], "D")
    for name, weight in (("body", "C"), ("words", "B"), ("names", "A")):
        words |= dict.fromkeys(row[name].split(), weight)
    for sign in (APART, JOINED):
        words.pop(sign, None)
    prefix = scope_mark[_PREFIX]
    return {**row, "vector": " ".join(f"{_quoted(prefix, w)}:1{at}" for w, at in words.items())}


def _tier(tier: int) -> str:
    return f"t_{tier}"


def _quoted(prefix: str, word: str) -> str:
    doubled = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{prefix}{doubled}'"
