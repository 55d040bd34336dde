"""The HTTP server that apps run on."""

from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from typing_extensions import override

from sokoni.gateway.asgi import AsgiApp


class Server(uvicorn.Server):
    """Leaves signals to whoever runs it beside other loops."""

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server(app: AsgiApp, host: str, port: int) -> Server:
    """Return the server; requests are counted by the gateway, not logged one by one."""
    return Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="uvloop",
            http="httptools",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )
