"""The few ways in which rows are written on every database."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Insert, Table, Update
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.db.base import MYSQL

Row = Mapping[str, Any]


async def rows_changed(
    connection: AsyncSession | AsyncConnection, statement: Update | Delete | Insert
) -> int:
    """Run a guarded write and return how many rows it touched."""
    result = await connection.execute(
        statement.execution_options(synchronize_session=False, preserve_rowcount=True)
    )
    return cast("CursorResult[Any]", result).rowcount


async def insert_once(
    connection: AsyncSession | AsyncConnection, table: Table, rows: Sequence[Row]
) -> int:
    """Insert the rows, silently leaving out those whose unique key is already there.

    Return how many were new; MariaDB and MySQL count those left out too.
    """
    if not rows:
        return 0
    dialect = (
        connection.dialect.name
        if isinstance(connection, AsyncConnection)
        else connection.get_bind().dialect.name
    )
    statement = _insert_or_ignore(table, dialect).execution_options(preserve_rowcount=True)
    result = await connection.execute(statement, list(rows))
    return cast("CursorResult[Any]", result).rowcount


def _insert_or_ignore(table: Table, dialect: str) -> Insert:
    if dialect in MYSQL:
        # INSERT IGNORE would also swallow values that do not fit.
        key = next(iter(table.primary_key)).name
        return mysql.insert(table).on_duplicate_key_update({key: table.c[key]})
    if dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
