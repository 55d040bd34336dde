"""`sokoni bench`: what things cost on this machine.

By itself it measures messages, from webhook to provider call; `sokoni bench search` a catalogue.
"""

import asyncio
from enum import StrEnum
from typing import Annotated, Final

import typer
from rich.table import Table

from sokoni.cli.console import OUT
from sokoni.config import Settings
from sokoni.testing.bench.broadcasting import measure_broadcast
from sokoni.testing.bench.figures import Figures
from sokoni.testing.bench.plan import CONTACTS, Plan
from sokoni.testing.bench.run import run_bench
from sokoni.testing.bench.searching import SearchFigures, measure_search

commands: Final = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

Rate = Annotated[float, typer.Option(help="Messages a second; 0: as fast as they are replied to.")]
Seconds = Annotated[float, typer.Option(help="How long messages are sent.")]
Statuses = Annotated[bool, typer.Option(help="Every reply brings its three status webhooks.")]
Quiet = Annotated[int, typer.Option(help="The merchant's quiet time in milliseconds.")]
Workers = Annotated[int, typer.Option(help="Worker processes, where the database is no file.")]


class Engine(StrEnum):
    """The databases that search has an engine for."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    MARIADB = "mariadb"


@commands.callback(invoke_without_command=True)
def bench(  # noqa: PLR0913 -- the options of a command
    context: typer.Context,
    rate: Rate = 0,
    seconds: Seconds = 20,
    *,
    statuses: Statuses = False,
    quiet_ms: Quiet = 0,
    workers: Workers = 1,
    in_flight: Annotated[int, typer.Option(help="Unanswered at a time, with rate 0.")] = 200,
    contacts: Annotated[int, typer.Option(help="How many contacts write.")] = CONTACTS,
) -> None:
    """Measure messages, with a database of its own beside SOKONI_DATABASE_URL."""
    if context.invoked_subcommand is not None:
        return
    plan = Plan(
        rate=rate,
        seconds=seconds,
        statuses=statuses,
        quiet_ms=quiet_ms,
        in_flight=in_flight,
        contacts=contacts,
    )
    OUT.print(_table(asyncio.run(run_bench(Settings().database_url, plan, workers))))


@commands.command()
def search(
    products: Annotated[int, typer.Option(help="How many are in the catalogue.")] = 50_000,
    engine: Annotated[Engine, typer.Option(help="Whose engine.")] = Engine.SQLITE,
    searches: Annotated[int, typer.Option(help="How many are measured.")] = 2_000,
    copies: Annotated[int, typer.Option(help="PostgreSQL copies them so often besides.")] = 0,
) -> None:
    """Measure search in a catalogue of its own: a file, or on this machine's server."""
    found = asyncio.run(measure_search(engine, products, searches, copies))
    OUT.print(_search_table(found))


@commands.command()
def broadcast(
    contacts: Annotated[int, typer.Option(help="To how many it goes.")] = 100_000,
) -> None:
    """Measure a broadcast, with a database of its own beside SOKONI_DATABASE_URL."""
    found = asyncio.run(measure_broadcast(Settings().database_url, contacts))
    table = Table("figure", "value")
    table.add_row(
        "contacts / reached / twice", f"{found.contacts} / {found.taken} / {found.twice}"
    )
    table.add_row("proved a second", f"{found.proved_per_second:.0f}")
    table.add_row("sent a second", f"{found.sent_per_second:.0f}")
    table.add_row("CPU µs a message, provider included", f"{found.cpu_per_message:.0f}")
    table.add_row("resident MB at most, provider included", f"{found.resident:.0f}")
    table.add_row("replies to others meanwhile", str(found.replies))
    table.add_row("p50 / p95 ms of these replies", f"{found.p50:.0f} / {found.p95:.0f}")
    OUT.print(table)


def _search_table(found: SearchFigures) -> Table:
    table = Table("figure", "value")
    table.add_row(
        "search p50 / p95 / p99 ms", f"{found.p50:.1f} / {found.p95:.1f} / {found.p99:.1f}"
    )
    table.add_row("CPU ms a search", f"{found.cpu:.2f}")
    table.add_row("searches that found something", f"{found.found:.1%}")
    table.add_row("loaded a second", f"{found.loaded_per_second:.0f}")
    table.add_row("changes a second, one by one", f"{found.changes_per_second:.0f}")
    table.add_row("CPU ms a change", f"{found.changes_cpu:.2f}")
    table.add_row("changes a second, together", f"{found.bulk_per_second:.0f}")
    table.add_row("database MB", f"{found.database_megabytes:.0f}")
    return table


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
