"""Rows of one database written into another: what took long to load is copied in a tenth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.db.engine import open_engine
from sokoni.db.tables import load_models

Rows: TypeAlias = Mapping[Table, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """All rows of a database after something was loaded, and the time at which it was."""

    at: datetime
    rows: Rows


async def read_rows(engine: AsyncEngine) -> Rows:
    """Return every row of every table that has any, those that others name first."""
    rows: dict[Table, Sequence[Mapping[str, Any]]] = {}
    async with engine.connect() as connection:
        for table in load_models().sorted_tables:
            # Ids count up with time: a row stands behind those of its own table that it names.
            found = await connection.execute(select(table).order_by(*table.primary_key))
            if listed := [dict(row) for row in found.mappings()]:
                rows[table] = listed
    return rows


async def write_rows(url: str, rows: Rows) -> None:
    """Write them into a database that has the tables, and none of these rows."""
    engine = open_engine(url, pool_size=1)
    async with engine.begin() as connection:
        for table, listed in rows.items():
            await connection.execute(insert(table), listed)
            await _count_on(connection, table)
    await engine.dispose()


async def _count_on(connection: AsyncConnection, table: Table) -> None:
    """Have a key that counts up go on behind the rows; only PostgreSQL does not by itself."""
    key = table.autoincrement_column
    if key is None or connection.dialect.name != "postgresql":
        return
    counter = func.pg_get_serial_sequence(table.name, key.name)
    await connection.execute(select(func.setval(counter, select(func.max(key)).scalar_subquery())))
