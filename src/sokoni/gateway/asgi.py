"""The little of ASGI that the fast path needs: a body with an end, an answer, its headers."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import msgspec

from sokoni.errors import AppError

Scope: TypeAlias = MutableMapping[str, Any]
Event: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Event]]
Send: TypeAlias = Callable[[Event], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Header: TypeAlias = tuple[bytes, bytes]

LARGEST: Final = 3 * 1024 * 1024
"""Meta's own limit for a webhook's body."""

NOSNIFF: Final[Header] = (b"x-content-type-options", b"nosniff")


class TooLargeError(AppError):
    code = "body_too_large"
    http_status = 413


class DisconnectedError(Exception):
    """Whoever was sending is gone: there is nobody to answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes
    kind: bytes = b"application/json"
    headers: tuple[Header, ...] = ()

    def events(self) -> tuple[Event, Event]:
        head = [
            (b"content-type", self.kind),
            (b"content-length", str(len(self.body)).encode()),
            NOSNIFF,
            *self.headers,
        ]
        start = {"type": "http.response.start", "status": self.status, "headers": head}
        return start, {"type": "http.response.body", "body": self.body}


def refusal(error: AppError) -> Answer:
    """Return what a caller may know of a refusal: its code, nothing else."""
    body = msgspec.json.encode({"status": "error", "code": error.code})
    later = error.http_status == 503
    headers = ((b"retry-after", b"1"),) if later else ()
    return Answer(error.http_status, body, headers=headers)


def header(scope: Scope, name: bytes) -> bytes:
    found: Iterable[Header] = scope["headers"]
    return next((value for key, value in found if key == name), b"")


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """Return the whole body; raise `TooLargeError` as soon as it is known to be too large."""
    told = header(scope, b"content-length")
    if told.isdigit():
        _check_size(int(told))
    body = bytearray()
    while True:
        event = await receive()
        if event["type"] != "http.request":
            raise DisconnectedError
        body += event.get("body", b"")
        _check_size(len(body))
        if not event.get("more_body"):
            return bytes(body)


def _check_size(size: int) -> None:
    if size > LARGEST:
        raise TooLargeError
