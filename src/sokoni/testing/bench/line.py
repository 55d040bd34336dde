"""A kept HTTP connection of the load: cheap, and patient as Meta is."""

import asyncio
from collections import deque
from typing import Final, cast

from typing_extensions import override

_RETRY_SECONDS: Final = 0.2


class Line(asyncio.Protocol):
    """Requests wait for one another; one that is not answered with 200 is sent again."""

    def __init__(self) -> None:
        self.refused = 0
        self._waiting: deque[bytes] = deque()
        self._on_wire: bytes | None = None
        self._heard = b""
        self._transport: asyncio.WriteTransport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, ended, rest = self._heard.partition(b"\r\n\r\n")
        if not ended or len(rest) < _length(head):
            return
        answered, self._heard, self._on_wire = self._on_wire, b"", None
        if answered is not None and not head.startswith(b"HTTP/1.1 200"):
            self.refused += 1
            asyncio.get_running_loop().call_later(_RETRY_SECONDS, self.put, answered)
        self._send()

    def put(self, request: bytes) -> None:
        self._waiting.append(request)
        self._send()

    def _send(self) -> None:
        if self._on_wire is None and self._transport is not None and self._waiting:
            self._on_wire = self._waiting.popleft()
            self._transport.write(self._on_wire)


def _length(head: bytes) -> int:
    _, found, after = head.lower().partition(b"content-length:")
    return int(after.partition(b"\r\n")[0]) if found else 0
