"""`sokoni broadcast …`: what is said to many, with its proof, and what came of it."""

import asyncio
import csv
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer
import yaml
from pydantic import ValidationError

from sokoni.capabilities.broadcast.desk import BroadcastDesk
from sokoni.capabilities.broadcast.lines import lines_of
from sokoni.capabilities.broadcast.models import Broadcast
from sokoni.capabilities.broadcast.numbers import Numbers
from sokoni.capabilities.broadcast.results import COLUMNS, Results, progress
from sokoni.capabilities.broadcast.rule import PASSING, SENT, Reason
from sokoni.capabilities.broadcast.said import BroadcastSaid
from sokoni.capabilities.broadcast.service import Broadcasts, settings_of
from sokoni.channels.accounts import Accounts
from sokoni.channels.registry import Registry
from sokoni.cli.console import say
from sokoni.cli.parts import Parts, opened
from sokoni.cli.tills import merchant_of
from sokoni.dialogue.manifest import facts_of, tasks_of
from sokoni.errors import AppError
from sokoni.kit.http import ReqwestClient
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.inbox import Inbox
from sokoni.web.contacts import find_contact_named

commands = typer.Typer(help="Things said to many contacts.", no_args_is_help=True)

_MOST: Final = 1000
_AT_ONCE: Final = 500
Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Reference = Annotated[str, typer.Argument(metavar="BROADCAST", help="Such as BRC-7K3M2Q5.")]
MEANINGS: Final[Mapping[Reason, str]] = {
    Reason.TEMPLATE: "by a template",
    Reason.IN_WINDOW: "freely, they wrote within the service window",
    Reason.QUIET_HOURS: "it is night where they are; they get it in the morning",
    Reason.IN_A_TASK: "in the middle of a task; they get it when that is over",
    Reason.OPTED_OUT: "said stop, to us or in WhatsApp",
    Reason.NO_CONSENT: "never agreed to marketing",
    Reason.BLOCKED: "shut out by staff",
    Reason.CAPPED: "got enough marketing lately",
    Reason.TEMPLATE_NOT_APPROVED: "only a template may be sent, and none is approved",
    Reason.NO_ADDRESS: "cannot be reached",
    Reason.DUPLICATE: "were told the same within a week",
    Reason.EXPIRED: "could not be written to in time",
    Reason.STOPPED: "it was stopped before",
    Reason.ERASED: "erased",
}
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="YAML.")]
Move: TypeAlias = Callable[[BroadcastDesk], Awaitable[Broadcast]]


class BroadcastFileError(AppError):
    """Why a file is no broadcast, in words for whoever wrote it."""

    code = "broadcast_file_refused"


@commands.command("facts")
def facts(merchant: Slug) -> None:
    """List what an audience of the merchant's may ask for."""

    async def act(desk: BroadcastDesk) -> str:
        every = sorted(desk.facts.items())
        return "\n".join(f"{name} ({one.kind}): {one.about}" for name, one in every)

    say(asyncio.run(_at(merchant, act)))


@commands.command("list")
def show_all(merchant: Slug) -> None:
    """List broadcasts, the oldest first."""
    say("\n".join(asyncio.run(_listed(merchant))) or "There is no broadcast.")


@commands.command("draft")
def draft(
    merchant: Slug,
    file: File,
    *,
    change: Annotated[str, typer.Option(help="Change this draft instead of making one.")] = "",
) -> None:
    """Draft a broadcast as a file says; nothing is sent."""
    said = _read(file)

    async def act(desk: BroadcastDesk) -> str:
        row = await (desk.revise(change, said) if change else desk.draft(said))
        return f"{row.reference}: {row.name}"

    say(asyncio.run(_at(merchant, act)))


@commands.command("proof")
def proof(merchant: Slug, reference: Reference) -> None:
    """Find out what would become of each recipient; nothing is sent."""
    say("\n".join(asyncio.run(_proved(merchant, reference))))


@commands.command("send")
def send(
    merchant: Slug,
    reference: Reference,
    proof: Annotated[str, typer.Option(help="The hash that `proof` showed.")],
) -> None:
    """Send a broadcast at its time, as it was proved."""
    say(asyncio.run(_moved(merchant, lambda desk: desk.send(reference, proof))))


@commands.command("pause")
def pause(merchant: Slug, reference: Reference) -> None:
    """Write to nobody until it is resumed; what is on its way goes."""
    say(asyncio.run(_moved(merchant, lambda desk: desk.pause(reference))))


@commands.command("resume")
def resume(merchant: Slug, reference: Reference) -> None:
    """Go on where it was paused."""
    say(asyncio.run(_moved(merchant, lambda desk: desk.resume(reference))))


@commands.command("stop")
def stop(merchant: Slug, reference: Reference) -> None:
    """Write to nobody more, for good."""
    say(asyncio.run(_moved(merchant, lambda desk: desk.stop(reference))))


@commands.command("test")
def test(
    merchant: Slug,
    reference: Reference,
    phones: Annotated[list[str], typer.Argument(metavar="PHONE…", help="Of contacts.")],
) -> None:
    """Say it now to contacts who are named, to see how it looks."""
    count = asyncio.run(_tested(merchant, reference, phones))
    say(f"It goes to {count}.")


@commands.command("show")
def show(merchant: Slug, reference: Reference) -> None:
    """Show how far a broadcast is."""
    say("\n".join(asyncio.run(_shown(merchant, reference))))


@commands.command("results")
def results(
    merchant: Slug,
    reference: Reference,
    file: Annotated[Path, typer.Argument(dir_okay=False, help="CSV.")],
) -> None:
    """Write a line for each recipient: who they are, and what became of it."""
    count = asyncio.run(_written(merchant, reference, file))
    say(f"{count} recipients are in {file}.")


