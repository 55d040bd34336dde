"""Search without a full text index, for MariaDB and MySQL: a row for every word of a document."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, delete, exists, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from sokoni.search.kept import (
    COLUMNS,
    DOCUMENTS,
    ORDERS,
    Shape,
    Statement,
    bound,
    candidates_of,
    chunks,
    delete_rows,
    insert_rows,
    known,
    paged,
    suits,
    update_rows,
)
from sokoni.search.models import SearchToken
from sokoni.search.rows import APART, JOINED
from sokoni.search.spelling import beginning_alike
from sokoni.search.wanted import Candidate, Engine, Scope, Wanted

_TOKENS: Final = cast("Table", SearchToken.__table__)


class TokenEngine(Engine):
    """Goes along the rows of one word, those most in demand first, and asks for the others."""

    @override
    async def add(self, session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
        await insert_rows(session, rows)
        for scope, mine in _by_scope(rows).items():
            there = await known(session, scope, (row["document_id"] for row in mine))
            numbered = [{**row, "number": there[row["document_id"]][0]} for row in mine]
            await _insert_tokens(session, numbered)

    @override
    async def change(self, session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
        await update_rows(session, [{**row, "was": row["number"]} for row in rows])
        await _delete_tokens(session, (row["number"] for row in rows))
        await _insert_tokens(session, rows)

    @override
    async def remove(self, session: AsyncSession, scope: Scope, ids: Sequence[UUID]) -> None:
        there = await known(session, scope, ids)
        await _delete_tokens(session, (number for number, _ in there.values()))
        await delete_rows(session, scope, ids)

    @override
    async def candidates(self, session: AsyncSession, wanted: Wanted) -> list[Candidate]:
        statement = paged(_matching(wanted), *ORDERS[wanted.order])
        return candidates_of(await session.execute(statement, bound(wanted)))

    @override
    async def alike(self, session: AsyncSession, scope: Scope, word: str) -> list[str]:
        return await beginning_alike(session, scope, word)


def _matching(wanted: Wanted) -> Statement:
    statement = select(*COLUMNS).where(*suits(Shape.of(wanted)))
    for group in wanted.groups:
        ways = (and_(*(_has(wanted.scope, word) for word in said.words)) for said in group)
        statement = statement.where(or_(*ways))
    for marks in wanted.marks:
        statement = statement.where(or_(*(_has(wanted.scope, mark) for mark in marks)))
    return statement


def _has(scope: Scope, token: str) -> ColumnElement[bool]:
    tokens = _TOKENS.alias()
    return exists().where(
        tokens.c.merchant_id == scope.merchant_id,
        tokens.c.shelf == scope.shelf,
        tokens.c.token == token,
        tokens.c.tier == DOCUMENTS.c.tier,
        tokens.c.number == DOCUMENTS.c.number,
    )


def _by_scope(rows: Iterable[dict[str, Any]]) -> dict[Scope, list[dict[str, Any]]]:
    found: dict[Scope, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(Scope(row["merchant_id"], row["shelf"]), []).append(row)
    return found


async def _insert_tokens(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    kept = ("merchant_id", "shelf", "tier", "number")
    tokens = [
        {**{name: row[name] for name in kept}, "token": word}
        for row in rows
        for word in _words(row)
    ]
    if tokens:
        await session.execute(insert(_TOKENS), tokens)


def _words(row: dict[str, Any]) -> list[str]:
    fields = (row[name].split() for name in ("names", "words", "body", "marks"))
    return sorted({word for field in fields for word in field} - {APART, JOINED})


async def _delete_tokens(session: AsyncSession, numbers: Iterable[int]) -> None:
    for some in chunks(numbers):
        await session.execute(delete(_TOKENS).where(_TOKENS.c.number.in_(some)))
