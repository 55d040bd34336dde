"""How long answers take that are no webhook's, and how they end."""

import time
from collections.abc import Callable
from typing import Final

from sokoni.gateway.asgi import AsgiApp, Event, Receive, Scope, Send

_API: Final = "/api/"

Served = Callable[[str, int, float], None]
"""Is told of the part that was asked, the status, and the seconds until it was known."""


class Timed:
    """Tells of every HTTP request how it was answered, and after how long."""

    def __init__(self, app: AsgiApp, served: Served) -> None:
        self._app = app
        self._served = served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        part = "api" if scope["path"].startswith(_API) else "pages"
        began = time.perf_counter()

        async def send_timed(event: Event) -> None:
            if event["type"] == "http.response.start":
                self._served(part, event["status"], time.perf_counter() - began)
            await send(event)

        await self._app(scope, receive, send_timed)
