"""What every command that keeps running needs: settings, a ready database, an end."""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

import uvicorn

from sokoni.cli.parts import engine_of
from sokoni.config import Settings, check_settings, read_settings
from sokoni.db.revision import check_current
from sokoni.errors import AppError
from sokoni.kit.logs import set_up_logs

_COLLECT_AFTER: Final = (20_000, 20, 50)
"""Objects made, and collections of the young, before the next generation is looked at."""


def ready() -> Settings:
    """Return the settings, checked, with logs set up as they say."""
    settings = read_settings()
    check_settings(settings)
    set_up_logs(settings.log_level, production=settings.production)
    return settings


def served_at(settings: Settings, host: str, port: int) -> Settings:
    """Return the settings, with the address that is listened on where no public one was said.

    Links to files lead there, and nobody finds them on a port that is not ours.
    """
    if "public_url" in settings.model_fields_set:
        return settings
    # Whoever listens everywhere is found on this machine, at least.
    found = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    name = f"[{found}]" if ":" in found else found
    return settings.model_copy(update={"public_url": f"http://{name}:{port}"})


class PortTakenError(AppError):
    """Somebody else listens there, or we may not."""

    code = "port_taken"
    http_status = 500


def check_port(host: str, port: int) -> None:
    """Refuse a port that cannot be had before anything is changed for nothing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise PortTakenError(
            f"Cannot listen on {host}:{port} ({why}). Choose another with --port."
        ) from error


async def migrated(settings: Settings) -> None:
    """Raise where the database is away or has another version's tables."""
    async with engine_of(settings) as engine:
        await check_current(engine)


@asynccontextmanager
async def stopping() -> AsyncIterator[asyncio.Event]:
    """Yield what is set once the process is asked to end."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for asked in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(asked, stop.set)
    yield stop
    stop.set()


async def serve_until(web: uvicorn.Server, stop: asyncio.Event) -> None:
    """Serve until told to stop; a web side that ends by itself stops the rest."""
    leave_start_up_alone()
    serving = asyncio.create_task(web.serve())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    _stop_serving(web)
    await serving
    stop.set()
    stopped.cancel()


async def serve_beside(
    loops: Coroutine[Any, Any, None], web: uvicorn.Server, stop: asyncio.Event
) -> None:
    """Run loops and serve; the web side ends first, then they finish what is on the wire."""
    crew = asyncio.create_task(loops)
    crew.add_done_callback(lambda _: _stop_serving(web))
    await serve_until(web, stop)
    await crew


def _stop_serving(web: uvicorn.Server) -> None:
    web.should_exit = True


def leave_start_up_alone() -> None:
    """Keep the garbage collector from what start-up made, which lives as long as the process.

    A full collection over it takes up to a fifth of a second, in which nobody is answered.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
