"""Databases of one's own for a test run, beside the real ones, dropped afterwards."""

import logging
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from sokoni.db.base import MYSQL
from sokoni.db.engine import open_engine, with_driver
from sokoni.db.tables import load_models
from sokoni.errors import AppError


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
    server = create_async_engine(SERVERS[kind], poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with _made(server, name):
        yield server.url.set(database=name).render_as_string(hide_password=False)


@asynccontextmanager
async def database_beside(url: str) -> AsyncIterator[str]:
    """Make an empty database of the same kind beside a configured one; yield its URL; drop it."""
    parsed = with_driver(url)
    name = f"sokoni_own_{os.getpid()}_{secrets.token_hex(4)}"
    if parsed.get_backend_name() == "sqlite":
        with _file_beside(parsed.database or "", name) as path:
            yield f"sqlite:///{path}"
        return
    server = create_async_engine(parsed, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with _made(server, name):
        yield server.url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def _file_beside(configured: str, name: str) -> Iterator[Path]:
    path = Path(configured).absolute().with_name(f"{name}.db")
    try:
        yield path
    finally:
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()


@asynccontextmanager
async def _made(server: AsyncEngine, name: str) -> AsyncIterator[None]:
    try:
        async with server.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
    except (SQLAlchemyError, OSError) as error:
        await server.dispose()
        raise NoDatabaseError(server.url) from error
    try:
        yield
    finally:
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


async def empty_tables(engine: AsyncEngine) -> None:
    """Delete every row that a test left; truncating so many tables takes PostgreSQL far longer."""
    emptied = [str(table.delete()) for table in reversed(load_models().sorted_tables)]
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # All in one message: each by itself would be prepared first.
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await driver.execute(";".join(emptied))
            return
        if engine.dialect.name in MYSQL:
            await connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS=0")
        for statement in emptied:
            await connection.exec_driver_sql(statement)
