"""People who write while a broadcast goes out: how long they wait for their replies."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import cycle
from typing import Final

from prometheus_client import CollectorRegistry

from sokoni.bootstrap import App
from sokoni.edge import Side, edge
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.meta_webhooks import MetaWebhooks

_PREFIX: Final = "26378"
_PEOPLE: Final = tuple(f"{_PREFIX}{number:07d}" for number in range(50))
_PAUSE: Final = 0.2
_WORD: Final = "help"
"""Whatever stands in it, a control word never waits for the next line of a burst."""


class Asking:
    """Some contacts of one number who ask for help, one after the other, by webhook."""

    def __init__(self, phone_number_id: str, app_secret: str) -> None:
        self.waits: list[float] = []
        """Seconds from webhook to provider call."""
        self._webhooks = MetaWebhooks(phone_number_id, app_secret)
        self._since: dict[str, float] = {}

    def took(self, to: str) -> bool:
        """Note that the provider was handed a message to somebody; tell whether they asked."""
        who = to.removeprefix("+")
        since = self._since.pop(who, None)
        if since is not None:
            self.waits.append(time.monotonic() - since)
        return who.startswith(_PREFIX)

    @asynccontextmanager
    async def meanwhile(self, app: App) -> AsyncIterator[None]:
        """Ask as long as the block lasts."""
        asking = asyncio.create_task(self._ask(app))
        try:
            yield
        finally:
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking

    async def _ask(self, app: App) -> None:
        web = AsgiClient(edge(app, frozenset({Side.GATEWAY}), CollectorRegistry()))
        for who in cycle(_PEOPLE):
            if who not in self._since:
                hook = self._webhooks.text(who, _WORD)
                self._since[who] = time.monotonic()
                await web.post("/webhook/whatsapp", body=hook.body, headers=hook.headers)
            await asyncio.sleep(_PAUSE)
