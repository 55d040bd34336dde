"""Statements compiled once for all engines of a test process, not for each engine anew.

A test opens a server or two, each with an engine of its own, and to compile its statements takes
a good part of the test. What is compiled hangs on the engine's dialect and on what the server told
it when it was first asked; so engines whose dialects say the same share the first one's.
"""

from collections.abc import Hashable
from typing import Any, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import Dialect

_TOLD: Final = (
    "driver",
    "server_version_info",
    "default_schema_name",
    "default_isolation_level",
    "_on_connect_isolation_level",
)
_FIRST: Final[dict[Hashable, Engine]] = {}


def share_compiled() -> None:
    event.listen(Engine, "engine_connect", _share)


def _share(connection: Connection) -> None:
    # The first connection is there: the dialect knows of its server what it wants to.
    engine: Any = connection.engine
    first: Any = _FIRST.setdefault(_kind(engine.dialect), engine)
    if first is not engine and engine.dialect is not first.dialect:
        engine.dialect = connection.dialect = first.dialect
        engine._compiled_cache = first._compiled_cache


def _kind(dialect: Dialect) -> Hashable:
    return type(dialect), *(getattr(dialect, name, None) for name in _TOLD)
