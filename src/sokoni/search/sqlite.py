"""Search on SQLite: FTS5 over the rows of documents, kept by triggers."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Integer, String, Uuid, bindparam, column, func, select, table, text
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
    bound,
    candidates_of,
    delete_rows,
    insert_rows,
    paged,
    suits,
    update_rows,
)
from sokoni.search.schema import FULL_TEXT, TRIGRAMS
from sokoni.search.wanted import Candidate, Engine, Group, Scope, Wanted

_INDEX: Final = table(FULL_TEXT, column("rowid", Integer), column(FULL_TEXT, String))
_TERMS: Final = table(TRIGRAMS, column("rowid", Integer), column(TRIGRAMS, String), column("rank"))
_TIER: Final = 1 << 40
"""Numbers of one tier: the upper tiers have the higher numbers, and FTS5 reads downwards."""


class SqliteEngine(Engine):
    """Reads matches in the order of their numbers, and stops where there are enough."""

    @override
    async def add(self, session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
        numbered = await _numbered(session, rows)
        # FTS5 writes its pending words whenever a number is smaller than the one before it.
        await insert_rows(session, sorted(numbered, key=lambda row: int(row["number"])))

    @override
    async def change(self, session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
        staying = [row for row in rows if row["number"] // _TIER == row["tier"]]
        moving = [row for row in rows if row["number"] // _TIER != row["tier"]]
        moved = await _numbered(session, [{**row, "was": row["number"]} for row in moving])
        await update_rows(session, [{**row, "was": row["number"]} for row in staying])
        await update_rows(session, moved)

    @override
    async def remove(self, session: AsyncSession, scope: Scope, ids: Sequence[UUID]) -> None:
        await delete_rows(session, scope, ids)

    @override
    async def candidates(self, session: AsyncSession, wanted: Wanted) -> list[Candidate]:
        values = {**bound(wanted), "asked": matched(wanted)}
        return candidates_of(await _statement(Shape.of(wanted)).rows(session, values))

    @override
    async def alike(self, session: AsyncSession, scope: Scope, word: str) -> list[str]:
        trigrams = " OR ".join(_quoted(word[at : at + 3]) for at in range(len(word) - 2))
        if not trigrams:
            return []
        values = {"merchant": scope.merchant_id, "shelf": scope.shelf, "asked": trigrams}
        return [row[0] for row in await _ALIKE.rows(session, values)]


_ALIKE: Final = Prepared(
    select(TERMS.c.term)
    .select_from(_TERMS, TERMS)
    .where(
        _TERMS.c[TRIGRAMS].op("MATCH")(bindparam("asked")),
        TERMS.c.number == _TERMS.c.rowid,
        TERMS.c.merchant_id == bindparam("merchant", type_=Uuid()),
        TERMS.c.shelf == bindparam("shelf"),
    )
    .order_by(text("rank"))
    .limit(40)
)


@cache
def _statement(shape: Shape) -> Prepared:
    """Build once what reads the matches: putting it together costs as much as running it."""
    statement = select(*COLUMNS).select_from(_INDEX, DOCUMENTS)
    statement = statement.where(
        _INDEX.c[FULL_TEXT].op("MATCH")(bindparam("asked")),
        DOCUMENTS.c.number == _INDEX.c.rowid,
        *suits(shape),
    )
    upper_tiers_first = (_INDEX.c.rowid.desc(),)
    orders = upper_tiers_first if shape.order is Order.BEST else ORDERS[shape.order]
    return Prepared(paged(statement, *orders))


def matched(wanted: Wanted) -> str:
    """Return what is wanted in the language of FTS5."""
    return " AND ".join(_conditions(wanted))


def _conditions(wanted: Wanted) -> Iterator[str]:
    for group in wanted.groups:
        yield _one_of(group)
    yield _quoted(wanted.scope.mark)
    for marks in wanted.marks:
        yield f"({' OR '.join(_quoted(mark) for mark in marks)})"


def _one_of(group: Group) -> str:
    said = (" AND ".join(_quoted(word) for word in one.words) for one in group)
    return f"({' OR '.join(f'({one})' for one in said)})"


def _quoted(word: str) -> str:
    doubled = word.replace('"', '""')
    return f'"{doubled}"'


async def _numbered(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give rows the next numbers of their tiers. SQLite has one writer at a time."""
    last: dict[int, int] = {}
    numbered = []
    for row in rows:
        tier = row["tier"]
        if tier not in last:
            first = tier * _TIER
            highest = select(func.max(DOCUMENTS.c.number)).where(
                DOCUMENTS.c.number > first, DOCUMENTS.c.number < first + _TIER
            )
            last[tier] = await session.scalar(highest) or first
        last[tier] += 1
        numbered.append({**row, "number": last[tier]})
    return numbered
