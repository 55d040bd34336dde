"""`sokoni registration …`: who registered with what, listed, shown and written to a file."""

import asyncio
import csv
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from sokoni.capabilities.onboarding.listing import HEAD, cells, row, texts
from sokoni.capabilities.onboarding.models import Entry
from sokoni.capabilities.onboarding.service.book import (
    RegistrationBook,
    RegistrationUnknownError,
)
from sokoni.cli.console import say
from sokoni.cli.parts import opened
from sokoni.contacts.directory import ContactDirectory
from sokoni.merchants.service import Merchants

commands = typer.Typer(help="What people registered.", no_args_is_help=True)

_PAGE: Final = 200

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
    say(f"{count} registration{'' if count == 1 else 's'} written to {file}.")


async def _lines(slug: str, step: str, state: str) -> list[str]:
    async with opened() as parts, parts.session() as session:
        zone = ZoneInfo((await Merchants(session, parts.vault, parts.clock).get(slug)).timezone)
    return [
        f"{one.reference}: {one.registration}, {one.state}, at {one.step} "
        f"({one.updated_at.astimezone(zone):%Y-%m-%d %H:%M})"
        async for one, _ in _every(slug, step, state)
    ]


async def _shown(slug: str, reference: str) -> str:
    async with opened() as parts, parts.session() as session:
        merchant = await Merchants(session, parts.vault, parts.clock).get(slug)
        book = RegistrationBook(session, parts.vault, merchant.id, parts.clock())
        entry = await book.called(reference)
        if entry is None:
            raise RegistrationUnknownError(reference)
        directory = ContactDirectory(session, parts.vault, merchant.id)
        number = await directory.phone_of(entry.contact_id)
        said = {**row(entry), "writes_from": number or "", **texts(book.answers(entry))}
    return "\n".join(f"{name}: {value}" for name, value in said.items())


async def _export(slug: str, file: Path, step: str, state: str) -> int:
    rows = [{**row(one), **said} async for one, said in _every(slug, step, state)]
    names = list(dict.fromkeys([*HEAD, *(name for one in rows for name in one)]))
    with file.open("w", encoding="utf-8-sig", newline="") as written:
        writer = csv.writer(written)
        writer.writerow(names)
        writer.writerows(cells(names, one) for one in rows)
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
                yield one, texts(book.answers(one))
            after = found[-1].id
