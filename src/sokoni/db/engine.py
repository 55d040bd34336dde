"""Opens the database, whichever it is, the way our transactions need it."""

from typing import Any, Final

from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from sokoni.db.base import MYSQL
from sokoni.db.liveness import ask_after_silence
from sokoni.db.sqlite import READING, open_sqlite

__all__ = ["READING", "open_engine", "with_driver"]

_DRIVERS: Final = {
    "sqlite": "sqlite+inline",
    "sqlite+aiosqlite": "sqlite+inline",
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
        return open_sqlite(parsed)
    options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": 0}
    # An error's text must not repeat what somebody wrote.
    options["hide_parameters"] = True
    if name in MYSQL:
        options["pool_pre_ping"] = True
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
    engine = create_async_engine(parsed, **options)
    if name not in MYSQL:
        ask_after_silence(engine)
    return engine
