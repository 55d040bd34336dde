"""Statements that run with nearly every message: compiled once, handed to the driver as they are.

SQLAlchemy's way from a statement to its rows costs several times what SQLite takes to answer,
and as much again as a round trip to PostgreSQL. What is written here goes past that, and only
inside a transaction that SQLAlchemy began. Elsewhere statements run in the ordinary way.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from sqlalchemy import CompoundSelect, Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.plain import Change, reader, writer

Row = Sequence[Any]
Query: TypeAlias = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as one driver wants it."""

    sql: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]
    """Values that stand in the statement itself, as the driver takes them."""
    writers: Mapping[str, Change]
    readers: tuple[tuple[int, Change], ...]

    def values(self, bound: Mapping[str, Any]) -> list[Any]:
        values = []
        for name in self.names:
            if name in self.fixed:
                values.append(self.fixed[name])
                continue
            change = self.writers.get(name)
            values.append(change(bound[name]) if change else bound[name])
        return values

    def rows(self, raw: Sequence[Row]) -> list[Row]:
        if not self.readers:
            return list(raw)
        return [self._row(list(row)) for row in raw]

    def _row(self, row: list[Any]) -> Row:
        for place, read in self.readers:
            row[place] = read(row[place])
        return row


class Prepared:
    """One `SELECT` whose values are all bound by name."""

    def __init__(self, statement: Query) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    async def rows(self, session: AsyncSession, bound: Mapping[str, Any]) -> Sequence[Row]:
        """Return all rows. What the session has yet to write is written before."""
        if session.new or session.dirty or session.deleted:
            await session.flush()
        connection = (await session.connection()).sync_connection
        found = await self._past_sqlalchemy(connection, bound) if connection else None
        if found is not None:
            return found
        return (await session.execute(self._statement, dict(bound))).all()

    async def _past_sqlalchemy(
        self, connection: Connection, bound: Mapping[str, Any]
    ) -> list[Row] | None:
        run = _RUNNERS.get(connection.dialect.name)
        if run is None:
            return None
        compiled = self._compiled.get(connection.dialect.name)
        if compiled is None:
            compiled = _compile(self._statement, connection.dialect)
            self._compiled[connection.dialect.name] = compiled
        driver = connection.connection.driver_connection
        raw = await run(driver, compiled.sql, compiled.values(bound))
        return None if raw is None else compiled.rows(raw)


async def _on_sqlite(driver: Any, sql: str, values: list[Any]) -> Sequence[Row] | None:  # noqa: ANN401
    if not driver.in_transaction:
        return None
    try:
        return sqlite3.Cursor(driver).execute(sql, values).fetchall()
    except sqlite3.Error:
        # Said again in the ordinary way, it fails in the ordinary way.
        return None


async def _on_postgresql(driver: Any, sql: str, values: list[Any]) -> Sequence[Row] | None:  # noqa: ANN401
    if not driver.is_in_transaction():
        # SQLAlchemy begins it with the first statement that it runs itself.
        return None
    try:
        return cast("Sequence[Row]", await driver.fetch(sql, *values))
    except OSError:
        raise
    except Exception as error:
        raise DBAPIError(sql, None, error, hide_parameters=True) from error


_RUNNERS: Final = {"sqlite": _on_sqlite, "postgresql": _on_postgresql}


def _compile(statement: Query, dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect)
    names = tuple(compiled.positiontup or ())
    writers = {
        name: change
        for name in names
        if (change := writer(dialect.name, compiled.binds[name].type)) is not None
    }
    fixed = {
        name: writers[name](value) if name in writers else value
        for name in names
        if (value := compiled.params[name]) is not None
    }
    readers = tuple(
        (place, change)
        for place, column in enumerate(statement.selected_columns)
        if (change := reader(dialect.name, column.type)) is not None
    )
    return _Compiled(compiled.string, names, fixed, writers, readers)
