"""Many rows at once: arrays on PostgreSQL, plain tuples on SQLite, an executemany elsewhere."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, cast

from sqlalchemy import (
    Boolean,
    CursorResult,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    TextClause,
    Uuid,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from sokoni.db.base import UtcDateTime
from sokoni.db.plain import writer
from sokoni.db.session import Row, insert_once

# In this order: a small integer is an integer too.
_TYPES: Final[tuple[tuple[type[TypeEngine[Any]], str], ...]] = (
    (Uuid, "uuid"),
    (UtcDateTime, "timestamp"),
    (LargeBinary, "bytea"),
    (Boolean, "boolean"),
    (SmallInteger, "smallint"),
    (Integer, "integer"),
)


async def insert_many_once(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> int:
    """Insert rows that all name the same columns, leaving out those already there by a key.

    Return how many were new; MariaDB and MySQL count those left out too.
    """
    if not rows:
        return 0
    names = tuple(rows[0])
    if connection.dialect.name == "sqlite":
        return await _insert_tuples(connection, table, names, rows)
    if connection.dialect.name != "postgresql":
        return await insert_once(connection, table, rows)
    arrays = {name: [plain(row[name]) for row in rows] for name in names}
    result = await connection.execute(_unnesting(table, names), arrays)
    return cast("CursorResult[Any]", result).rowcount


async def _insert_tuples(
    connection: AsyncConnection, table: Table, names: tuple[str, ...], rows: Sequence[Row]
) -> int:
    """Insert past SQLAlchemy's types, which cost SQLite more than the insert itself."""
    writers = [(name, writer("sqlite", table.c[name].type)) for name in names]
    values = [
        tuple([write(row[name]) if write else row[name] for name, write in writers])
        for row in rows
    ]
    result = await connection.exec_driver_sql(
        _placing(table, names), values, execution_options={"preserve_rowcount": True}
    )
    return result.rowcount


@lru_cache(maxsize=64)
def _placing(table: Table, names: tuple[str, ...]) -> str:
    places = ", ".join("?" for _ in names)
    return (
        f"INSERT INTO {table.name} ({', '.join(names)}) "  # noqa: S608 -- names of our own tables
        f"VALUES ({places}) ON CONFLICT DO NOTHING"
    )


def plain(value: object) -> object:
    """Return a value as PostgreSQL's driver takes it in an array."""
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value


@lru_cache(maxsize=64)
def _unnesting(table: Table, names: tuple[str, ...]) -> TextClause:
    arrays = ", ".join(f"CAST(:{name} AS {_type_of(table, name)}[])" for name in names)
    return text(
        f"INSERT INTO {table.name} ({', '.join(names)}) "  # noqa: S608 -- names of our own tables
        f"SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING"
    ).execution_options(preserve_rowcount=True)


def _type_of(table: Table, name: str) -> str:
    kind = table.c[name].type
    return next((sql for type_, sql in _TYPES if isinstance(kind, type_)), "text")
