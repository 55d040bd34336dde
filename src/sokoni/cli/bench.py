"""`sokoni bench`: what a message costs, from webhook to provider call, on this machine."""

import asyncio
from typing import Annotated

import typer
from rich.table import Table

from sokoni.cli.console import OUT
from sokoni.config import Settings
from sokoni.testing.bench.figures import Figures
from sokoni.testing.bench.plan import CONTACTS, Plan
from sokoni.testing.bench.run import run_bench

Rate = Annotated[float, typer.Option(help="Messages a second; 0: as fast as they are replied to.")]
Seconds = Annotated[float, typer.Option(help="How long messages are sent.")]
Statuses = Annotated[bool, typer.Option(help="Every reply brings its three status webhooks.")]
Quiet = Annotated[int, typer.Option(help="The merchant's quiet time in milliseconds.")]
Workers = Annotated[int, typer.Option(help="Worker processes, where the database is no file.")]


def bench(  # noqa: PLR0913 -- the options of a command
    rate: Rate = 0,
    seconds: Seconds = 20,
    *,
    statuses: Statuses = False,
    quiet_ms: Quiet = 0,
    workers: Workers = 1,
    in_flight: Annotated[int, typer.Option(help="Unanswered at a time, with rate 0.")] = 200,
    contacts: Annotated[int, typer.Option(help="How many contacts write.")] = CONTACTS,
) -> None:
    """Measure with a database of its own beside SOKONI_DATABASE_URL."""
    plan = Plan(
        rate=rate,
        seconds=seconds,
        statuses=statuses,
        quiet_ms=quiet_ms,
        in_flight=in_flight,
        contacts=contacts,
    )
    OUT.print(_table(asyncio.run(run_bench(Settings().database_url, plan, workers))))


def _table(found: Figures) -> Table:
    table = Table("figure", "value")
    table.add_row("messages sent / replied", f"{found.sent} / {found.replied}")
    table.add_row("webhooks sent again", str(found.refused))
    table.add_row("replies a second", f"{found.per_second:.0f}")
    table.add_row("p50 / p95 / p99 ms", f"{found.p50:.0f} / {found.p95:.0f} / {found.p99:.0f}")
    for name, cost in found.cpu_per_message.items():
        table.add_row(f"CPU µs a message: {name}", f"{cost:.0f}")
    table.add_row("CPU µs a message: together", f"{found.cpu_total:.0f}")
    for name, megabytes in found.resident.items():
        table.add_row(f"resident MB: {name}", f"{megabytes:.0f}")
    return table
