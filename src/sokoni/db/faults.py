"""Database errors that are nobody's fault: the same work, done again, may well pass."""

from typing import Final

from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

# Serialization, deadlock, lock not available, query cancelled by shutdown, too many connections.
_POSTGRESQL: Final = frozenset({"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300"})
# Deadlock, lock wait timeout, server gone, lost connection, cannot connect, shutting down.
_MYSQL: Final = frozenset({1213, 1205, 2006, 2013, 2002, 2003, 1053, 1020})
_NO_SAVEPOINT: Final = "SAVEPOINT"
_NOT_THERE: Final = 1305


def is_passing(error: BaseException) -> bool:
    """Tell whether a failure came from the database's state and not from the work itself."""
    if isinstance(error, (exc.TimeoutError, TimeoutError, OSError)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or _is_known(error)


def _is_known(error: DBAPIError) -> bool:
    original = error.orig
    state = str(getattr(original, "sqlstate", "") or "")
    if state in _POSTGRESQL or state.startswith("08"):
        return True
    words = str(original)
    if isinstance(error, (OperationalError, InterfaceError)):
        code = _mysql_code(original)
        # A deadlock took the whole transaction with it: nothing is left to go back to.
        lost = code == _NOT_THERE and _NO_SAVEPOINT in words
        if lost or code in _MYSQL:
            return True
    return "database is locked" in words or "connection is closed" in words


def _mysql_code(original: BaseException | None) -> object:
    return original.args[0] if original is not None and original.args else None
