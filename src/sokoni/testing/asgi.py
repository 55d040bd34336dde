"""Calls an ASGI app inside the process: the real app, without a socket."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import orjson

Asgi: TypeAlias = Callable[..., Awaitable[None]]


@dataclass(slots=True)
class Answer:
    """What the app answered."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:  # noqa: ANN401 - whatever the app answers
        return orjson.loads(self.body)


class AsgiClient:
    """Asks one app. `headers` go with every request."""

    def __init__(self, app: Asgi, headers: Mapping[str, str] | None = None) -> None:
        self._app = app
        self._headers = dict(headers or {})

    def sending(self, headers: Mapping[str, str]) -> "AsgiClient":
        """Return a client of the same app that sends these headers too."""
        return AsgiClient(self._app, {**self._headers, **headers})

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        return await self.request("GET", url, headers=headers)

    async def post(
        self,
        url: str,
        json: object = None,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send `json`, or raw `body`."""
        content = body if json is None else orjson.dumps(json)
        kind = {"content-type": "application/json"}
        return await self.request("POST", url, body=content, headers={**kind, **(headers or {})})

    async def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the whole answer; what the app raises comes through."""
        answer = Answer()
        unsent, ended = [body], asyncio.Event()

        async def receive() -> dict[str, Any]:
            if unsent:
                return {"type": "http.request", "body": unsent.pop(), "more_body": False}
            # Who asks stays until all of the answer is there.
            await ended.wait()
            return {"type": "http.disconnect"}

        async def send(event: MutableMapping[str, Any]) -> None:
            if event["type"] == "http.response.start":
                answer.status = event["status"]
                pairs = event.get("headers", ())
                answer.headers = {name.decode(): value.decode() for name, value in pairs}
            elif event["type"] == "http.response.body":
                answer.body += event.get("body", b"")
                if not event.get("more_body"):
                    ended.set()

        given = {"content-length": str(len(body)), **self._headers, **(headers or {})}
        await self._app(_scope(method, url, given), receive, send)
        return answer


def _scope(method: str, url: str, headers: Mapping[str, str]) -> dict[str, Any]:
    parts = urlsplit(url)
    pairs = {"host": "127.0.0.1:8000", **headers}
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in pairs.items()],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 8000),
    }
