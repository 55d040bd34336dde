"""Many rows at once: arrays on PostgreSQL, plain tuples on SQLite, an executemany elsewhere."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, cast

from sqlalchemy import (
    Boolean,
    CursorResult,
    Date,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    TextClause,
    Uuid,
    text,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from sokoni.db.base import MYSQL, UtcDateTime
from sokoni.db.plain import writer
from sokoni.db.session import Row, insert_once

# In this order: a small integer is an integer too.
_TYPES: Final[tuple[tuple[type[TypeEngine[Any]], str], ...]] = (
    (Uuid, "uuid"),
    (UtcDateTime, "timestamp"),
    (Date, "date"),
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
    result = await connection.exec_driver_sql(
        f"{_into(table, names)} ON CONFLICT DO NOTHING",
        _tuples(table, names, rows),
        execution_options={"preserve_rowcount": True},
    )
    return result.rowcount


def _tuples(table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    writers = [(name, writer("sqlite", table.c[name].type)) for name in names]
    return [
        tuple([write(row[name]) if write else row[name] for name, write in writers])
        for row in rows
    ]


@lru_cache(maxsize=64)
def _into(table: Table, names: tuple[str, ...]) -> str:
    places = ", ".join("?" for _ in names)
    # Names of our own tables.
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})"  # noqa: S608


@lru_cache(maxsize=64)
def _adding(table: Table, sums: tuple[str, ...]) -> str:
    key = ", ".join(column.name for column in table.primary_key)
    added = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in sums)
    return f"ON CONFLICT ({key}) DO UPDATE SET {added}"


async def add_up(
    connection: AsyncConnection, table: Table, rows: Sequence[Row], sums: Sequence[str]
) -> None:
    """Insert rows that all name the same columns; where one is there, add these columns to it."""
    if not rows:
        return
    names, dialect = tuple(rows[0]), connection.dialect.name
    if dialect in MYSQL:
        inserting = mysql.insert(table)
        added = {name: table.c[name] + inserting.inserted[name] for name in sums}
        await connection.execute(inserting.on_duplicate_key_update(added), list(rows))
        return
    adding = _adding(table, tuple(sums))
    if dialect == "sqlite":
        values = _tuples(table, names, rows)
        await connection.exec_driver_sql(f"{_into(table, names)} {adding}", values)
        return
    arrays = {name: [plain(row[name]) for row in rows] for name in names}
    await connection.execute(text(f"{_from_arrays(table, names)} {adding}"), arrays)


def plain(value: object) -> object:
    """Return a value as PostgreSQL's driver takes it in an array."""
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value


@lru_cache(maxsize=64)
def _unnesting(table: Table, names: tuple[str, ...]) -> TextClause:
    statement = f"{_from_arrays(table, names)} ON CONFLICT DO NOTHING"
    return text(statement).execution_options(preserve_rowcount=True)


@lru_cache(maxsize=64)
def _from_arrays(table: Table, names: tuple[str, ...]) -> str:
    arrays = ", ".join(f"CAST(:{name} AS {_type_of(table, name)}[])" for name in names)
    return (
        f"INSERT INTO {table.name} ({', '.join(names)}) "  # noqa: S608 -- names of our own tables
        f"SELECT * FROM unnest({arrays})"
    )


def _type_of(table: Table, name: str) -> str:
    kind = table.c[name].type
    return next((sql for type_, sql in _TYPES if isinstance(kind, type_)), "text")
