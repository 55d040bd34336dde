"""`sokoni work`: the loops without the web side; any number of such processes."""

from typing import Annotated

import typer
import uvloop
from prometheus_client import REGISTRY

from sokoni.bootstrap import App, running
from sokoni.cli.running import leave_start_up_alone, migrated, ready, serve_beside, stopping
from sokoni.config import Settings
from sokoni.gateway.asgi import AsgiApp
from sokoni.gateway.health import Health
from sokoni.gateway.operations import operations_only
from sokoni.gateway.server import server
from sokoni.workers.crew import Crew
from sokoni.workers.looping import silences

Port = Annotated[int, typer.Option(help="Port for /metrics, /health and /live; 0: none.")]
Host = Annotated[str, typer.Option(help="Address that this port listens on.")]


def work(metrics_port: Port = 0, metrics_host: Host = "127.0.0.1") -> None:
    """Turn, deliver, ask, sweep: the loops, without the web side."""
    uvloop.run(_work(ready(), metrics_host, metrics_port))


async def _work(settings: Settings, host: str, port: int) -> None:
    await migrated(settings)
    async with stopping() as stop, running(settings) as app:
        loops = Crew.of(app).run(stop)
        if port:
            await serve_beside(loops, server(_operations(app), host, port), stop)
        else:
            leave_start_up_alone()
            await loops


def _operations(app: App) -> AsgiApp:
    health = Health(app.engine, app.clock, app.settings.redis_url, silences, app.ways.look)
    return operations_only(health, REGISTRY)
