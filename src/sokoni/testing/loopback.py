"""A very small, fast HTTP server on loopback, for fakes of providers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast

import httptools
from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, read whole. Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """What the fake does with a request."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    """Bytes to write in place of an HTTP answer."""
    delay: float = 0
    silent: bool = False
    """Never answer, and keep the connection."""
    cut: bool = False
    """Close the connection without another byte."""


Handler = Callable[[Asked], Answered]


@asynccontextmanager
async def serving(handler: Handler, port: int = 0) -> AsyncIterator[str]:
    """Serve on 127.0.0.1 until the block ends; yield the base URL."""
    connections: set[_Connection] = set()
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(handler, connections), "127.0.0.1", port
    )
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for connection in list(connections):
            connection.abort()
        await server.wait_closed()


class _Connection(asyncio.Protocol):
    """One kept connection; requests are answered in the order they come."""

    def __init__(self, handler: Handler, connections: "set[_Connection]") -> None:
        self._handler = handler
        self._connections = connections
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.WriteTransport | None = None
        self._begin()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's.
        self._transport = cast("asyncio.WriteTransport", transport)
        self._connections.add(self)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._connections.discard(self)

    @override
    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.abort()

    # Called by the parser.

    def on_message_begin(self) -> None:
        self._begin()

    def on_url(self, url: bytes) -> None:
        self._path += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        method = self._parser.get_method().decode("ascii")
        answered = self._handler(Asked(method, self._path, self._headers, self._body))
        if answered.delay:
            asyncio.get_running_loop().call_later(answered.delay, self._answer, answered)
        else:
            self._answer(answered)

    def _begin(self) -> None:
        self._path = ""
        self._headers: dict[str, str] = {}
        self._body = b""

    def _answer(self, answered: Answered) -> None:
        if self._transport is None or answered.silent:
            return
        if answered.cut:
            self._transport.abort()
            return
        self._transport.write(
            _head(answered) + answered.body if answered.raw is None else answered.raw
        )
        if answered.raw is not None:
            self._transport.close()


def _head(answered: Answered) -> bytes:
    headers = {"content-type": "application/json", **answered.headers}
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    reason = HTTPStatus(answered.status).phrase
    return (
        f"HTTP/1.1 {answered.status} {reason}\r\n{more}"
        f"content-length: {len(answered.body)}\r\n\r\n"
    ).encode("latin-1")
