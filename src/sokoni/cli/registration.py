"""`sokoni registration …`: who registered with what, listed, shown and written to a file."""

import asyncio
import csv
import json
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from sokoni.capabilities.onboarding.models import Entry
from sokoni.capabilities.onboarding.service.book import (
    RegistrationBook,
    RegistrationUnknownError,
)
from sokoni.cli.console import say
from sokoni.cli.parts import opened
from sokoni.merchants.service import Merchants

commands = typer.Typer(help="What people registered.", no_args_is_help=True)

_PAGE: Final = 200
_FORMULA: Final = re.compile(r"[=@\t\r]|[+-](?!\d+$)")
_HEAD: Final = ("reference", "registration", "state", "step", "verified", "created_at")

Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Step = Annotated[str, typer.Option("--step", help="Only who is at this step.")]
State = Annotated[str, typer.Option("--state", help="Only those that stand so.")]


@commands.command("list")
def show_all(merchant: Slug, step: Step = "", state: State = "") -> None:
    """List registrations in the order in which they were begun, without what was answered."""
    say("\n".join(asyncio.run(_lines(merchant, step, state))) or "Nobody has registered.")


@commands.command("show")
def show(merchant: Slug, reference: Annotated[str, typer.Argument(metavar="REFERENCE")]) -> None:
    """Show one registration with its answers."""
    say(asyncio.run(_shown(merchant, reference)))


@commands.command("export")
def export(
    merchant: Slug,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file to write.")],
    step: Step = "",
    state: State = "",
) -> None:
    """Write registrations with their answers to a CSV file."""
    count = asyncio.run(_export(merchant, file, step, state))
    say(f"{count} registrations written to {file}.")


async def _lines(slug: str, step: str, state: str) -> list[str]:
    return [
        f"{one.reference}: {one.registration}, {one.state}, at {one.step} "
        f"({one.updated_at:%Y-%m-%d %H:%M})"
        async for one, _ in _every(slug, step, state)
    ]


async def _shown(slug: str, reference: str) -> str:
    async with opened() as parts, parts.session() as session:
        merchant = await Merchants(session, parts.vault, parts.clock).get(slug)
        book = RegistrationBook(session, parts.vault, merchant.id, parts.clock())
        entry = await book.called(reference)
        if entry is None:
            raise RegistrationUnknownError(reference)
        said = {**_row(entry), **_answers(book, entry)}
    return "\n".join(f"{name}: {value}" for name, value in said.items())


async def _export(slug: str, file: Path, step: str, state: str) -> int:
    rows = [{**_row(one), **said} async for one, said in _every(slug, step, state)]
    names = list(dict.fromkeys([*_HEAD, *(name for row in rows for name in row)]))
    with file.open("w", encoding="utf-8-sig", newline="") as written:
        writer = csv.writer(written)
        writer.writerow(names)
        writer.writerows([_safe(row.get(name, "")) for name in names] for row in rows)
    return len(rows)


async def _every(
    slug: str, step: str, state: str
) -> AsyncIterator[tuple[Entry, Mapping[str, str]]]:
    async with opened() as parts, parts.session() as session:
        merchant = await Merchants(session, parts.vault, parts.clock).get(slug)
        book = RegistrationBook(session, parts.vault, merchant.id, parts.clock())
        after = None
        while found := await book.page(after=after, limit=_PAGE, step=step, state=state):
            for one in found:
                yield one, _answers(book, one)
            after = found[-1].id


def _row(entry: Entry) -> dict[str, str]:
    return {
        "reference": entry.reference,
        "registration": entry.registration,
        "state": entry.state,
        "step": entry.step,
        "verified": "yes" if entry.verified else "no",
        "created_at": entry.created_at.isoformat(timespec="seconds"),
    }


def _answers(book: RegistrationBook, entry: Entry) -> dict[str, str]:
    return {slot: _text(json.loads(bytes(raw))) for slot, raw in book.answers(entry).items()}


def _text(value: object) -> str:
    """Return an answer as a cell: of a place its name, of a file its id."""
    if isinstance(value, dict):
        return str(value.get("name") or value.get("id") or "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _safe(cell: str) -> str:
    """Keep a spreadsheet from taking what somebody wrote for a formula; numbers stay."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
