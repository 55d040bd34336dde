"""The index of a merchant's documents: one way to write, find and rank on every database."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from sokoni.kit.ids import MerchantId
from sokoni.search.base import Document, Found, Query, SearchIndex
from sokoni.search.classes import other_numbers
from sokoni.search.english import singular
from sokoni.search.finding import Finding
from sokoni.search.kept import add_terms, chunks, known, known_terms
from sokoni.search.phrasing import synonyms
from sokoni.search.postgresql import PostgresqlEngine
from sokoni.search.rows import row_of, terms_of
from sokoni.search.sqlite import SqliteEngine
from sokoni.search.tokens import TokenEngine
from sokoni.search.wanted import Engine, Scope

_ENGINES: Final[dict[str, type[Engine]]] = {
    "sqlite": SqliteEngine,
    "postgresql": PostgresqlEngine,
}


def index_for(session: AsyncSession) -> SearchIndex:
    """Return the index of the database that a session talks to."""
    return _index(session.get_bind().dialect.name)


@cache
def _index(dialect: str) -> SearchIndex:
    return Index(_ENGINES.get(dialect, TokenEngine)())


class Index(SearchIndex):
    """Does what is the same everywhere, and leaves the rest to an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @override
    async def put(
        self, session: AsyncSession, merchant_id: MerchantId, documents: Iterable[Document]
    ) -> int:
        changed = 0
        for some in chunks({(one.shelf, one.id): one for one in documents}.values()):
            for shelf in {one.shelf for one in some}:
                mine = [row_of(merchant_id, one) for one in some if one.shelf == shelf]
                changed += await self._put(session, Scope(merchant_id, shelf), mine)
        return changed

    async def _put(self, session: AsyncSession, scope: Scope, rows: list[dict[str, Any]]) -> int:
        await session.flush()
        there = await known(session, scope, (row["document_id"] for row in rows))
        new = [row for row in rows if row["document_id"] not in there]
        changed = [
            {**row, "number": there[row["document_id"]][0]}
            for row in rows
            if row["document_id"] in there and there[row["document_id"]][1] != row["digest"]
        ]
        await self._engine.add(session, new)
        await self._engine.change(session, changed)
        terms = {term for row in (*new, *changed) for term in terms_of(row)}
        await add_terms(session, scope, terms)
        return len(new) + len(changed)

    @override
    async def drop(
        self, session: AsyncSession, merchant_id: MerchantId, shelf: str, ids: Sequence[UUID]
    ) -> None:
        await self._engine.remove(session, Scope(merchant_id, shelf), ids)

    @override
    async def find(
        self, session: AsyncSession, merchant_id: MerchantId, shelf: str, query: Query
    ) -> Found:
        await session.flush()
        finding = Finding(session, self._engine, Scope(merchant_id, shelf), query)
        return await finding.found()

    @override
    async def named(
        self, session: AsyncSession, merchant_id: MerchantId, shelf: str, words: Iterable[str]
    ) -> frozenset[str]:
        forms = {word: _forms(word) for word in words}
        if not forms:
            return frozenset()
        scope = Scope(merchant_id, shelf)
        there = await known_terms(session, scope, {one for some in forms.values() for one in some})
        return frozenset(word for word, some in forms.items() if not some.isdisjoint(there))


def _forms(word: str) -> frozenset[str]:
    """Return what a folded word may stand as: in its other number, or another word for it."""
    plain = singular(word)
    others = synonyms(()).get((plain,), ())
    return other_numbers(word) | {plain, *(other[0] for other in others if len(other) == 1)}
