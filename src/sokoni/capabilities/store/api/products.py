"""Products, for programs: listed, searched, read, put up, changed, archived, exported."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated, Any, BinaryIO, Final, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.api.product_said import (
    CategoryPath,
    Price,
    ProductChange,
    ProductNamed,
    ProductSaid,
)
from sokoni.capabilities.store.api.product_shown import ProductsFound, ProductShown, Showing
from sokoni.capabilities.store.files.exporting import ProductExporter
from sokoni.capabilities.store.models.catalogue import CategoryId, Product, ProductId
from sokoni.capabilities.store.service.catalogue import (
    Catalogue,
    Only,
    ProductUnknownError,
    Status,
)
from sokoni.capabilities.store.service.categories import Categories
from sokoni.capabilities.store.service.indexing import SHELF
from sokoni.capabilities.store.service.products import Products
from sokoni.capabilities.store.service.told import ProductTold, Refusal, Trouble
from sokoni.capabilities.store.settings import NAME, StoreSettings
from sokoni.capabilities.store.vocabulary import vocabulary_of
from sokoni.dialogue.exporting import FileFormat, write_rows, writer_for
from sokoni.kit.ids import MerchantId
from sokoni.language.reading import Scene
from sokoni.search.asking import asked
from sokoni.search.base import Order
from sokoni.search.base import Query as Search
from sokoni.search.index import index_for
from sokoni.web.behalf import Change, Changing
from sokoni.web.once import OnlyOnce
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading, WebParts
from sokoni.web.principal import Principal, Reader
from sokoni.web.problems import Mistake, MistakenError

router = APIRouter(prefix="/products")
_WHERE: Final = {
    Trouble.NAME_MISSING: "names",
    Trouble.VARIANT_MISSING: "variants",
    Trouble.CATEGORY_UNKNOWN: "categories",
    Trouble.CHANGED_MEANWHILE: "version",
}
_TYPES: Final = {
    FileFormat.CSV: "text/csv",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_IN_MEMORY: Final = 1_000_000
_AT_ONCE: Final = 65_536


class ProductRefusedError(MistakenError):
    """What is said of the product cannot be: nothing is changed."""

    code = "product_refused"
    http_status = 422


class ProductKnownError(MistakenError):
    """The SKU is another product's, or a variant's."""

    code = "product_known"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which products are wanted, where not all of them are."""

    status: Status | None
    category: str | None
    brand: str


async def _wanted(
    status: Status | None = None,
    category: Annotated[
        CategoryPath | None, Query(description="In this category, or below it")
    ] = None,
    brand: Annotated[str, Query(max_length=80)] = "",
) -> Wanted:
    return Wanted(status, category, brand)


class Sought(BaseModel, frozen=True):
    """What is looked for among what is on sale."""

    q: str = Field("", max_length=200, description="Words, as a shopper would say them")
    category: CategoryPath | None = None
    brand: str = Field("", max_length=80)
    price_min: Price | None = None
    price_max: Price | None = None
    in_stock: bool | None = None
    order: Order = Order.BEST
    language: str = Field("", max_length=8, pattern=r"^[a-z]{0,3}$")
    limit: int = Field(20, ge=1, le=100)
    offset: int = Field(0, ge=0, le=1000)

    def query(self, read: Search, within: Sequence[CategoryId]) -> Search:
        """Return what the index is asked: what the words say, and before it what is said apart."""
        apart: dict[str, Any] = {
            "categories": [one.hex for one in within],
            "brand": self.brand,
            "price_min": self.price_min,
            "price_max": self.price_max,
            "in_stock": self.in_stock,
            "order": None if self.order is Order.BEST else self.order,
        }
        said = {name: one for name, one in apart.items() if one not in (None, "", [])}
        return replace(read, **said, limit=self.limit, offset=self.offset)


@router.get("")
async def products(
    principal: Reader,
    parts: Parts,
    session: Reading,
    wanted: PageWanted,
    only: Annotated[Wanted, Depends(_wanted)],
) -> Page[ProductShown]:
    """Return products in the order in which they were added, drafts and archived ones too."""
    within = await _below(session, principal.merchant_id, parts, only.category)
    found = await Catalogue(session, principal.merchant_id, parts.clock()).page(
        after=None if wanted.after is None else ProductId(wanted.after),
        limit=wanted.one_more,
        only=Only(status=only.status, brand=only.brand, categories=within),
    )
    showing = Showing(principal, parts, session)
    shown = {one.id: one for one in await showing.products(found[: wanted.limit])}
    return page_of(found, wanted, lambda one: shown[one.id], lambda one: one.id)


