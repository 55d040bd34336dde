"""`sokoni product …`: what a store sells, what it costs, and whether it is on sale."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Final

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.files.cells import CellError, price_in
from sokoni.capabilities.store.files.importing import reason_of
from sokoni.capabilities.store.models.catalogue import Product, ProductId, Variant
from sokoni.capabilities.store.service.catalogue import Catalogue, Only, Status
from sokoni.capabilities.store.service.categories import Categories
from sokoni.capabilities.store.service.products import Products
from sokoni.capabilities.store.service.told import UNSAID, ProductTold, Unsaid, VariantTold
from sokoni.cli import product_lines
from sokoni.cli.console import say
from sokoni.cli.parts import Parts, opened
from sokoni.cli.tills import merchant_of
from sokoni.errors import AppError
from sokoni.kit.money import Money
from sokoni.merchants.profile import MerchantProfile

commands = typer.Typer(help="Products of a store.", no_args_is_help=True)

_MOST: Final = 100_000
Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Sku = Annotated[str, typer.Argument(metavar="SKU", help="Of a product, or of a variant.")]


class ProductRefusedError(AppError):
    """Why a product cannot be so, in words for whoever typed the command."""

    code = "product_refused_here"


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a product; what is not stays."""

    price: str = ""
    before: str = ""
    status: Status | None = None
    name: str = ""
    language: str = ""
    categories: Sequence[str] | None = None
    withdrawn: bool | None = None
    """Of a variant alone."""


@commands.command("list")
def show_all(
    merchant: Slug,
    *,
    status: Annotated[Status | None, typer.Option(help="Only those that are so.")] = None,
) -> None:
    """List products, the oldest first."""
    say("\n".join(asyncio.run(_lines(merchant, status))) or "There is no such product.")


@commands.command("show")
def show(merchant: Slug, sku: Sku) -> None:
    """Show a product with its variants: what they cost, and how many there are."""
    say("\n".join(asyncio.run(_changed(merchant, sku, None))))


@commands.command("set")
def change(  # noqa: PLR0913 -- what a product is made of
    merchant: Slug,
    sku: Sku,
    *,
    price: Annotated[str, typer.Option(help="Of a variant, or of the only one.")] = "",
    before: Annotated[str, typer.Option(help='What it cost before; "-" for nothing.')] = "",
    status: Annotated[Status | None, typer.Option(help="Whether it is on sale.")] = None,
    name: Annotated[str, typer.Option(help="What it is called.")] = "",
    language: Annotated[str, typer.Option(help="Of the name; the merchant's first.")] = "",
    category: Annotated[
        list[str] | None, typer.Option(help="Path of one it stands in, instead of all others.")
    ] = None,
) -> None:
    """Change a product, or what one of its variants costs; what is not said stays."""
    said = Said(price, before, status, name, language, category)
    if said == Said(language=language):
        raise typer.BadParameter("Say what changes, such as --price 4.50.")
    say("\n".join(asyncio.run(_changed(merchant, sku, said))))


@commands.command("withdraw")
def withdraw(merchant: Slug, sku: Sku) -> None:
    """Take a product, or one of its variants, off sale; orders still name it."""
    say("\n".join(asyncio.run(_sold(merchant, sku, sold=False))))


@commands.command("restore")
def restore(merchant: Slug, sku: Sku) -> None:
    """Have what was withdrawn be on sale again."""
    say("\n".join(asyncio.run(_sold(merchant, sku, sold=True))))


async def _lines(slug: str, status: Status | None) -> Sequence[str]:
    async with _shelf(slug) as shelf:
        found = await shelf.catalogue.page(after=None, limit=_MOST, only=Only(status=status))
        return [product_lines.head(one, shelf.merchant.languages) for one in found]


async def _sold(slug: str, sku: str, *, sold: bool) -> Sequence[str]:
    async with _shelf(slug) as shelf:
        product = await shelf.get(sku)
        if product.sku == sku:
            said = Said(status=Status.ACTIVE if sold else Status.ARCHIVED)
        else:
            said = Said(withdrawn=not sold)
        return await shelf.shown(await shelf.save(product, sku, said))


async def _changed(slug: str, sku: str, said: Said | None) -> Sequence[str]:
    async with _shelf(slug) as shelf:
        product = await shelf.get(sku)
        if said is not None:
            product = await shelf.save(product, sku, said)
        return await shelf.shown(product)


@asynccontextmanager
async def _shelf(slug: str) -> AsyncIterator["_Shelf"]:
    async with opened() as parts:
        merchant = await merchant_of(parts, slug)
        async with parts.session() as session:
            yield _Shelf(session, merchant, parts)


class _Shelf:
    """One merchant's products, in a transaction."""

    def __init__(self, session: AsyncSession, merchant: MerchantProfile, parts: Parts) -> None:
        scope = (session, merchant.id, parts.clock())
        self.merchant = merchant
        self.catalogue = Catalogue(*scope)
        self._categories = Categories(*scope)
        self._products = Products(*scope)

    async def get(self, sku: str) -> Product:
        found = await self.catalogue.find_sku(sku)
        if found is None:
            raise ProductRefusedError(f"{self.merchant.slug} sells nothing with the SKU {sku}.")
        return found

    async def save(self, product: Product, sku: str, said: Said) -> Product:
        """Take over what is said, or raise `ProductRefusedError` and change nothing."""
        names = {said.language or self.merchant.language: said.name} if said.name else {}
        told = ProductTold(
            sku=product.sku,
            names=names,
            status=said.status,
            categories=said.categories,
            variants=await self._variants(product, sku, said),
        )
        (saved,) = await self._products.save([told])
        if saved.refusals:
            raise ProductRefusedError(f"{sku}: {reason_of(saved.refusals[0])}.")
        return await self.catalogue.get(ProductId(product.id))

    async def shown(self, product: Product) -> Sequence[str]:
        variants = await self.catalogue.variants_of([product.id])
        held = await self.catalogue.categories_of([product.id])
        paths = {one.id: one.path for one in await self._categories.all()}
        within = sorted(paths[one] for one in held.get(product.id, ()))
        return [
            product_lines.head(product, self.merchant.languages, within),
            *(product_lines.variant(one) for one in variants.get(product.id, ())),
        ]

    async def _variants(self, product: Product, sku: str, said: Said) -> Sequence[VariantTold]:
        price, before = self._price(said.price), self._before(said.before)
        if price is None and before is UNSAID and said.withdrawn is None:
            return ()
        one = await self._variant(product, sku)
        told = VariantTold(sku=one.sku, price=price, compare_at=before, withdrawn=said.withdrawn)
        return [told]

    async def _variant(self, product: Product, sku: str) -> Variant:
        """Return the variant that is meant: the one that is called so, or the only one."""
        there = (await self.catalogue.variants_of([product.id])).get(product.id, ())
        sold = [one for one in there if not one.withdrawn]
        meant = [one for one in there if one.sku == sku] or (sold if len(sold) == 1 else [])
        if not meant:
            several = ", ".join(one.sku for one in there)
            raise ProductRefusedError(f"{sku} has several variants, name one: {several}.")
        return meant[0]

    def _price(self, said: str) -> Money | None:
        try:
            return price_in(said, self.merchant.currency) if said else None
        except CellError as error:
            raise ProductRefusedError(f"{error}.") from error

    def _before(self, said: str) -> Money | Unsaid | None:
        if said == "-":
            return None
        return self._price(said) if said else UNSAID
