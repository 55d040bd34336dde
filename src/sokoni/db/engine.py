"""Opens the database, whichever it is, the way our transactions need it."""

from typing import Any, Final

from sqlalchemy import URL, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from sokoni.db.base import MYSQL

READING: Final = "sokoni_reading"
"""Execution option of a connection that only reads: on SQLite it waits for no writer."""

_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
    "mysql": "mysql+asyncmy",
    "mariadb": "mariadb+asyncmy",
}


def with_driver(url: str) -> URL:
    """Return the URL with our async driver where it names none."""
    parsed = make_url(url)
    return parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))


def open_engine(url: str, *, pool_size: int = 10, worker: bool = False) -> AsyncEngine:
    """Create the engine. `worker` also tunes a PostgreSQL pool for the hot path's short plans."""
    parsed = with_driver(url)
    name = parsed.get_backend_name()
    if name == "sqlite":
        return _sqlite(parsed)
    options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": 0, "pool_pre_ping": True}
    # An error's text must not repeat what somebody wrote.
    options["hide_parameters"] = True
    if name in MYSQL:
        options["isolation_level"] = "READ COMMITTED"
        options["connect_args"] = {"charset": "utf8mb4"}
        options["pool_recycle"] = 1800
    elif worker:
        # Plans cached while tables were empty cost half of the throughput (pipeline.md, no. 2).
        options["connect_args"] = {
            "server_settings": {
                "enable_seqscan": "off",
                "enable_hashjoin": "off",
                "enable_mergejoin": "off",
            }
        }
    return create_async_engine(parsed, **options)


def _sqlite(url: URL) -> AsyncEngine:
    engine = create_async_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": 30, "isolation_level": None, "cached_statements": 512},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Any) -> None:  # noqa: ANN401
        # The driver's own BEGIN would keep rows of a savepoint after the outer rollback.
        reading = connection.get_execution_options().get(READING)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
