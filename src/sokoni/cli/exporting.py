"""`sokoni export KIND FILE`: what a merchant has, as a file that can be imported again."""

import asyncio
from pathlib import Path
from typing import Annotated, Final

import typer

from sokoni.cli.console import say
from sokoni.cli.parts import opened
from sokoni.dialogue.dialogues import switched_on
from sokoni.dialogue.exporting import FileFormat, write_rows, writer_for
from sokoni.errors import AppError
from sokoni.merchants.directory import profile_of
from sokoni.merchants.service import Merchants

_UNFINISHED: Final = ".part"


class NoExporterError(AppError):
    code = "export_unknown"
    http_status = 422


Kind = Annotated[str, typer.Argument(metavar="KIND", help="What the rows are: products.")]
DataFile = Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, help=".csv or .xlsx")]
Slug = Annotated[str, typer.Option("--merchant", help="The merchant's id.")]


def export_file(kind: Kind, path: DataFile, merchant: Slug) -> None:
    """Write all rows of a kind into a CSV or XLSX file. What was there before is replaced."""
    ending = path.suffix.removeprefix(".").lower()
    if ending not in set(FileFormat):
        raise NoExporterError(f"{path.name} ends neither in .csv nor in .xlsx.")
    count = asyncio.run(_export(kind, path, merchant, FileFormat(ending)))
    say(f"{count} rows written to {path}.")


async def _export(kind: str, path: Path, slug: str, form: FileFormat) -> int:
    async with opened() as parts, parts.session() as session:
        merchant = profile_of(await Merchants(session, parts.vault, parts.clock).get(slug))
        enabled = switched_on(merchant, parts.capabilities)
        known = {name: one for each in enabled for name, one in each.exporters.items()}
        if kind not in known:
            there = f"can export {', '.join(sorted(known))}" if known else "can export nothing"
            raise NoExporterError(f"{slug} has no {kind}: it {there}.")
        exporter, unfinished = known[kind], path.with_name(path.name + _UNFINISHED)
        with unfinished.open("wb") as file:
            writer = writer_for(file, form, kind)
            rows = exporter.rows(session, merchant, parts.clock)
            count = await write_rows(writer, exporter.columns(merchant), rows)
        # A file that is there is a whole one.
        unfinished.replace(path)
        return count
