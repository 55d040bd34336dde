"""Bodies have an end: nobody fills the server's memory before it is known who they are."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from starlette.exceptions import HTTPException

from sokoni.web.problems import problem

LARGEST: Final = 1024 * 1024
LARGEST_FILE: Final = 16 * 1024 * 1024
FILES: Final = "/files"
"""How the addresses end that take a file."""
_TOO_LARGE: Final = 413

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
AsgiApp = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class SmallBodies:
    """Refuses a body that is larger than any endpoint under `prefix` needs."""

    def __init__(self, app: AsgiApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(
        self, scope: MutableMapping[str, Any], receive: Receive, send: Send
    ) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        most = LARGEST_FILE if scope["path"].endswith(FILES) else LARGEST
        if _told_length(scope) > most:
            answer = problem(_TOO_LARGE, "body_too_large")
            await answer(scope, receive, send)
        else:
            await self._app(scope, _counting(receive, most), send)


def _told_length(scope: MutableMapping[str, Any]) -> int:
    told = dict(scope["headers"]).get(b"content-length", b"")
    return int(told) if told.isdigit() else 0


def _counting(receive: Receive, most: int) -> Receive:
    """Count what really comes: the header may be missing, or lie."""
    size = 0

    async def counted() -> Event:
        nonlocal size
        event = await receive()
        size += len(event.get("body", b""))
        if size > most:
            raise HTTPException(_TOO_LARGE)
        return event

    return counted
