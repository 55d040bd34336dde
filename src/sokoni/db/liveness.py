"""Asks a pooled connection whether it lives only where nobody used it for a while.

To ask takes three round trips to PostgreSQL, more than most transactions. The driver hears of a
server that hangs up without being asked; a line that was cut in silence it does not.
"""

from time import monotonic
from typing import Any, Final

from sqlalchemy import Dialect, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

SILENCE_SECONDS: Final = 5.0
_LEFT: Final = "sokoni_left"


def ask_after_silence(engine: AsyncEngine, seconds: float = SILENCE_SECONDS) -> None:
    """Have connections of asyncpg that are dead replaced, with all others, before they are lent.

    One that was used within `seconds` is not asked: what the driver knows of it is enough.
    """
    dialect = engine.dialect

    def left(_: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[_LEFT] = monotonic()

    def lent(connection: DBAPIConnection, entry: ConnectionPoolEntry, _: object) -> None:
        since = entry.info.get(_LEFT)
        if since is None:
            return
        driver: Any = entry.driver_connection
        silent = monotonic() - since >= seconds
        if driver.is_closed() or (silent and not _answers(dialect, connection)):
            raise InvalidatePoolError

    event.listen(engine.sync_engine, "checkin", left)
    event.listen(engine.sync_engine, "checkout", lent)


def _answers(dialect: Dialect, connection: DBAPIConnection) -> bool:
    try:
        return dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        return False
