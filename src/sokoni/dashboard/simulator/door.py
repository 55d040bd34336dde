"""Knocks at the server's own webhook door, so that a phone in the browser takes the real path."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeAlias

import orjson

Asgi: TypeAlias = Callable[..., Awaitable[None]]
_PATH: Final = "/webhook/simulator"


class Door:
    """Posts what a phone does to `POST /webhook/simulator`, inside the process."""

    def __init__(self, gateway: Asgi) -> None:
        self._gateway = gateway

    async def knock(self, merchant: str, phone: str, act: dict[str, Any]) -> int:
        """Send `{"text": …}`, `{"choice": …}`, `{"location": …}` or `{"media": …}`.

        Returns the HTTP status: 200 only once it is stored.
        """
        body = orjson.dumps({"merchant": merchant, "from": phone, **act})
        status = 0

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(event: MutableMapping[str, Any]) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]

        await self._gateway(_scope(len(body)), receive, send)
        return status


def _scope(length: int) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": _PATH,
        "raw_path": _PATH.encode(),
        "query_string": b"",
        "headers": [
            (b"content-type", b"application/json"),
            (b"content-length", str(length).encode()),
        ],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
    }
