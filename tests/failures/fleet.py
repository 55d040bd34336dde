"""The server as its operator runs it: real processes, which can be killed and started again."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from sokoni.db.engine import with_driver
from sokoni.kit.http import ReqwestClient, TransportError

_READY_SECONDS = 40.0


class Fleet:
    """Processes by name. Each writes what it has to say to a file in `folder`."""

    def __init__(
        self, commands: Mapping[str, Sequence[str]], variables: Mapping[str, str], folder: Path
    ) -> None:
        self._commands = commands
        self._variables = {**os.environ, **variables}
        self._folder = folder
        self._running: dict[str, asyncio.subprocess.Process] = {}

    @property
    def names(self) -> list[str]:
        return list(self._commands)

    @property
    def workers(self) -> list[str]:
        """Those that turn and send."""
        return [name for name in self._commands if name != "gateway"]

    async def start(self, name: str) -> None:
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "sokoni",
                *self._commands[name],
                env=self._variables,
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )

    async def kill(self, name: str) -> None:
        """End it with SIGKILL: it has no last word."""
        process = self._running.pop(name)
        assert process.returncode is None, f"{name} ended by itself: {self.said(name)}"
        process.kill()
        await process.wait()

    async def stop(self) -> None:
        """Ask all that still run to end, and insist after a while."""
        for process in self._running.values():
            if process.returncode is None:
                process.terminate()
        for process in self._running.values():
            try:
                async with asyncio.timeout(15):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        self._running.clear()

    async def nurse(self) -> None:
        """Start again whoever ends, as a service manager does, until cancelled."""
        while True:
            for name in self.ended():
                await self.start(name)
            await asyncio.sleep(0.05)

    def ended(self) -> list[str]:
        """Return who ended without being asked."""
        return [name for name, one in self._running.items() if one.returncode is not None]

    async def told(self, *command: str) -> str:
        """Run a command of `sokoni` to its end and return what it says."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "sokoni",
            *command,
            env=self._variables,
            cwd=self._folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await process.communicate()
        assert process.returncode == 0, out.decode()
        return out.decode()

    def said(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text("utf-8", "replace")[-4000:]


@asynccontextmanager
async def fleet(
    variables: Mapping[str, str], port: int, folder: Path, *, workers: int = 2
) -> AsyncIterator[Fleet]:
    """Start the server of this database and wait until it answers; end it after the block."""
    started = Fleet(_commands(variables["SOKONI_DATABASE_URL"], port, workers), variables, folder)
    try:
        for name in started.names:
            await started.start(name)
        try:
            await ready(port)
        except TimeoutError:
            raise AssertionError([started.said(name) for name in started.names]) from None
        yield started
    finally:
        await started.stop()


def _commands(url: str, port: int, workers: int) -> dict[str, list[str]]:
    if with_driver(url).get_backend_name() == "sqlite":
        return {"up": ["up", "--no-demo", "--port", str(port)]}
    gateway = {"gateway": ["serve", "--only", "gateway", "--port", str(port)]}
    return gateway | {f"worker-{number}": ["work"] for number in range(1, workers + 1)}


async def ready(port: int, seconds: float = _READY_SECONDS) -> None:
    """Return once the server is well."""
    async with ReqwestClient() as http, asyncio.timeout(seconds):
        while True:
            try:
                if (await http.request("GET", f"http://127.0.0.1:{port}/health")).status == 200:
                    return
            except TransportError:
                pass
            await asyncio.sleep(0.05)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
