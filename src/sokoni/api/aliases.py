"""The second seed's own addresses: programs that were made for it need a key, and nothing else."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

_SEEDS: Final = ("/send-broadcast", "/stats")
Scope = MutableMapping[str, Any]
AsgiApp = Callable[[Scope, Any, Any], Awaitable[None]]


class Aliases:
    """Serves them as if the API's prefix stood before them."""

    def __init__(self, app: AsgiApp, prefix: str) -> None:
        self._app = app
        self._paths = {path: f"{prefix}{path}" for path in _SEEDS}

    async def __call__(self, scope: Scope, receive: object, send: object) -> None:
        path = self._paths.get(scope["path"]) if scope["type"] == "http" else None
        if path is not None:
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await self._app(scope, receive, send)
