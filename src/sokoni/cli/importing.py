"""`sokoni import KIND FILE`: things that a merchant has in a file already."""

import asyncio
import codecs
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import typer
from rich.progress import Progress, TextColumn

from sokoni.cli.console import ERR, complain, say
from sokoni.cli.parts import Parts, opened
from sokoni.dialogue.dialogues import switched_on
from sokoni.dialogue.import_runs import ImportRun
from sokoni.dialogue.importing import Imported, Importer, Made
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


class ColumnUnknownError(AppError):
    code = "column_unknown"
    http_status = 422


Kind = Annotated[str, typer.Argument(metavar="KIND", help="What the rows are: providers.")]
DataFile = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)
]
Slug = Annotated[str, typer.Option("--merchant", help="The merchant's id.")]
Status = Annotated[str, typer.Option("--status", help="Of rows that tell none, such as active.")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", help="OURS=THEIRS, such as price=Retail; as often as needed."),
]
Missing = Annotated[
    bool,
    typer.Option("--withdraw-missing", help="Take off sale what the file does not name."),
]
Encoding = Annotated[
    str, typer.Option("--encoding", help="Such as windows-1256; each line tells unless told.")
]

Sheet = Annotated[str, typer.Option("--sheet", help="Of a workbook with several.")]


def import_file(  # noqa: PLR0913 -- what is known of a file
    kind: Kind,
    path: DataFile,
    merchant: Slug,
    *,
    status: Status = "",
    column: Columns = None,
    encoding: Encoding = "",
    sheet: Sheet = "",
    withdraw_missing: Missing = False,
) -> None:
    """Take the rows of a CSV, XLSX or JSON file; those that cannot be taken are named.

    Taken again, a file changes only what is not so yet: one that was cut off goes on. Nobody is
    told by message, and nothing is withdrawn unless --withdraw-missing says so.
    """
    reading = Reading(
        otherwise={"status": status} if status else {},
        called=_called(column or ()),
        encoding=_encoding(encoding),
        sheet=sheet,
        withdraw=withdraw_missing,
    )
    with path.open("rb") as file:
        imported = asyncio.run(_import(kind, file, merchant, reading))
    _report(imported)
    if imported.refused:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class Reading:
    """What somebody knows of a file besides what stands in it."""

    otherwise: Mapping[str, str]
    """Cells of rows that tell none."""
    called: Mapping[str, str]
    """What the file calls our columns."""
    encoding: str
    sheet: str
    """"" where the workbook has one with a table, or it is no workbook."""
    withdraw: bool
    """The file names all that there is."""


def _called(columns: Sequence[str]) -> Mapping[str, str]:
    pairs = [one.partition("=") for one in columns]
    for name, _, called in pairs:
        if not name or not called:
            raise typer.BadParameter(f"{name} is not like price=Retail.")
    return {name: called for name, _, called in pairs}


def _encoding(said: str) -> str:
    try:
        return codecs.lookup(said).name if said else ""
    except LookupError:
        raise typer.BadParameter(f"{said} is no encoding, such as windows-1256.") from None


async def _import(kind: str, file: BinaryIO, slug: str, reading: Reading) -> Imported:
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
            otherwise=reading.otherwise,
            called=reading.called,
            withdraw=reading.withdraw,
        )
        _check_columns(run)
        with _progress(file) as done:
            rows = rows_of(file, run.known, encoding=reading.encoding, sheet=reading.sheet)
            return await run.take(rows, done)


def _check_columns(run: ImportRun) -> None:
    """Refuse to call a column something that there is not."""
    columns = run.importer.columns
    if unknown := sorted(run.called.keys() - columns.keys()):
        raise ColumnUnknownError(
            f"There is no column {', '.join(unknown)}: there are {', '.join(columns)}."
        )


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
    if imported.unread:
        complain(f"Columns that are not read: {', '.join(imported.unread)}.")
    for line, reason in imported.refused:
        complain(f"line {line}: {reason}")
    for name in imported.withdrawn:
        say(f"withdrawn: {name}")
    counts = ", ".join(f"{imported.made[made]} {named}" for made, named in _MADE.items())
    refused = f"; {len(imported.refused)} not taken" if imported.refused else ""
    gone = f"; {len(imported.withdrawn)} withdrawn" if imported.withdrawn else ""
    say(f"{sum(imported.made.values())} taken: {counts}{refused}{gone}.")
