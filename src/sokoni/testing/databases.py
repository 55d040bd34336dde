"""Databases of one's own for a test run, beside the real ones, dropped afterwards."""

import logging
import os
import secrets
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Final, Self

from sqlalchemy import URL, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from sokoni.db.base import MYSQL
from sokoni.db.engine import open_engine, with_driver
from sokoni.db.tables import load_models
from sokoni.db.vault import new_key
from sokoni.errors import AppError
from sokoni.testing.copies import Loaded


class NoDatabaseError(AppError):
    """The server does not answer, or this user may not make databases."""

    code = "no_own_database"
    http_status = 503

    def __init__(self, url: URL) -> None:
        where = url.render_as_string(hide_password=True)
        super().__init__(
            f"No database could be made beside {where}. Does the server run, and may this user "
            "create databases?"
        )


SERVERS: Final = {
    "postgresql": os.environ.get(
        "SOKONI_TEST_POSTGRESQL", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
    ),
    "mariadb": os.environ.get(
        "SOKONI_TEST_MARIADB", "mariadb+asyncmy://root@127.0.0.1:3306/mysql?charset=utf8mb4"
    ),
}


@asynccontextmanager
async def own_database(kind: str, folder: Path) -> AsyncIterator[str]:
    """Make an empty database of `kind` (sqlite, postgresql, mariadb); yield its URL; drop it."""
    name = f"sokoni_test_{os.getpid()}_{secrets.token_hex(4)}"
    if kind == "sqlite":
        yield f"sqlite:///{folder / name}.db"
        return
    server = _server(make_url(SERVERS[kind]))
    await _make(server, name)
    try:
        yield server.url.set(database=name).render_as_string(hide_password=False)
    finally:
        await _drop(server, name)


@asynccontextmanager
async def database_beside(url: str) -> AsyncIterator[str]:
    """Make an empty database of the same kind beside a configured one; yield its URL; drop it."""
    parsed = with_driver(url)
    made = await _make_beside(parsed)
    try:
        yield made.render_as_string(hide_password=False)
    finally:
        await _drop_beside(parsed, made)


async def _make_beside(url: URL) -> URL:
    name = f"sokoni_own_{os.getpid()}_{secrets.token_hex(4)}"
    if url.get_backend_name() == "sqlite":
        path = _file(url).with_name(f"{name}.db")
        return url.set(drivername="sqlite", database=str(path))
    await _make(_server(url), name)
    return url.set(database=name)


async def _drop_beside(url: URL, made: URL) -> None:
    if made.get_backend_name() != "sqlite":
        await _drop(_server(url), made.database or "")
        return
    path = _file(made)
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink()


def _file(url: URL) -> Path:
    return Path(url.database or "").absolute()


def _server(url: URL) -> AsyncEngine:
    return create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")


async def _make(server: AsyncEngine, name: str) -> None:
    try:
        async with server.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
    except (SQLAlchemyError, OSError) as error:
        await server.dispose()
        raise NoDatabaseError(server.url) from error


async def _drop(server: AsyncEngine, name: str) -> None:
    force = " WITH (FORCE)" if server.dialect.name == "postgresql" else ""
    async with server.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name}{force}"))
    await server.dispose()


async def unreachable(kind: str) -> str:
    """Return why the server of this kind cannot be used, or "" where it can."""
    if kind == "sqlite":
        return ""
    server = create_async_engine(SERVERS[kind], poolclass=NullPool)
    try:
        async with server.connect():
            return ""
    except (SQLAlchemyError, OSError) as error:
        return f"no {kind} here: {type(error).__name__}"
    finally:
        await server.dispose()


async def create_tables(url: str) -> None:
    """Create every table. Migrations have tests of their own that compare the two."""
    # MariaDB remarks on every primary key that it does not use the name we gave it.
    logging.getLogger("asyncmy").setLevel(logging.ERROR)
    engine = open_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(load_models().create_all)
    await engine.dispose()


async def forget_at_once(url: str) -> None:
    """Have a database that nobody misses after a crash wait for no disk."""
    engine = open_engine(url)
    if engine.dialect.name == "postgresql":
        async with engine.begin() as connection:
            name = with_driver(url).database
            await connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    await engine.dispose()


async def empty_tables(engine: AsyncEngine) -> None:
    """Delete every row that was left; most tables have none, and are only looked at."""
    look, deletes = _emptying()
    async with engine.begin() as connection:
        if engine.dialect.name in MYSQL:
            await connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS=0")
        filled = (await connection.exec_driver_sql(look)).one()
        for delete, any_rows in zip(deletes, filled, strict=True):
            if any_rows:
                await connection.exec_driver_sql(delete)


@cache
def _emptying() -> tuple[str, Sequence[str]]:
    """Return what asks of each table whether it has rows, and what deletes them."""
    tables = list(reversed(load_models().sorted_tables))
    looks = (f"EXISTS ({select(text('1')).select_from(table)})" for table in tables)
    return f"SELECT {', '.join(looks)}", [str(table.delete()) for table in tables]


class Spares:
    """Databases beside a configured one, with all tables, that are lent again and again.

    To make one takes seconds, to empty it milliseconds. No connection is kept: each may be lent
    in an event loop of its own.
    """

    def __init__(self, beside: str) -> None:
        self.beside = beside
        self.key: Final = new_key()
        """With which servers seal what is in them, so that rows of one fit into another."""
        self.loaded: Final[dict[Hashable, Loaded]] = {}
        """What was loaded into one of them, to be copied into the next."""
        self._free: list[str] = []
        self._made: list[URL] = []

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[str]:
        """Yield the URL of an empty one; what fails in it is not lent again."""
        url = self._free.pop() if self._free else await self._make()
        yield url
        engine = open_engine(url, pool_size=1)
        await empty_tables(engine)
        await engine.dispose()
        self._free.append(url)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Drop all that were made."""
        while self._made:
            await _drop_beside(with_driver(self.beside), self._made.pop())

    async def _make(self) -> str:
        # No context of an event loop's own: what one loop has open ends with it.
        made = await _make_beside(with_driver(self.beside))
        self._made.append(made)
        url = made.render_as_string(hide_password=False)
        await create_tables(url)
        await forget_at_once(url)
        return url
