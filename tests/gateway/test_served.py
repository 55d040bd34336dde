"""The gateway behind the server that carries it in production."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
import uvicorn
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from sokoni.db.vault import Vault
from sokoni.gateway.asgi import LARGEST
from tests.gateway.driving import (
    NUMBER,
    change,
    gateway,
    signed,
    text_item,
    webhook,
    whatsapp,
)
from tests.messaging.arriving import count

PATH = f"/webhook/whatsapp/token-{NUMBER}"


class Line(NamedTuple):
    """One open connection to the server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, head: str, body: bytes = b"") -> int:
        """Send a request, return the answer's status once it is read whole."""
        self.writer.write(f"{head}\r\nHost: x\r\n\r\n".encode() + body)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(answer.partition("content-length: ")[2].partition("\r\n")[0])
        await self.reader.readexactly(length)
        return int(answer.split(maxsplit=2)[1])


class Server(uvicorn.Server):
    """Tells when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@pytest.fixture
async def line(engine: AsyncEngine, vault: Vault) -> AsyncIterator[Line]:
    app = gateway(engine, vault, whatsapp()).app
    server = Server(uvicorn.Config(app, port=0, http="httptools", lifespan="on", log_config=None))
    serving = asyncio.create_task(server.serve())
    await server.ready.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    line = Line(*await asyncio.open_connection("127.0.0.1", port))
    yield line
    line.writer.close()
    await line.writer.wait_closed()
    server.should_exit = True
    await serving


def post(body: bytes) -> str:
    [(name, value)] = signed(body).items()
    return f"POST {PATH} HTTP/1.1\r\n{name}: {value}\r\nContent-Length: {len(body)}"


async def test_webhooks_and_pages_share_a_connection(engine: AsyncEngine, line: Line) -> None:
    body = webhook(change(text_item("w1", text="mhoro 🐐")))

    statuses = [
        await line.ask(post(body), body),
        await line.ask("GET /health HTTP/1.1"),
        await line.ask(post(body), body),
        await line.ask("GET /nowhere HTTP/1.1"),
    ]

    assert statuses == [200, 200, 200, 404]
    assert await count(engine, "inbox") == 1


async def test_a_body_too_large_is_refused_before_it_is_read(
    engine: AsyncEngine, line: Line
) -> None:
    head = f"POST {PATH} HTTP/1.1\r\nContent-Length: {LARGEST + 1}"

    assert await line.ask(head) == 413
    assert await count(engine, "inbox") == 0