@router.get("/search")
async def search(
    principal: Reader, parts: Parts, session: Reading, sought: Annotated[Sought, Query()]
) -> ProductsFound:
    """Return what is on sale and fits, as contacts find it: "tea under 3 in stock" narrows, too.

    Filters that stand in the words give way to those that are said apart.
    """
    merchant = principal.merchant
    within = await _below(session, merchant.id, parts, sought.category)
    if within is not None and not within:
        return ProductsFound(items=[], more=False, instead=False, corrected="", facets={})
    read = await _read(principal, parts, session, sought)
    query = sought.query(read, within or ())
    found = await index_for(session).find(session, merchant.id, SHELF, query)
    ids = [ProductId(one.id) for one in found.hits]
    rows = await Catalogue(session, merchant.id, parts.clock()).by_ids(ids)
    showing = Showing(principal, parts, session)
    return ProductsFound(
        items=await showing.products([rows[one] for one in ids if one in rows]),
        more=found.more,
        instead=found.instead,
        corrected=found.corrected,
        facets=found.facets,
    )


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        200: {"content": {one: {} for one in _TYPES.values()}, "description": "A file."},
    },
)
async def export(
    principal: Reader, parts: Parts, session: Reading, form: FileFormat = FileFormat.CSV
) -> StreamingResponse:
    """Return all products as a file that can be imported again."""
    exporter, merchant = ProductExporter(), principal.merchant
    # Written whole first: the database is not held for as long as somebody reads.
    spool = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- closed when it was read
    file = cast("BinaryIO", spool)
    rows = exporter.rows(session, merchant, parts.clock)
    await write_rows(writer_for(file, form, "products"), exporter.columns(merchant), rows)
    file.seek(0)
    name = f'attachment; filename="products.{form}"'
    headers = {"content-disposition": name, "content-type": _TYPES[form]}
    return StreamingResponse(_parts_of(file), headers=headers)


@router.get("/{product}")
async def one_product(
    product: ProductNamed, principal: Reader, parts: Parts, session: Reading
) -> ProductShown:
    """Return one product, whether it is on sale or not."""
    found = await product_named(session, principal.merchant_id, parts, product)
    return await Showing(principal, parts, session).product(found)


@router.post("", status_code=HTTPStatus.CREATED)
async def put_up(said: ProductSaid, change: Changing, once: OnlyOnce) -> ProductShown:
    """Put up a product with its variants."""

    async def act() -> ProductShown:
        catalogue = Catalogue(change.session, change.principal.merchant_id, change.now)
        if await catalogue.find_sku(said.sku) is not None:
            raise _known()
        return await _saved(change, said.told(said.sku, change.principal.merchant.currency))

    return await once.do(change, ProductShown, act)


@router.patch("/{product}")
async def revise(product: ProductNamed, said: ProductChange, change: Changing) -> ProductShown:
    """Change a product, its variants and what they cost, or add variants."""
    found = await product_named(
        change.session, change.principal.merchant_id, change.parts, product
    )
    return await _saved(change, said.told(found.sku, change.principal.merchant.currency))


@router.delete("/{product}", status_code=HTTPStatus.NO_CONTENT)
async def archive(product: ProductNamed, change: Changing) -> None:
    """Have a product no longer sold or found; orders still name it."""
    found = await product_named(
        change.session, change.principal.merchant_id, change.parts, product
    )
    await _saved(change, ProductTold(sku=found.sku, status=Status.ARCHIVED))


async def product_named(
    session: AsyncSession, merchant_id: MerchantId, parts: WebParts, said: str
) -> Product:
    """Return the product of this id or SKU, or raise `ProductUnknownError`."""
    catalogue = Catalogue(session, merchant_id, parts.clock())
    found = await catalogue.find_sku(said)
    if found is not None:
        return found
    try:
        return await catalogue.get(ProductId(UUID(said)))
    except ValueError:
        raise ProductUnknownError(said) from None


async def _saved(change: Change, told: ProductTold) -> ProductShown:
    scope = (change.session, change.principal.merchant_id, change.now)
    try:
        async with change.session.begin_nested():
            (saved,) = await Products(*scope).save([told])
    except IntegrityError:
        raise _known() from None
    if saved.refusals or saved.product_id is None:
        raise ProductRefusedError(_mistake(one) for one in saved.refusals)
    product = await Catalogue(*scope).get(saved.product_id)
    return await Showing(change.principal, change.parts, change.session).product(product)


def _mistake(refusal: Refusal) -> Mistake:
    where = _WHERE.get(refusal.trouble, "product")
    if refusal.variant is not None:
        where = f"variants.{refusal.variant}"
    return Mistake(where=where, problem=refusal.trouble)


def _known() -> ProductKnownError:
    return ProductKnownError([Mistake(where="sku", problem=Trouble.SKU_TAKEN)])


async def _read(
    principal: Principal, parts: WebParts, session: AsyncSession, sought: Sought
) -> Search:
    """Return what the words ask of the shelves, with the merchant's own synonyms."""
    merchant, own = principal.merchant, principal.merchant.settings(NAME, StoreSettings).synonyms
    language = sought.language or merchant.language
    scene = Scene(
        languages=tuple(dict.fromkeys((language, *merchant.languages))),
        country=merchant.country,
        currency=merchant.currency,
        now=parts.clock().astimezone(merchant.zone),
        places=parts.places.of(merchant.id),
    )
    names = await vocabulary_of(session, parts.cache, merchant.id, own)
    read = asked(sought.q, scene, names)
    # Words that ask for nothing are no wish to see everything.
    text = sought.q if read == Search(language=read.language) else read.text
    return replace(read, text=text, language=language, synonyms=own)


async def _below(
    session: AsyncSession, merchant_id: MerchantId, parts: WebParts, path: str | None
) -> Sequence[CategoryId] | None:
    """Return a category and those below it; None where none is asked for."""
    if path is None:
        return None
    tree = await Categories(session, merchant_id, parts.clock()).all()
    return [one.id for one in tree if one.path == path or one.path.startswith(f"{path}/")]


def _parts_of(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while part := file.read(_AT_ONCE):
            yield part
