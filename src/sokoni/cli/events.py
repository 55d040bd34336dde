"""`sokoni events …`: what was set aside because nobody could handle it."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer

from sokoni.cli.console import say
from sokoni.cli.parts import Parts, opened
from sokoni.db.writing import writing
from sokoni.errors import AppError
from sokoni.kit.ids import EventId, MerchantId
from sokoni.merchants.service import Merchants
from sokoni.messaging.models import EventState
from sokoni.messaging.parked import Aside, ParkedEvents

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
    everything: Annotated[bool, typer.Option("--all", help="All that are parked.")] = False,
) -> None:
    """Put parked events back in line, their attempts forgotten."""
    wanted = [EventId(one) for one in ids or ()]
    if bool(wanted) == everything:
        raise NoEventsNamedError("Name events by their ids, or say --all.")
    say(f"Back in line: {asyncio.run(_replay(wanted, merchant))}")


async def _replay(ids: list[EventId], slug: str) -> int:
    async with opened() as parts:
        events = ParkedEvents(parts.vault, await _merchant(parts, slug))
        found = await _found(parts, events, ids)
        async with writing(parts.engine) as connection:
            for event in found:
                await events.replay(connection, event, parts.clock())
    return len(found)


async def _found(parts: Parts, events: ParkedEvents, ids: list[EventId]) -> list[Aside]:
    """Return the named events, all of them or none; without names, all that are parked."""
    async with parts.session() as session:
        if ids:
            return [await events.get(session, event_id) for event_id in ids]
        return await events.page(session, states=(EventState.PARKED,), limit=_MOST)


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
