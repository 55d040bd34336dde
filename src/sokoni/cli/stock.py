"""`sokoni stock …`: how many pieces there are, counted and corrected."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Final

import typer

from sokoni.capabilities.store.models.catalogue import Variant, VariantId
from sokoni.capabilities.store.service.catalogue import Catalogue
from sokoni.capabilities.store.service.stock import Stock, StockPromisedError
from sokoni.cli.console import say
from sokoni.cli.parts import opened
from sokoni.cli.tills import merchant_of
from sokoni.errors import AppError

commands = typer.Typer(help="Pieces of what a store sells.", no_args_is_help=True)

_MOST: Final = 100_000
Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Sku = Annotated[str, typer.Argument(metavar="SKU", help="Of a variant, such as COF-101.")]


class StockRefusedError(AppError):
    """Why pieces cannot be noted so, in words for whoever typed the command."""

    code = "stock_refused"


@commands.command("list")
def show_all(
    merchant: Slug,
    *,
    at_most: Annotated[
        int | None, typer.Option(min=0, help="Only what is counted, with so many left or fewer.")
    ] = None,
) -> None:
    """List how many there are of each variant, and how many of them are promised."""
    say("\n".join(asyncio.run(_lines(merchant, at_most))) or "There is no such variant.")


@commands.command("set")
def count(
    merchant: Slug,
    sku: Sku,
    pieces: Annotated[
        int | None,
        typer.Argument(min=0, help="How many there are; nothing: they are not counted."),
    ] = None,
) -> None:
    """Note how many there are, those that are promised to orders with them."""
    say(asyncio.run(_noted(merchant, sku, pieces, None)))


@commands.command("adjust", context_settings={"ignore_unknown_options": True})
def adjust(
    merchant: Slug, sku: Sku, by: Annotated[int, typer.Argument(help="Such as 12, or -3.")]
) -> None:
    """Note that pieces came, or are gone."""
    say(asyncio.run(_noted(merchant, sku, None, by)))


async def _lines(slug: str, at_most: int | None) -> Sequence[str]:
    async with opened() as parts:
        merchant = await merchant_of(parts, slug)
        async with parts.session() as session:
            catalogue = Catalogue(session, merchant.id, parts.clock())
            found = await catalogue.stock_page(after=None, limit=_MOST, at_most=at_most)
            return [line(one) for one in found]


async def _noted(slug: str, sku: str, pieces: int | None, by: int | None) -> str:
    async with opened() as parts:
        merchant = await merchant_of(parts, slug)
        async with parts.session() as session:
            scope = (session, merchant.id, parts.clock())
            catalogue, stock = Catalogue(*scope), Stock(*scope)
            found = (await catalogue.variants_by_skus([sku])).get(sku)
            if found is None:
                raise StockRefusedError(f"{slug} sells nothing with the SKU {sku}.")
            variant_id = VariantId(found.id)
            try:
                if by is None:
                    await stock.count(variant_id, pieces)
                else:
                    await stock.adjust(variant_id, by)
            except StockPromisedError as error:
                raise StockRefusedError(
                    f"More of {sku} are promised to orders: {line(found)}."
                ) from error
            return line(await catalogue.variant(variant_id))


def line(variant: Variant) -> str:
    there = "not counted" if variant.on_hand is None else f"{variant.on_hand} there"
    promised = f", {variant.reserved} promised" if variant.reserved else ""
    withdrawn = ", withdrawn" if variant.withdrawn else ""
    return f"{variant.sku}: {there}{promised}{withdrawn}"
