"""Fixtures every test may ask for: a real database of each kind, a vault, a stopped clock."""

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
import structlog
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from structlog.typing import Processor

from sokoni.cli.running import leave_start_up_alone
from sokoni.db.engine import open_engine
from sokoni.db.vault import Vault
from sokoni.testing.clock import StoppedClock
from sokoni.testing.databases import (
    Spares,
    create_tables,
    empty_tables,
    forget_at_once,
    own_database,
    unreachable,
)
from tests.compiling import share_compiled

# What structlog does by itself draws every exception with the source and all values around it,
# which takes seconds each.
_LOGGED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.dev.set_exc_info,
    structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
]

MEMORY: Final = Path("/dev/shm")  # noqa: S108
ROOM_BYTES: Final = 2**30

TWO = ("sqlite", "postgresql")
THREE = (*TWO, "mariadb")


class Databases:
    """One database of each kind for the whole run of a test process, made when first wanted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._urls: dict[str, str] = {}
        self._engines: dict[str, AsyncEngine] = {}
        self._spares: dict[str, Spares] = {}
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()

    def url(self, kind: str) -> str:
        if kind not in self._urls:
            reason = self._runner.run(unreachable(kind))
            if reason and os.environ.get("CI") == "true":
                pytest.fail(reason)
            if reason:
                pytest.skip(reason)
            self._urls[kind] = self._runner.run(self._make(kind))
        return self._urls[kind]

    def empty(self, kind: str) -> None:
        """Delete every row, over a connection that stays open: a new one takes far longer."""
        self._runner.run(empty_tables(self._engines[kind]))

    def spares(self, kind: str) -> Spares:
        """Return others beside that of this kind, for servers that want one each."""
        if kind not in self._spares:
            opening = self._stack.enter_async_context(Spares(self.url(kind)))
            self._spares[kind] = self._runner.run(opening)
        return self._spares[kind]

    async def _make(self, kind: str) -> str:
        url = await self._stack.enter_async_context(own_database(kind, self._folder))
        await create_tables(url)
        await forget_at_once(url)
        self._engines[kind] = open_engine(url, pool_size=1)
        self._stack.push_async_callback(self._engines[kind].dispose)
        return url

    def drop(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    with TemporaryDirectory(prefix="sokoni-", dir=_quickest()) as folder:
        made = Databases(Path(folder))
        yield made
        made.drop()


def _quickest() -> str | None:
    """Return where SQLite need not wait for a disk, if this machine has the room."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        return str(MEMORY)
    return None


@pytest.fixture(params=TWO)
def database_url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """Return the URL of a database with all tables; every row is gone after the test.

    `@pytest.mark.parametrize("database_url",
    THREE, indirect=True)` has a contract suite run on MariaDB too.
    """
    yield databases.url(request.param)
    databases.empty(request.param)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Open the database."""
    engine = open_engine(database_url, pool_size=5)
    yield engine
    await engine.dispose()


@pytest.fixture
def spares(database_url: str, databases: Databases) -> Spares:
    """Return databases beside that of the test, for servers that want one each."""
    return databases.spares(make_url(database_url).get_backend_name())


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield session


def _log_plainly() -> None:
    structlog.reset_defaults()
    structlog.configure(processors=_LOGGED[:])


def pytest_configure() -> None:
    _log_plainly()
    share_compiled()


def pytest_collection_finish() -> None:
    """Keep the garbage collector from what was imported, as the server does when it has begun."""
    leave_start_up_alone()


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Take back what a command set up: its stream is closed when the test is over."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    for handler in root.handlers[:]:
        if handler not in before:
            root.removeHandler(handler)
    for handler in before:
        root.addHandler(handler)
    root.setLevel(level)
    _log_plainly()


@pytest.fixture
def vault() -> Vault:
    return Vault([b"k" * 32])


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()
