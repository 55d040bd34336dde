"""A database that can be taken away: a relay in front of it that shuts and opens again."""

import asyncio
from contextlib import suppress
from typing import Self


class Relay:
    """Passes bytes between its own port and the database's, while it is open."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self.port = 0

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.shut()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def hang(self) -> None:
        """Hold every byte, both ways, and cut nobody."""
        self._flowing.clear()

    def flow(self) -> None:
        """Pass on what was held, and all that follows."""
        self._flowing.set()

    def passes(self, data: bytes) -> None:
        """Be told of what goes through, for those who want to know."""

    async def shut(self) -> None:
        """Refuse whoever calls, and cut those who are through."""
        self.flow()
        if self._server is not None:
            self._server.close()
        for line in self._lines:
            line.transport.abort()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._lines.clear()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other_reader, other_writer = await asyncio.open_connection(*self._target)
        self._lines |= {writer, other_writer}
        for source, sink in ((reader, other_writer), (other_reader, writer)):
            task = asyncio.create_task(self._pass_on(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                self.passes(data)
                await self._flowing.wait()
                sink.write(data)
                await sink.drain()
        sink.close()
