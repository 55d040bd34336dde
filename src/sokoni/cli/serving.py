"""`sokoni up`, `serve` and `work`: run the server, in one process or in many."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Final

import typer
import uvicorn
import uvloop

from sokoni.bootstrap import kinds, running
from sokoni.cli.console import say
from sokoni.cli.parts import engine_of
from sokoni.config import Settings, check_settings, read_settings
from sokoni.db.migrate import check_current, upgrade
from sokoni.db.tables import load_models
from sokoni.demo.merchants import load_demo
from sokoni.edge import ALL, Side, edge, server
from sokoni.kit.logs import set_up_logs
from sokoni.workers.crew import Crew

_HOST: Final = "127.0.0.1"
_PORT: Final = 8000

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.")]
Only = Annotated[str, typer.Option(help="Comma-separated: gateway, api, dashboard.")]


def up(host: Host = _HOST, port: Port = _PORT, *, demo: bool = True) -> None:
    """Migrate, load the demo merchants where there are none, and serve everything."""
    settings = _ready()
    uvloop.run(_up(settings, host, port, demo=demo and not settings.production))


def serve(host: Host = _HOST, port: Port = _PORT, only: Only = "") -> None:
    """Serve webhooks, API and dashboard; `sokoni work` does the rest."""
    sides = frozenset(Side(name.strip()) for name in only.split(",") if name.strip()) or ALL
    uvloop.run(_serve(_ready(), host, port, sides))


def work() -> None:
    """Turn, deliver, ask, sweep: the loops, without the web side."""
    uvloop.run(_work(_ready()))


def _ready() -> Settings:
    settings = read_settings()
    check_settings(settings)
    set_up_logs(settings.log_level, production=settings.production)
    return settings


async def _up(settings: Settings, host: str, port: int, *, demo: bool) -> None:
    await upgrade(settings.database_url, load_models())
    async with _stopping() as stop, running(settings) as app:
        if demo:
            await load_demo(app, kinds(production=False))
            await app.refresh()
        crew = asyncio.create_task(Crew.of(app).run(stop))
        web = server(edge(app), host, port)
        crew.add_done_callback(lambda _: _stop_serving(web))
        say(f"Sokoni is at http://{host}:{port}")
        await _serve_until(web, stop)
        await crew


async def _serve(settings: Settings, host: str, port: int, sides: frozenset[Side]) -> None:
    await _migrated(settings)
    async with _stopping() as stop, running(settings) as app:
        await _serve_until(server(edge(app, sides), host, port), stop)


async def _work(settings: Settings) -> None:
    await _migrated(settings)
    async with _stopping() as stop, running(settings) as app:
        await Crew.of(app).run(stop)


async def _migrated(settings: Settings) -> None:
    async with engine_of(settings) as engine:
        await check_current(engine)


@asynccontextmanager
async def _stopping() -> AsyncIterator[asyncio.Event]:
    """Yield what is set once the process is asked to end."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for asked in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(asked, stop.set)
    yield stop
    stop.set()


async def _serve_until(web: uvicorn.Server, stop: asyncio.Event) -> None:
    # The web side ends first, then the loops finish what is on the wire.
    serving = asyncio.create_task(web.serve())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    _stop_serving(web)
    await serving
    stop.set()
    stopped.cancel()


def _stop_serving(web: uvicorn.Server) -> None:
    web.should_exit = True
