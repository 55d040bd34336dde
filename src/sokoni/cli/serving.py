"""`sokoni up` and `sokoni serve`: the server with its web side."""

import asyncio
from typing import Annotated, Final

import typer
import uvloop

from sokoni.bootstrap import kinds, running, variables
from sokoni.cli.console import say
from sokoni.cli.running import (
    check_port,
    migrated,
    ready,
    serve_beside,
    serve_until,
    served_at,
    stopping,
)
from sokoni.config import Settings
from sokoni.db.keys import load_keys
from sokoni.db.revision import bring_up
from sokoni.db.tables import load_models
from sokoni.demo.merchants import load_demo
from sokoni.edge import ALL, Side, edge
from sokoni.gateway.server import server
from sokoni.workers.crew import Crew

_HOST: Final = "127.0.0.1"
_PORT: Final = 8000

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.")]
Only = Annotated[str, typer.Option(help="Comma-separated: gateway, api, dashboard.")]


def up(host: Host = _HOST, port: Port = _PORT, *, demo: bool = True) -> None:
    """Migrate, load the demo merchants where there are none, and serve everything."""
    settings = served_at(ready(), host, port)
    uvloop.run(_up(settings, host, port, demo=demo and not settings.production))


def serve(host: Host = _HOST, port: Port = _PORT, only: Only = "") -> None:
    """Serve webhooks, API and dashboard; `sokoni work` does the rest."""
    uvloop.run(_serve(served_at(ready(), host, port), host, port, _sides(only)))


def _sides(only: str) -> frozenset[Side]:
    try:
        return frozenset(Side(name.strip()) for name in only.split(",") if name.strip()) or ALL
    except ValueError as error:
        raise typer.BadParameter(f"{error}; there is: {', '.join(Side)}") from error


async def _up(settings: Settings, host: str, port: int, *, demo: bool) -> None:
    # Before the tables change: without its keys the server would not start on them anyway.
    load_keys(settings)
    check_port(host, port)
    await bring_up(settings.database_url, load_models())
    async with stopping() as stop, running(settings) as app:
        if demo:
            await load_demo(
                app,
                kinds(production=False),
                uploader=app.media.uploader,
                variables=variables(),
            )
            await app.refresh()
        say(f"Sokoni is at http://{host}:{port}")
        await serve_beside(Crew.of(app).run(stop), server(edge(app), host, port), stop)


async def _serve(settings: Settings, host: str, port: int, sides: frozenset[Side]) -> None:
    check_port(host, port)
    await migrated(settings)
    async with stopping() as stop, running(settings) as app, asyncio.TaskGroup() as beside:
        beside.create_task(app.keep_fresh(stop))
        await serve_until(server(edge(app, sides), host, port), stop)
