"""`sokoni import KIND FILE`: things that a merchant has in a file already."""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import typer
from rich.progress import Progress, TextColumn

from sokoni.cli.console import ERR, complain, say
from sokoni.cli.parts import Parts, opened
from sokoni.dialogue.dialogues import switched_on
from sokoni.dialogue.importing import Imported, Importer, ImportRun, Made
from sokoni.dialogue.tables import rows_of
from sokoni.errors import AppError
from sokoni.merchants.directory import profile_of
from sokoni.merchants.profile import MerchantProfile
from sokoni.merchants.service import Merchants
from sokoni.places.gazetteer import Gazetteer

_MADE: Final[Mapping[Made, str]] = {
    Made.NEW: "new",
    Made.CHANGED: "changed",
    Made.SAME: "as they were",
}


class NoImporterError(AppError):
    code = "import_unknown"
    http_status = 422


Kind = Annotated[str, typer.Argument(metavar="KIND", help="What the rows are: providers.")]
DataFile = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)
]
Slug = Annotated[str, typer.Option("--merchant", help="The merchant's id.")]
Status = Annotated[str, typer.Option("--status", help="Of rows that tell none, such as active.")]


def import_file(kind: Kind, path: DataFile, merchant: Slug, status: Status = "") -> None:
    """Take the rows of a CSV, XLSX or JSON file; those that cannot be taken are named.

    Taken again, a file changes only what is not so yet: one that was cut off goes on. Nobody is
    told by message.
    """
    otherwise = {"status": status} if status else {}
    with path.open("rb") as file:
        imported = asyncio.run(_import(kind, file, merchant, otherwise))
    _report(imported)
    if imported.refused:
        raise typer.Exit(1)


async def _import(kind: str, file: BinaryIO, slug: str, otherwise: Mapping[str, str]) -> Imported:
    async with opened() as parts:
        async with parts.session() as session:
            row = await Merchants(session, parts.vault, parts.clock).get(slug)
            merchant = profile_of(row)
        run = ImportRun(
            engine=parts.engine,
            vault=parts.vault,
            clock=parts.clock,
            merchant=merchant,
            shipped=Gazetteer(),
            importer=_importer(parts, merchant, kind),
            otherwise=otherwise,
        )
        with _progress(file) as done:
            return await run.take(rows_of(file), done)


def _importer(parts: Parts, merchant: MerchantProfile, kind: str) -> Importer:
    """Return what takes such rows for the merchant, or say what there is."""
    enabled = switched_on(merchant, parts.capabilities)
    known = {name: one for capability in enabled for name, one in capability.imports.items()}
    if kind not in known:
        there = f"can import {', '.join(sorted(known))}" if known else "can import nothing"
        raise NoImporterError(f"{merchant.slug} has no {kind}: it {there}.")
    return known[kind]


@contextmanager
def _progress(file: BinaryIO) -> Iterator[Callable[[int], None]]:
    """Show a person at a terminal how far it is; a file that is written to stays as it is."""
    size = os.fstat(file.fileno()).st_size
    columns = (*Progress.get_default_columns(), TextColumn("{task.fields[rows]} rows"))
    with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        task, taken = progress.add_task("Importing", total=size, rows=0), 0

        def done(count: int) -> None:
            nonlocal taken
            taken += count
            # How much of the file was read: nobody counts its rows beforehand.
            progress.update(task, completed=file.tell(), rows=taken)

        yield done


def _report(imported: Imported) -> None:
    for line, reason in imported.refused:
        complain(f"line {line}: {reason}")
    counts = ", ".join(f"{imported.made[made]} {named}" for made, named in _MADE.items())
    refused = f"; {len(imported.refused)} not taken" if imported.refused else ""
    say(f"{sum(imported.made.values())} taken: {counts}{refused}.")
