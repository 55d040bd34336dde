"""`sokoni places …`: the places that contacts and staff registered."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Final

import typer

from sokoni.cli.console import say
from sokoni.cli.parts import opened
from sokoni.errors import AppError
from sokoni.merchants.service import Merchants
from sokoni.places.distance import Point
from sokoni.places.gazetteer import Gazetteer
from sokoni.places.models import RegisteredPlace
from sokoni.places.service import PlacesService

commands = typer.Typer(help="Places that were registered.", no_args_is_help=True)

_MOST: Final = 1000
_POINT: Final = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*")

Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")]


class WhereError(AppError):
    code = "place_where"
    http_status = 422


@commands.command("list")
def show(
    merchant: Slug,
    *,
    unverified: Annotated[
        bool, typer.Option("--unverified", help="Only those nobody has checked.")
    ] = False,
) -> None:
    """List what contacts and staff registered, the newest first."""
    lines = asyncio.run(_lines(merchant, unverified=unverified))
    say("\n".join(lines) or "No such place was registered.")


async def _lines(slug: str, *, unverified: bool) -> Sequence[str]:
    async with _places(slug) as places:
        found = await places.page(unverified=unverified, limit=_MOST)
    return [_described(one) for one in found]


@commands.command("add")
def add(
    merchant: Slug,
    name: Name,
    at: Annotated[str, typer.Option(help="Latitude, longitude: --at=-18.45,29.05")] = "",
    means: Annotated[str, typer.Option(help="The known place that this is a name of.")] = "",
    *,
    verified: Annotated[bool, typer.Option("--verified", help="It needs no check.")] = False,
) -> None:
    """Register a place, or another name of one that is known."""
    asyncio.run(_add(merchant, name, _point(at, means), means, verified=verified))
    say(f"{name} is a place for {merchant}. A running server knows it within ten seconds.")


def _point(at: str, means: str) -> Point | None:
    if bool(at) == bool(means):
        raise WhereError("Say where it is with --at, or which place it means with --means.")
    if not at:
        return None
    found = _POINT.fullmatch(at)
    if found is None:
        raise WhereError(f"{at} is no latitude and longitude, such as -18.45,29.05.")
    return Point(float(found[1]), float(found[2]))


async def _add(slug: str, name: str, point: Point | None, means: str, *, verified: bool) -> None:
    async with _places(slug) as places:
        if point is not None:
            await places.register(name, point, verified=verified)
            return
        place = places.shipped_named(means)
        if place is None:
            raise WhereError(f"{means} is no place that we ship.")
        await places.add_alias(name, place, verified=verified)


@commands.command("verify")
def verify(merchant: Slug, name: Name) -> None:
    """Note that somebody has looked at it."""

    async def verified() -> None:
        async with _places(merchant) as places:
            await places.verify(await places.get_named(name))

    asyncio.run(verified())
    say(f"{name} is checked.")


@commands.command("remove")
def remove(merchant: Slug, name: Name) -> None:
    """Know it no more. What was listed there keeps its name."""

    async def removed() -> None:
        async with _places(merchant) as places:
            await places.remove(await places.get_named(name))

    asyncio.run(removed())
    say(f"{name} is no place for {merchant} any more.")


@asynccontextmanager
async def _places(slug: str) -> AsyncIterator[PlacesService]:
    async with opened() as parts, parts.session() as session:
        merchant = await Merchants(session, parts.vault, parts.clock).get(slug)
        yield PlacesService(
            session, merchant.id, merchant.country, shipped=Gazetteer(), clock=parts.clock
        )


def _described(one: RegisteredPlace) -> str:
    where = f"means {one.alias_of}" if one.alias_of else f"{one.latitude}, {one.longitude}"
    near = "" if one.town == one.name else f" near {one.town}"
    who = "staff" if one.contact_id is None else "a contact"
    checked = "checked" if one.verified else "not checked"
    return f"{one.name}{near} ({where}): by {who}, {one.created_at:%Y-%m-%d}, {checked}"
