"""Measures search alone: a catalogue is loaded, searched, and changed, in one process."""

import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

import psutil
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.db.engine import READING, open_engine
from sokoni.db.migrate import upgrade
from sokoni.db.tables import load_models
from sokoni.kit.ids import MerchantId, new_id
from sokoni.search.base import Document, Query
from sokoni.search.index import index_for
from sokoni.search.kept import DOCUMENTS
from sokoni.search.schema import FULL_TEXT, POSTGRESQL_DOCUMENTS
from sokoni.testing.bench.figures import quantile
from sokoni.testing.bench.shelves import SHELF, Catalogue
from sokoni.testing.databases import own_database

T = TypeVar("T")
_PORTION: Final = 5_000
_WARMING: Final = 100
_CHANGES: Final = 300
_BULK: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFigures:
    """One run. Times in milliseconds, processor time of this process and the server's together."""

    loaded_per_second: float
    p50: float
    p95: float
    p99: float
    cpu: float
    """A search, on average."""
    found: float
    """The part of the searches that found something."""
    changes_per_second: float
    """Each in a transaction of its own."""
    changes_cpu: float
    bulk_per_second: float
    """Many changes in one transaction."""
    database_megabytes: float


async def measure_search(
    kind: str, products: int, searches: int, copies: int = 0
) -> SearchFigures:
    """Measure in a database of its own, of this kind."""
    with tempfile.TemporaryDirectory() as folder:
        async with own_database(kind, Path(folder)) as url:
            await upgrade(url, load_models())
            engine = open_engine(url, pool_size=1)
            try:
                return await Searching(engine, Catalogue(products), copies).figures(searches)
            finally:
                await engine.dispose()


class Searching:
    """One catalogue in one database, and what is done with it."""

    def __init__(self, engine: AsyncEngine, catalogue: Catalogue, copies: int = 0) -> None:
        """Take how often PostgreSQL copies the catalogue by itself, which is much quicker."""
        self._engine = engine
        self._catalogue = catalogue
        self._copies = copies
        self._merchant_id = MerchantId(new_id())
        self._server: psutil.Process | None = None

    async def figures(self, searches: int) -> SearchFigures:
        loading = await self._loaded()
        await self._settle()
        for query in self._catalogue.queries(_WARMING):
            await self._search(query)
        before = self._cpu()
        queries = self._catalogue.queries(searches)
        taken = [await self._search(query) for query in queries]
        cpu = (self._cpu() - before) / searches * 1000
        changing, changes_cpu = await self._changed_one_by_one()
        bulk = await self._changed_together()
        waits = sorted(seconds * 1000 for seconds, _ in taken)
        return SearchFigures(
            loaded_per_second=self._catalogue.products / loading,
            p50=quantile(waits, 0.50),
            p95=quantile(waits, 0.95),
            p99=quantile(waits, 0.99),
            cpu=cpu,
            found=sum(hits > 0 for _, hits in taken) / searches,
            changes_per_second=changing,
            changes_cpu=changes_cpu,
            bulk_per_second=bulk,
            database_megabytes=await self._megabytes(),
        )

    async def _loaded(self) -> float:
        """Load everything, and make PostgreSQL's index last. Copying does not count."""
        begin = time.perf_counter()
        await self._on_postgresql(f"DROP INDEX {FULL_TEXT}")
        for some in _portions(self._catalogue.documents(), _PORTION):
            await self._put(some)
        taken = time.perf_counter() - begin
        if self._copies:
            await self._on_postgresql(_copying(self._copies))
        await self._on_postgresql(*POSTGRESQL_DOCUMENTS)
        return taken

    async def _on_postgresql(self, *statements: str) -> None:
        if self._engine.dialect.name == "postgresql":
            async with self._engine.begin() as connection:
                for statement in statements:
                    await connection.exec_driver_sql(statement)

    async def _put(self, documents: Sequence[Document]) -> None:
        async with AsyncSession(self._engine) as session, session.begin():
            await index_for(session).put(session, self._merchant_id, documents)

    async def _settle(self) -> None:
        """Have the server know what is there, as it would after some minutes by itself."""
        if self._engine.dialect.name != "postgresql":
            return
        async with self._engine.connect() as connection:
            autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await autocommit.execute(text("VACUUM ANALYZE"))
            pid = await autocommit.scalar(text("SELECT pg_backend_pid()"))
        self._server = psutil.Process(pid)

    async def _search(self, query: Query) -> tuple[float, int]:
        begin = time.perf_counter()
        reading = self._engine.execution_options(**{READING: True})
        async with AsyncSession(reading) as session:
            found = await index_for(session).find(session, self._merchant_id, SHELF, query)
        return time.perf_counter() - begin, len(found.hits)

    async def _changed_one_by_one(self) -> tuple[float, float]:
        begin, before = time.perf_counter(), self._cpu()
        for number in self._some(_CHANGES):
            await self._put([self._catalogue.document(number, changed=1)])
        cpu = (self._cpu() - before) / _CHANGES * 1000
        return _CHANGES / (time.perf_counter() - begin), cpu

    async def _changed_together(self) -> float:
        numbers = list(self._some(min(_BULK, self._catalogue.products)))
        documents = [self._catalogue.document(number, changed=2) for number in numbers]
        begin = time.perf_counter()
        await self._put(documents)
        return len(documents) / (time.perf_counter() - begin)

    def _some(self, many: int) -> Iterator[int]:
        """Yield products from all over the catalogue."""
        step = max(self._catalogue.products // many, 1)
        return islice(iter(range(0, self._catalogue.products, step)), many)

    def _cpu(self) -> float:
        used = time.process_time()
        if self._server is not None:
            times = self._server.cpu_times()
            used += times.user + times.system
        return used

    async def _megabytes(self) -> float:
        sizes = {
            "sqlite": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
            "postgresql": "SELECT pg_database_size(current_database())",
        }
        size = sizes.get(self._engine.dialect.name)
        if size is None:
            return 0.0
        async with self._engine.connect() as connection:
            return float(await connection.scalar(text(size)) or 0) / 1e6


def _copying(copies: int) -> str:
    """Return what puts every document in again so many times, each with an id of its own."""
    own = ("number", "document_id")
    names = ", ".join(column.name for column in DOCUMENTS.c if column.name not in own)
    return (
        f"INSERT INTO {DOCUMENTS.name} (document_id, {names}) "  # noqa: S608 -- our own names
        f"SELECT gen_random_uuid(), {names} FROM {DOCUMENTS.name}, generate_series(1, {copies})"
    )


def _portions(values: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
