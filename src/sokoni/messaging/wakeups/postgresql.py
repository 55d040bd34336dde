"""Wake-ups by PostgreSQL's LISTEN and NOTIFY, on a connection of their own."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Final

import asyncpg
from sqlalchemy import make_url
from typing_extensions import override

from sokoni.messaging.wakeups.remote import Line, RemoteHints

_CHANNEL: Final = "sokoni_hints"
_SEND: Final = f"SELECT pg_notify('{_CHANNEL}', topic) FROM unnest($1::text[]) AS hints(topic)"  # noqa: S608
_PATIENCE: Final = 5.0
_PROBE: Final = 30.0
"""Seconds of silence after which the connection is tried: a cut cable says nothing."""


class PostgresHints(RemoteHints):
    """See `Hints`: one connection outside the pool, opened again when it breaks."""

    faults = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)

    def __init__(self, url: str) -> None:
        super().__init__()
        parsed = make_url(url)
        self._dsn = parsed.set(drivername="postgresql", query={})
        self._ssl = parsed.query.get("ssl")

    @override
    @asynccontextmanager
    async def open(self) -> AsyncIterator[Line]:
        dsn = self._dsn.render_as_string(hide_password=False)
        connection = await asyncpg.connect(
            dsn, ssl=self._ssl, timeout=_PATIENCE, command_timeout=_PATIENCE
        )
        try:
            line = _PostgresLine(connection)
            await line.listen()
            yield line
        finally:
            connection.terminate()


class _PostgresLine:
    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection
        self._inbound: asyncio.Queue[str] = asyncio.Queue()
        self._own = connection.get_server_pid()
        self._one_at_a_time = asyncio.Lock()

    async def listen(self) -> None:
        await self._connection.add_listener(_CHANNEL, self._hear)
        self._connection.add_termination_listener(self._hang_up)

    async def send(self, topics: Collection[str]) -> None:
        async with self._one_at_a_time:
            await self._connection.execute(_SEND, list(topics))

    async def heard(self) -> AsyncIterator[str]:
        while True:
            try:
                async with asyncio.timeout(_PROBE):
                    topic = await self._inbound.get()
            except TimeoutError:
                await self._probe()
                continue
            if not topic:
                return
            yield topic

    async def _probe(self) -> None:
        async with self._one_at_a_time:
            await self._connection.execute("SELECT 1")

    def _hear(self, _connection: object, pid: int, _channel: str, payload: object) -> None:
        if pid != self._own:
            self._inbound.put_nowait(str(payload))

    def _hang_up(self, _connection: object) -> None:
        self._inbound.put_nowait("")
