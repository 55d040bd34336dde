"""`sokoni events …`: what was set aside because nobody could handle it."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Annotated
from uuid import UUID

import typer

from sokoni.channels.accounts import Accounts
from sokoni.channels.registry import Registry
from sokoni.cli.console import say
from sokoni.cli.parts import Parts, opened
from sokoni.errors import AppError
from sokoni.kit.http import ReqwestClient
from sokoni.kit.ids import EventId, MerchantId
from sokoni.merchants.service import Merchants
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.parked import Aside, ParkedEvents
from sokoni.messaging.replaying import Outcome, Replayed, Replaying

commands = typer.Typer(help="Events that nobody handled.", no_args_is_help=True)
_MOST = 1000


class NoEventsNamedError(AppError):
    code = "no_events_named"
    http_status = 422


Slug = Annotated[str, typer.Option("--merchant", help="Only this merchant's.")]


@commands.command("list")
def show(
    merchant: Slug = "",
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="How many at most.")] = 50,
    content: Annotated[bool, typer.Option("--content", help="Show what came, too.")] = False,
) -> None:
    """List parked and unreadable events, the newest first."""
    lines = asyncio.run(_lines(merchant, limit, content=content))
    say("\n".join(lines) or "No event is parked or unreadable.")


async def _lines(slug: str, limit: int, *, content: bool) -> list[str]:
    async with opened() as parts, parts.session() as session:
        events = ParkedEvents(parts.vault, await _merchant(parts, slug))
        found = await events.page(session, limit=limit)
        lines = []
        for event in found:
            lines += _described(event)
            if content:
                whole = await events.content(session, event.id)
                lines.append(f"  {whole.decode(errors='replace')}")
        return lines


@commands.command("replay")
def replay(
    ids: Annotated[list[UUID] | None, typer.Argument(metavar="ID…")] = None,
    merchant: Slug = "",
    everything: Annotated[bool, typer.Option("--all", help="All that were set aside.")] = False,
) -> None:
    """Put parked events back in line, their attempts forgotten; read unreadable ones anew.

    Exit code 1 where one still cannot be read.
    """
    wanted = [EventId(one) for one in ids or ()]
    if bool(wanted) == everything:
        raise NoEventsNamedError("Name events by their ids, or say --all.")
    replayed = asyncio.run(_replay(wanted, merchant))
    say("\n".join(_became(replayed)) or "There is none.")
    if _with(Outcome.UNREADABLE, replayed):
        raise typer.Exit(1)


async def _replay(ids: list[EventId], slug: str) -> list[Replayed]:
    async with opened() as parts, ReqwestClient() as http:
        events = ParkedEvents(parts.vault, await _merchant(parts, slug))
        found = await _found(parts, events, ids)
        replaying = Replaying(
            engine=parts.engine,
            events=events,
            inbox=Inbox(parts.engine, parts.vault, parts.clock),
            accounts=Accounts(parts.engine, parts.vault, Registry.installed(), http, parts.clock),
            clock=parts.clock,
        )
        return [await replaying.replay(event) for event in found]


async def _found(parts: Parts, events: ParkedEvents, ids: list[EventId]) -> list[Aside]:
    """Return the named events, all of them or none; without names, all that were set aside."""
    async with parts.session() as session:
        if ids:
            return [await events.get(session, event_id) for event_id in ids]
        return await events.page(session, limit=_MOST)


def _became(replayed: Sequence[Replayed]) -> Iterator[str]:
    """Say what became of the events: how many are on their way, and each that is not."""
    if in_line := _with(Outcome.IN_LINE, replayed):
        yield f"Back in line: {len(in_line)}"
    if read := _with(Outcome.READ, replayed):
        yield f"Read after all: {len(read)} (items stored: {sum(one.items for one in read)})"
    for one in _with(Outcome.UNREADABLE, replayed):
        yield f"Still unreadable: {one.event.id}, {one.why}"


def _with(outcome: Outcome, replayed: Sequence[Replayed]) -> list[Replayed]:
    return [one for one in replayed if one.outcome is outcome]


async def _merchant(parts: Parts, slug: str) -> MerchantId | None:
    if not slug:
        return None
    async with parts.session() as session:
        return (await Merchants(session, parts.vault, parts.clock).get(slug)).id


def _described(event: Aside) -> list[str]:
    when = f"{event.received_at:%Y-%m-%d %H:%M:%S}"
    state = f"{event.state.name.lower()} after {event.attempts}"
    head = f"{event.id}  {when}  {event.kind}  {state}"
    return [head, f"  {event.error}"] if event.error else [head]
