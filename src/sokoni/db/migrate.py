"""Brings a database to the newest schema."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.db.base import MYSQL
from sokoni.db.engine import open_engine
from sokoni.db.revision import REVISIONS, newest

_OF_ONE_DATABASE: Final = "fts_"
_LOCK: Final = 7_360_911
"""Any number of our own: servers that start together migrate one after the other."""


async def upgrade(url: str, metadata: MetaData, revision: str = "head") -> None:
    """Apply every revision that is missing up to this one. A second run changes nothing."""
    engine = open_engine(url, pool_size=1)
    try:
        async with engine.begin() as connection, _alone(connection):
            await connection.run_sync(_upgrade, metadata, revision)
    finally:
        await engine.dispose()


def is_of_models(name: str | None, kind: str, _parents: object) -> bool:
    """Tell whether a table or index is one that models describe.

    What only one kind of database has, such as an index of full text, has a name of its own kind.
    """
    named = kind in {"table", "index"} and name is not None
    return not (named and str(name).startswith(_OF_ONE_DATABASE))


def write_revision(connection: Connection, metadata: MetaData, message: str) -> Path:
    """Write a revision for what the tables differ in from the database; return its file."""
    number = f"{int(newest()) + 1:04d}"
    config = _config(connection, metadata)
    command.revision(config, message=message, autogenerate=True, rev_id=number)
    return next(REVISIONS.glob(f"{number}_*.py"))


def _upgrade(connection: Connection, metadata: MetaData, revision: str) -> None:
    command.upgrade(_config(connection, metadata), revision)


def _config(connection: Connection | None = None, metadata: MetaData | None = None) -> Config:
    config = Config(attributes={"connection": connection, "metadata": metadata})
    config.set_main_option("script_location", str(REVISIONS.parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@asynccontextmanager
async def _alone(connection: AsyncConnection) -> AsyncIterator[None]:
    """Keep other servers from migrating meanwhile. SQLite's writer lock does so by itself."""
    name = connection.dialect.name
    if name == "postgresql":
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    elif name in MYSQL:
        await connection.execute(text(f"SELECT GET_LOCK('sokoni {_LOCK}', 600)"))
    try:
        yield
    finally:
        if name in MYSQL:
            await connection.execute(text(f"SELECT RELEASE_LOCK('sokoni {_LOCK}')"))
