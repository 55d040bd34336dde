"""Runs the benchmark: its own database, the server in real processes, the town, the provider."""

import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.bootstrap import running
from sokoni.config import Settings
from sokoni.db.engine import open_engine, with_driver
from sokoni.db.migrate import upgrade
from sokoni.db.tables import load_models
from sokoni.db.vault import new_key
from sokoni.gateway.queues import read_queues
from sokoni.kit.clock import utc_now
from sokoni.kit.http import ReqwestClient, TransportError
from sokoni.testing.bench.figures import Figures, figures
from sokoni.testing.bench.machine import cost_of
from sokoni.testing.bench.plan import Plan
from sokoni.testing.bench.settling import settle
from sokoni.testing.bench.town import Seen
from sokoni.testing.databases import database_beside

_READY_SECONDS: Final = 30.0
_SETTLE_SECONDS: Final = 60.0
_PYTHON: Final = sys.executable
_STANDARD_ERROR: Final = 2


class BenchFailedError(Exception):
    """A process of the run ended, or messages stayed unanswered."""


async def run_bench(database_url: str, plan: Plan, workers: int = 1) -> Figures:
    """Run one plan against a database of its own beside the configured one."""
    with tempfile.TemporaryDirectory() as folder:
        async with database_beside(database_url) as url:
            return await _run(url, plan, Path(folder), workers)


async def _run(url: str, plan: Plan, folder: Path, workers: int) -> Figures:
    plan = msgspec.structs.replace(
        plan, port=_free_port(), provider_port=_free_port(), folder=str(folder)
    )
    plan_file = folder / "plan.json"
    plan_file.write_bytes(msgspec.json.encode(plan))
    environment = _environment(url)
    await _settle(url, plan, environment, plan.provider_port)
    name = with_driver(url).get_backend_name()
    async with AsyncExitStack() as stack:
        pids = await _server(stack, url, plan.port, environment, workers)
        await _ready(plan.port)
        town = await stack.enter_async_context(
            _process([_PYTHON, "-m", "sokoni.testing.bench.town", str(plan_file)])
        )
        await _heard(town, b"warm")
        before = cost_of({**pids, "load and provider": town.pid}, database=name)
        await _go(town)
        await _finished(town)
        await _answered(url)
        after = cost_of(pids, database=name)
    seen = msgspec.json.decode((folder / "seen.json").read_bytes(), type=Seen)
    return figures(seen, before=before, after=after)


async def _heard(town: asyncio.subprocess.Process, word: bytes) -> None:
    assert town.stdout is not None
    if (await town.stdout.readline()).strip() != word:
        raise BenchFailedError("the town ended before it was warm")


async def _go(town: asyncio.subprocess.Process) -> None:
    assert town.stdin is not None
    town.stdin.write(b"go\n")
    await town.stdin.drain()


async def _finished(town: asyncio.subprocess.Process) -> None:
    if await town.wait():
        raise BenchFailedError(f"the town ended with {town.returncode}")


async def _settle(
    url: str, plan: Plan, environment: Mapping[str, str], provider_port: int
) -> None:
    await upgrade(url, load_models())
    settings = Settings.model_validate(_as_settings(environment))
    async with running(settings) as app:
        await settle(app, plan, f"http://127.0.0.1:{provider_port}")


async def _server(
    stack: AsyncExitStack, url: str, port: int, environment: Mapping[str, str], workers: int
) -> dict[str, int]:
    """Start the server: one process on SQLite, gateway and workers elsewhere."""
    sokoni = [_PYTHON, "-m", "sokoni"]
    commands = {"gateway": [*sokoni, "serve", "--only", "gateway", "--port", str(port)]}
    commands |= {f"worker {number}": [*sokoni, "work"] for number in range(1, workers + 1)}
    if with_driver(url).get_backend_name() == "sqlite":
        commands = {"up": [*sokoni, "up", "--no-demo", "--port", str(port)]}
    started = {}
    for name, command in commands.items():
        # Its lines go to standard error: a pipe that nobody reads stops who writes to it.
        process = await stack.enter_async_context(
            _process(command, environment, stdout=_STANDARD_ERROR)
        )
        started[name] = process.pid
    return started


@asynccontextmanager
async def _process(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    stdout: int = asyncio.subprocess.PIPE,
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, **(environment or {})},
        stdin=asyncio.subprocess.PIPE,
        stdout=stdout,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _ready(port: int) -> None:
    """Wait until the server answers."""
    end = time.monotonic() + _READY_SECONDS
    async with ReqwestClient() as http:
        while time.monotonic() < end:
            try:
                if (await http.request("GET", f"http://127.0.0.1:{port}/health")).status == 200:
                    return
            except TransportError:
                pass
            await asyncio.sleep(0.05)
    raise BenchFailedError("the server did not get ready")


async def _answered(url: str) -> None:
    """Wait until nothing waits any more."""
    engine = open_engine(url, pool_size=1)
    try:
        async with asyncio.timeout(_SETTLE_SECONDS):
            while await _busy(engine):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
    finally:
        await engine.dispose()


async def _busy(engine: AsyncEngine) -> bool:
    # Not the inbox: timers wait there for hours.
    depths = (await read_queues(engine, utc_now)).depths
    return bool(depths["outbox"] or depths["statuses"])


def _environment(url: str) -> dict[str, str]:
    return {
        "SOKONI_DATABASE_URL": url,
        "SOKONI_SECRET_KEYS": new_key(),
        "SOKONI_CONTACT_RATE_PER_MINUTE": "0",
        "SOKONI_CIRCLE_TURNS": "0",
        "SOKONI_PAIRWISE_PACING": "false",
        "SOKONI_NUMBER_PER_SECOND": "1000",
        "SOKONI_LOG_LEVEL": "WARNING",
        "SOKONI_REDIS_URL": "",
    }


def _as_settings(environment: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix("SOKONI_").lower(): value for name, value in environment.items()}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
