"""`sokoni catalogue …`: what a merchant sells, in the channel's own catalogue."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import typer

from sokoni.channels.accounts import Accounts
from sokoni.channels.catalogues import Catalogue, Catalogued, Entry
from sokoni.channels.registry import Registry
from sokoni.cli.console import complain, say
from sokoni.cli.parts import Parts, opened
from sokoni.cli.tills import merchant_of
from sokoni.dialogue.dialogues import switched_on
from sokoni.errors import AppError
from sokoni.kit.http import ReqwestClient
from sokoni.media.links import Links
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.catalogues import CatalogueItems
from sokoni.messaging.pushing import CataloguePush, Pushed

commands = typer.Typer(help="The channel's own catalogue.", no_args_is_help=True)
Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Whole = Annotated[bool, typer.Option("--all", help="Also what is there already.")]


class NoCatalogueError(AppError):
    """The merchant has no account with a catalogue, or nothing to put into one."""

    code = "catalogue_missing"
    http_status = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A merchant with its catalogues."""

    parts: Parts
    merchant: MerchantProfile
    catalogues: tuple[Catalogue, ...]

    def push(self, catalogue: Catalogue) -> CataloguePush:
        return CataloguePush(catalogue, self.merchant.id, self.parts.session, self.parts.clock)


@commands.command("push")
def push(merchant: Slug, *, whole: Whole = False) -> None:
    """Put into the catalogue what is new or changed, and take out what is sold no longer.

    What is not taken is named with the reason; the next push tries it again.
    """
    came = asyncio.run(_push(merchant, whole=whole))
    for one in came:
        _tell(one)
    if any(one.refused for one in came):
        raise typer.Exit(1)


@commands.command("read")
def read(merchant: Slug) -> None:
    """Take down what the catalogue has, where something else than Sokoni fills it."""
    for catalogue, count in asyncio.run(_read(merchant)):
        say(f"Catalogue {catalogue}: {count} products.")


@commands.command("show")
def show(merchant: Slug) -> None:
    """Say how much the catalogue has, and what it refused, when filled or when shown."""
    for line in asyncio.run(_show(merchant)):
        say(line)


async def _push(slug: str, *, whole: bool) -> list[Pushed]:
    async with _opened(slug) as here:
        link = here.parts.settings.public_url
        return [
            await here.push(one).push(_entries(here), link, whole=whole) for one in here.catalogues
        ]


async def _read(slug: str) -> list[tuple[str, int]]:
    async with _opened(slug) as here:
        return [(one.id, await here.push(one).read()) for one in here.catalogues]


async def _show(slug: str) -> list[str]:
    lines = []
    async with _opened(slug) as here, here.parts.session() as session:
        for one in here.catalogues:
            items = CatalogueItems(session, here.merchant.id, one.id)
            refused = await items.refused()
            lines.append(
                f"Catalogue {one.id}: {len(await items.digests())} products, "
                f"{len(refused)} refused."
            )
            lines += [f"  {number}: {why}" for number, why in refused.items()]
    return lines


async def _entries(here: Open) -> AsyncIterator[Entry]:
    parts, merchant = here.parts, here.merchant
    sources = [one.catalogue for one in switched_on(merchant, parts.capabilities) if one.catalogue]
    if not sources:
        raise NoCatalogueError(f"{merchant.slug} sells nothing that a catalogue could show.")
    settings = parts.settings
    life = timedelta(hours=settings.media_link_hours)
    base_url = settings.media_base_url or settings.public_url
    links = Links(parts.vault, parts.clock, base_url, life)
    async with parts.session() as session:
        for source in sources:
            async for entry in source(session, merchant, parts.clock(), links.of):
                yield entry


@asynccontextmanager
async def _opened(slug: str) -> AsyncIterator[Open]:
    async with opened() as parts, ReqwestClient() as http:
        merchant = await merchant_of(parts, slug)
        accounts = Accounts(parts.engine, parts.vault, Registry.installed(), http, parts.clock)
        mine = [one.channel for one in await accounts.all() if one.merchant_id == merchant.id]
        found = [one.catalogue for one in mine if isinstance(one, Catalogued)]
        # Numbers of one business may share a catalogue.
        catalogues = {one.id: one for one in found if one is not None}
        if not catalogues:
            raise NoCatalogueError(
                f"{slug} has no channel with a catalogue: set `catalog_id` of its "
                "whatsapp_cloud channel."
            )
        yield Open(parts=parts, merchant=merchant, catalogues=tuple(catalogues.values()))


def _tell(pushed: Pushed) -> None:
    for number, why in pushed.refused.items():
        complain(f"{number}: {why}")
    refused = f"; {len(pushed.refused)} not taken" if pushed.refused else ""
    say(f"{pushed.put} put, {pushed.same} as they were, {pushed.gone} taken out{refused}.")
