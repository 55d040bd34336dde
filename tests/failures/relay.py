"""A relay on loopback in front of a service that others use too: it can be cut, and mended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Relay:
    """Passes bytes on. While it is cut nobody gets through, and whoever was is thrown out."""

    def __init__(self, host: str, port: int, marked: bytes) -> None:
        self.port = 0
        self.asked = 0
        """How often the mark came from the side of those who ask."""
        self._host, self._behind = host, port
        self._marked = marked
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for end in list(self._ends):
            end.transport.abort()
        await self._server.wait_closed()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._host, self._behind)
        self._ends |= {writer, back}
        await asyncio.gather(
            self._pass(reader, back, counted=True), self._pass(there, writer, counted=False)
        )

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool
    ) -> None:
        with suppress(OSError):
            while some := await reader.read(65_536):
                self.asked += some.count(self._marked) if counted else 0
                writer.write(some)
                await writer.drain()
        self._ends.discard(writer)
        writer.close()


@asynccontextmanager
async def relay_to(host: str, port: int, marked: bytes) -> AsyncIterator[Relay]:
    """Open a relay and count how often the mark goes through it."""
    relay = Relay(host, port, marked)
    await relay.mend()
    try:
        yield relay
    finally:
        await relay.cut()
