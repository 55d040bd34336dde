"""`sokoni apikey …`: keys to the API."""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer

from sokoni.cli.console import say
from sokoni.cli.parts import opened
from sokoni.errors import AppError
from sokoni.merchants.api_keys import ApiKeys
from sokoni.merchants.service import Merchants
from sokoni.web.principal import Scope

commands = typer.Typer(help="Keys to the API.", no_args_is_help=True)


class ApiKeyUnknownError(AppError):
    code = "api_key_unknown"
    http_status = 404


Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="What the key is for.")]
Scopes = Annotated[list[Scope], typer.Option("--scope", help="What it may do; may be repeated.")]
Days = Annotated[int, typer.Option(min=0, help="Days until it expires; 0: never.")]


@commands.command("add")
def add(merchant: Slug, name: Name, scope: Scopes, days: Days = 0) -> None:
    """Make a key and show it, this once."""
    say(asyncio.run(_add(merchant, name, scope, days)))


async def _add(slug: str, name: str, scopes: list[Scope], days: int) -> str:
    async with opened() as parts, parts.session() as session:
        merchant = await Merchants(session, parts.vault, parts.clock).get(slug)
        expires_at = parts.clock() + timedelta(days=days) if days else None
        return await ApiKeys(session, parts.clock).issue(merchant.id, name, scopes, expires_at)


@commands.command("revoke")
def revoke(merchant: Slug, name: Name) -> None:
    """Make the keys of this name worthless."""
    say(f"Revoked: {asyncio.run(_revoke(merchant, name))}")


async def _revoke(slug: str, name: str) -> int:
    async with opened() as parts, parts.session() as session:
        merchant = await Merchants(session, parts.vault, parts.clock).get(slug)
        count = await ApiKeys(session, parts.clock).revoke(merchant.id, name)
    if not count:
        raise ApiKeyUnknownError(f"{slug} has no key called {name}.")
    return count
