"""Fixtures every test may ask for: a real database of each kind, a vault, a stopped clock."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from structlog.typing import Processor

from sokoni.cli.running import leave_start_up_alone
from sokoni.db.engine import open_engine
from sokoni.db.vault import Vault
from sokoni.testing.clock import StoppedClock
from sokoni.testing.databases import create_tables, empty_tables, own_database, unreachable

# What structlog does by itself draws every exception with the source and all values around it,
# which takes seconds each.
_LOGGED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.dev.set_exc_info,
    structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
]

TWO = ("sqlite", "postgresql")
THREE = (*TWO, "mariadb")


class Databases:
    """One database of each kind for the whole run of a test process, made when first wanted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._urls: dict[str, str] = {}
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

    async def _make(self, kind: str) -> str:
        url = await self._stack.enter_async_context(own_database(kind, self._folder))
        await create_tables(url)
        return url

    def drop(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.drop()


@pytest.fixture(params=TWO)
def database_url(request: pytest.FixtureRequest, databases: Databases) -> str:
    """Return the URL of a database with all tables.

    `@pytest.mark.parametrize("database_url",
    THREE, indirect=True)` has a contract suite run on MariaDB too.
    """
    return databases.url(request.param)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Open the database; every row is gone after the test."""
    engine = open_engine(database_url, pool_size=5)
    yield engine
    await empty_tables(engine)
    await engine.dispose()


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield session


def _log_plainly() -> None:
    structlog.reset_defaults()
    structlog.configure(processors=_LOGGED[:])


def pytest_configure() -> None:
    _log_plainly()


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