# --- ------------------------------------------------------------------------------------------


@asynccontextmanager
async def _open(slug: str) -> AsyncIterator[tuple[Parts, BroadcastDesk]]:
    async with opened() as parts, ReqwestClient() as http:
        merchant = await merchant_of(parts, slug)
        accounts = Accounts(
            parts.engine,
            parts.vault,
            Registry.installed(),
            http,
            parts.clock,
            public_url=parts.settings.public_url,
        )
        await accounts.refresh()
        yield (
            parts,
            BroadcastDesk(
                engine=parts.engine,
                vault=parts.vault,
                clock=parts.clock,
                inbox=Inbox(parts.engine, parts.vault, parts.clock),
                merchant=merchant,
                facts=facts_of(parts.capabilities, merchant),
                lines=lines_of(accounts.known(), merchant.id),
                tasks=tasks_of(parts.capabilities, merchant),
                by="command",
            ),
        )


async def _at(slug: str, act: Callable[[BroadcastDesk], Awaitable[str]]) -> str:
    async with _open(slug) as (_, desk):
        return await act(desk)


async def _moved(slug: str, move: Move) -> str:
    async with _open(slug) as (_, desk):
        row = await move(desk)
        return f"{row.reference} is {row.state}{_since(row, desk.merchant)}."


async def _proved(slug: str, reference: str) -> list[str]:
    async with _open(slug) as (parts, desk):
        found = await desk.prove(reference)
        async with parts.session() as session:
            settings, now = settings_of(desk.merchant), parts.clock()
            numbers = await Numbers.of(session, desk.merchant.id, settings, now)
            known = await numbers.words(session, desk.merchant.id)
    every = sum(found.counts.values())
    reached = sum(found.counts.get(one, 0) for one in (*SENT, *PASSING))
    messages = ", ".join(f"{count} {one}" for one, count in found.costs["messages"].items())
    total = found.costs["total"]
    cost = f"{total} {found.costs['currency']}" if total else "unknown: no prices are set"
    return [
        f"{every} recipients: {reached} are written to, {every - reached} left out",
        *_reasons(found.counts),
        f"Messages: {messages or 'none'}. Cost: {cost}.",
        *known,
        f"Proof: {found.hash}",
    ]


def _reasons(counts: Mapping[str, int]) -> list[str]:
    return [
        f"{count:>8} {reason}: {MEANINGS[Reason(reason)]}"
        for reason, count in sorted(counts.items())
    ]


async def _listed(slug: str) -> list[str]:
    async with _open(slug) as (parts, desk), parts.session() as session:
        rows = await Broadcasts(session, desk.merchant, parts.clock()).page(
            after=None, limit=_MOST
        )
        return [f"{one.reference} {_state(one)}: {one.name}" for one in rows]


async def _tested(slug: str, reference: str, phones: list[str]) -> int:
    async with _open(slug) as (parts, desk):
        async with parts.session() as session:
            found = [
                await find_contact_named(session, parts.vault, desk.merchant, one)
                for one in phones
            ]
        return await desk.try_out(reference, found)


async def _shown(slug: str, reference: str) -> list[str]:
    async with _open(slug) as (parts, desk), parts.session() as session:
        row = await Broadcasts(session, desk.merchant, parts.clock()).get(reference)
        found = await progress(session, row)
        figures = ("said", "sent", "delivered", "read", "failed", "replied", "clicked")
        counts = ", ".join(f"{getattr(found, name)} {name}" for name in figures)
        waiting = f"{found.planned} planned, {found.queued} in line, {found.left_out} left out"
        settings, now = settings_of(desk.merchant), parts.clock()
        numbers = await Numbers.of(session, desk.merchant.id, settings, now)
        return [
            f"{row.reference} {_state(row)}: {row.name}{_since(row, desk.merchant)}",
            f"{found.recipients} recipients: {waiting}",
            counts,
            *_reasons(found.verdicts),
            *(f"{count:>8} failed: {error}" for error, count in sorted(found.errors.items())),
            *await numbers.words(session, desk.merchant.id),
        ]


async def _written(slug: str, reference: str, file: Path) -> int:
    async with _open(slug) as (parts, desk), parts.session() as session:
        row = await Broadcasts(session, desk.merchant, parts.clock()).get(reference)
        lines = Results(session, parts.vault, desk.merchant, parts.clock()).rows(row)
        return await _write(file, lines)


async def _write(file: Path, rows: AsyncIterator[Mapping[str, str]]) -> int:
    """Write them as they come, a few at a time: there may be very many."""
    count = 0
    with await asyncio.to_thread(partial(file.open, "w", encoding="utf-8-sig", newline="")) as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        some: list[Mapping[str, str]] = []
        async for row in rows:
            some.append(row)
            if len(some) >= _AT_ONCE:
                await asyncio.to_thread(writer.writerows, some)
                count, some = count + len(some), []
        await asyncio.to_thread(writer.writerows, some)
    return count + len(some)


def _state(row: Broadcast) -> str:
    return f"{row.state} ({row.why})" if row.why else row.state


def _since(row: Broadcast, merchant: MerchantProfile) -> str:
    at = row.starts_at
    return f", from {at.astimezone(merchant.zone):%Y-%m-%d %H:%M}" if at is not None else ""


def _read(file: Path) -> BroadcastSaid:
    try:
        return BroadcastSaid.model_validate(yaml.safe_load(file.read_text("utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BroadcastFileError(f"{file} is no YAML.") from error
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'broadcast'}: {one['msg']}"
            for one in error.errors()
        )
        raise BroadcastFileError(wrong) from error
