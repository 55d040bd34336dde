"""SQLite without a thread in between: its calls take microseconds, a hop to a thread takes more.

SQLAlchemy's async engine runs its synchronous core in a greenlet; a driver that never waits
needs no thread. What does wait is a transaction that writes, for the one before it: that wait
is an ordinary lock of the event loop, so nobody polls the database's own lock
(docs/decisions/0004-sqlite-in-the-loop.md).
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Generator
from types import ModuleType
from typing import Any, Final, Self

from sqlalchemy import URL, Connection, Pool, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_only
from typing_extensions import override

READING: Final = "sokoni_reading"
"""Execution option of a connection that only reads: on SQLite it waits for no writer."""

_PRAGMAS: Final = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
_PATIENCE_SECONDS: Final = 30
"""A transaction that waits longer for those before it gives up, and may be tried again."""
_OTHER_PROCESS_SECONDS: Final = 5
"""How long SQLite itself waits for a writer of another process; the loop stands still then."""


class _Nothing(Awaitable[None]):
    """Awaited, it is over at once: SQLAlchemy wants to see an async driver wait at least once."""

    @override
    def __await__(self) -> Generator[Any, None, None]:
        return
        yield


_NOTHING: Final = _Nothing()


class _Cursor(sqlite3.Cursor):
    @override
    def execute(self, *arguments: Any) -> Self:
        await_only(_NOTHING)
        return super().execute(*arguments)

    @override
    def executemany(self, *arguments: Any) -> Self:
        await_only(_NOTHING)
        return super().executemany(*arguments)

    async def _async_soft_close(self) -> None:
        """Do nothing: rows are read where they are wanted, without waiting."""


class _Connection(sqlite3.Connection):
    @override
    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)


class InlineDialect(SQLiteDialect_pysqlite):
    """Python's own sqlite3, called in the event loop's thread."""

    driver = "inline"
    is_async = True
    supports_statement_cache = True

    @classmethod
    @override
    def import_dbapi(cls) -> ModuleType:
        return sqlite3

    @classmethod
    @override
    def get_pool_class(cls, url: URL) -> type[Pool]:
        return AsyncAdaptedQueuePool

    @override
    def get_driver_connection(self, connection: DBAPIConnection) -> Any:
        return connection


registry.register("sqlite.inline", __name__, InlineDialect.__name__)


class WriterQueue:
    """Lets one transaction write at a time; the others wait without keeping the loop."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._holder: object = None

    def enter(self, connection: Connection) -> None:
        if self._lock.locked():
            await_only(asyncio.wait_for(self._lock.acquire(), _PATIENCE_SECONDS))
        else:
            await_only(self._lock.acquire())
        self._holder = _driver(connection)

    def leave(self, connection: Connection) -> None:
        self.leave_driver(_driver(connection))

    def leave_driver(self, driver: object, *_: object) -> None:
        """Let the next one in, if this connection was in."""
        if self._holder is not None and self._holder is driver:
            self._holder = None
            self._lock.release()


def _driver(connection: Connection) -> object:
    return connection.connection.dbapi_connection


def open_sqlite(url: URL) -> AsyncEngine:
    """Create an engine whose transactions begin IMMEDIATE, one after the other."""
    engine = create_async_engine(
        url,
        # An error's text must not repeat what somebody wrote.
        hide_parameters=True,
        connect_args={
            "timeout": _OTHER_PROCESS_SECONDS,
            "isolation_level": None,
            "cached_statements": 512,
            "check_same_thread": False,
            "factory": _Connection,
        },
    )
    queue = WriterQueue()

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in _PRAGMAS:
            sqlite3.Cursor(connection).execute(f"PRAGMA {pragma}")

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # The driver's own BEGIN would keep rows of a savepoint after the outer rollback.
        if connection.get_execution_options().get(READING):
            connection.exec_driver_sql("BEGIN")
            return
        queue.enter(connection)
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            queue.leave(connection)
            raise

    event.listen(engine.sync_engine, "commit", queue.leave)
    event.listen(engine.sync_engine, "rollback", queue.leave)
    # However a connection comes back, it holds nothing any more.
    event.listen(engine.sync_engine, "checkin", queue.leave_driver)
    return engine
