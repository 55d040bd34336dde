"""The statements that all engines share."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self, TypeAlias, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    Uuid,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.decimals import Thousandths
from sokoni.db.session import insert_once
from sokoni.search.base import Order
from sokoni.search.models import SearchDocument, SearchTerm
from sokoni.search.wanted import Candidate, Scope, Wanted

Statement: TypeAlias = Select[*tuple[Any, ...]]
DOCUMENTS: Final = cast("Table", SearchDocument.__table__)
TERMS: Final = cast("Table", SearchTerm.__table__)
_AT_A_TIME: Final = 500
COLUMNS: Final = tuple(
    DOCUMENTS.c[name]
    for name in (
        "document_id",
        "names",
        "words",
        "body",
        "facets",
        "in_stock",
        "popularity",
        "marks",
    )
)
ORDERS: Final = {
    Order.BEST: (DOCUMENTS.c.tier.desc(), DOCUMENTS.c.number.desc()),
    Order.CHEAPEST: (DOCUMENTS.c.price, DOCUMENTS.c.number.desc()),
    Order.DEAREST: (DOCUMENTS.c.price.desc(), DOCUMENTS.c.number.desc()),
    Order.NEWEST: (DOCUMENTS.c.document_id.desc(),),
    Order.POPULAR: (DOCUMENTS.c.popularity.desc(), DOCUMENTS.c.number.desc()),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What tells one statement from another; the values are bound when it runs."""

    order: Order
    least: bool
    most: bool
    without_stock: bool

    @classmethod
    def of(cls, wanted: Wanted) -> Self:
        least, most = wanted.price_min is not None, wanted.price_max is not None
        return cls(wanted.order, least, most, wanted.without_stock)


def bound(wanted: Wanted) -> dict[str, Any]:
    """Return the values of a statement by name."""
    return {
        "merchant": wanted.scope.merchant_id,
        "shelf": wanted.scope.shelf,
        "least": wanted.price_min,
        "most": wanted.price_max,
        "limit": wanted.limit,
        "skip": wanted.skip,
    }


def in_scope(scope: Scope) -> tuple[Any, ...]:
    return (DOCUMENTS.c.merchant_id == scope.merchant_id, DOCUMENTS.c.shelf == scope.shelf)


def suits(shape: Shape) -> tuple[ColumnElement[bool], ...]:
    """Return what keeps to one scope, the prices and the stock that are wanted."""
    columns = DOCUMENTS.c
    conditions = [
        columns.merchant_id == bindparam("merchant", type_=Uuid()),
        columns.shelf == bindparam("shelf"),
    ]
    if shape.least:
        conditions.append(columns.price >= bindparam("least", type_=Thousandths()))
    if shape.most:
        conditions.append(columns.price <= bindparam("most", type_=Thousandths()))
    if shape.without_stock:
        conditions.append(columns.in_stock.is_(False))
    if shape.order in {Order.CHEAPEST, Order.DEAREST}:
        conditions.append(columns.price.is_not(None))
    return tuple(conditions)


def paged(statement: Statement, *orders: ColumnElement[Any]) -> Statement:
    limit, skip = (bindparam(name, type_=Integer()) for name in ("limit", "skip"))
    return statement.order_by(*orders).limit(limit).offset(skip)


def candidates_of(rows: Iterable[Sequence[Any]]) -> list[Candidate]:
    return [Candidate(*row) for row in rows]


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield values in portions that every database takes as parameters of one statement."""
    listed = list(values)
    for start in range(0, len(listed), _AT_A_TIME):
        yield listed[start : start + _AT_A_TIME]


async def known(
    session: AsyncSession, scope: Scope, ids: Iterable[UUID]
) -> dict[UUID, tuple[int, str]]:
    """Return the number and the digest of the documents that are there."""
    found: dict[UUID, tuple[int, str]] = {}
    for some in chunks(ids):
        columns = DOCUMENTS.c
        statement = select(columns.document_id, columns.number, columns.digest)
        rows = await session.execute(
            statement.where(*in_scope(scope), columns.document_id.in_(some))
        )
        found |= {row[0]: (row[1], row[2]) for row in rows}
    return found


async def insert_rows(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await session.execute(insert(DOCUMENTS), list(rows))


async def update_rows(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write all columns of rows, each found by `was`, its number until now."""
    if rows:
        names = [name for name in rows[0] if name != "was"]
        statement = (
            update(DOCUMENTS)
            .where(DOCUMENTS.c.number == bindparam("was"))
            .values({name: bindparam(name) for name in names})
        )
        connection = await session.connection()
        await connection.execute(statement, list(rows))


async def delete_rows(session: AsyncSession, scope: Scope, ids: Iterable[UUID]) -> None:
    mine = delete(DOCUMENTS).where(*in_scope(scope))
    for some in chunks(ids):
        await session.execute(mine.where(DOCUMENTS.c.document_id.in_(some)))


async def known_terms(session: AsyncSession, scope: Scope, terms: set[str]) -> set[str]:
    """Return those of the words that stand or stood in names."""
    columns, found = TERMS.c, set[str]()
    mine = (columns.merchant_id == scope.merchant_id, columns.shelf == scope.shelf)
    for some in chunks(sorted(terms)):
        found.update(
            await session.scalars(select(columns.term).where(*mine, columns.term.in_(some)))
        )
    return found


async def add_terms(session: AsyncSession, scope: Scope, terms: set[str]) -> None:
    """Keep the words that are new, in one order for everybody: writers do not lock one another."""
    there = await known_terms(session, scope, terms)
    kept = {"merchant_id": scope.merchant_id, "shelf": scope.shelf}
    for some in chunks(sorted(terms - there)):
        await insert_once(session, TERMS, [{**kept, "term": term} for term in some])
