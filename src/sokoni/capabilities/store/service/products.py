"""Changes what is sold: takes over what is told of products, many at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Table, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.catalogue import (
    CategoryId,
    Product,
    ProductCategory,
    ProductId,
    ProductPicture,
    Variant,
)
from sokoni.capabilities.store.service.catalogue import Catalogue, Status
from sokoni.capabilities.store.service.categories import Categories
from sokoni.capabilities.store.service.indexing import Shelving
from sokoni.capabilities.store.service.merging import (
    LONGEST_BRAND,
    LONGEST_SKU,
    merge_product,
    merge_variants,
)
from sokoni.capabilities.store.service.told import ProductTold, Refusal, Saved, Trouble
from sokoni.db.session import insert_once
from sokoni.dialogue.importing import Made
from sokoni.kit.ids import MerchantId, new_id

_WRITTEN: Final = frozenset({Made.NEW, Made.CHANGED})
_LINKS: Final = cast("Table", ProductCategory.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _There:
    """What there is already of the products that are told of."""

    products: dict[str, Product]
    variants: Mapping[ProductId, Sequence[Variant]]
    whose: dict[str, ProductId]
    """SKU of a variant to its product."""
    held: Mapping[ProductId, Sequence[CategoryId]]
    pictures: Mapping[ProductId, Sequence[ProductPicture]]
    paths: Mapping[str, CategoryId]
    new: list[Variant | ProductPicture] = field(default_factory=list)
    """Rows that refer to products."""


class Products:
    """One merchant's products, as staff, files and programs change them."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now
        self._catalogue = Catalogue(session, merchant_id, now)

    async def save(self, told: Sequence[ProductTold]) -> Sequence[Saved]:
        """Take over what is told, and say of each what became of it.

        A product is told once. What cannot be is refused; the rest is written.
        """
        there = await self._there(told)
        saved = [self._take(one, there) for one in told]
        # Products first: the others refer to them.
        await self._session.flush()
        self._session.add_all(there.new)
        await self._session.flush()
        await self._link(told, saved, there)
        changed = [one.product_id for one in saved if one.product_id and one.made in _WRITTEN]
        await Shelving(self._session, self._merchant_id, self._now).put(changed)
        return saved

    async def _there(self, told: Sequence[ProductTold]) -> _There:
        known = await self._catalogue.by_skus([one.sku for one in told])
        ids = [one.id for one in known.values()]
        if ids:
            await self._lock(ids)
            # What others wrote until then counts.
            known = await self._catalogue.by_skus(list(known))
        skus = {each.sku or one.sku for one in told for each in one.variants}
        whose = await self._catalogue.variants_by_skus(skus)
        return _There(
            products=dict(known),
            variants=await self._catalogue.variants_of(ids),
            whose={sku: one.product_id for sku, one in whose.items()},
            held=await self._catalogue.categories_of(ids),
            pictures=await self._catalogue.pictures_of(ids),
            paths={
                one.path: one.id
                for one in await Categories(self._session, self._merchant_id, self._now).all()
            },
        )

    async def _lock(self, ids: Collection[ProductId]) -> None:
        """Wait for whoever takes pieces of them: variants go before products, as there."""
        theirs = select(Variant.id).where(
            Variant.merchant_id == self._merchant_id, Variant.product_id.in_(list(ids))
        )
        await self._session.execute(theirs.order_by(Variant.id).with_for_update())

    def _take(self, told: ProductTold, there: _There) -> Saved:
        product = there.products.get(told.sku)
        unknown = sorted(set(told.categories or ()) - set(there.paths))
        if unknown:
            return Saved(None, None, [Refusal(Trouble.CATEGORY_UNKNOWN, about=unknown[0])])
        if len(told.sku) > LONGEST_SKU or len(told.brand or "") > LONGEST_BRAND:
            return Saved(None, None, [Refusal(Trouble.TOO_LONG)])
        return self._add(told, there) if product is None else self._change(product, told, there)

    def _add(self, told: ProductTold, there: _There) -> Saved:
        if not any(told.names.values()):
            return Saved(None, None, [Refusal(Trouble.NAME_MISSING)])
        product = self._new(told.sku)
        variants, refusals, _ = merge_variants(product, [], told.variants, there.whose)
        if not variants:
            missing = [] if refusals else [Refusal(Trouble.VARIANT_MISSING)]
            return Saved(None, None, [*refusals, *missing])
        merge_product(product, told, variants)
        self._session.add(product)
        there.new.extend([*variants, *self._pictures(product, told, ())])
        there.products[told.sku] = product
        there.whose.update((one.sku, product.id) for one in variants)
        return Saved(Made.NEW, product.id, refusals)

    def _change(self, product: Product, told: ProductTold, there: _There) -> Saved:
        if told.version not in {None, product.version}:
            return Saved(None, product.id, [Refusal(Trouble.CHANGED_MEANWHILE)])
        before = there.variants.get(product.id, ())
        variants, refusals, merged = merge_variants(product, before, told.variants, there.whose)
        pictures = self._pictures(product, told, there.pictures.get(product.id, ()))
        moved = told.categories is not None and {there.paths[one] for one in told.categories} != {
            *there.held.get(product.id, ())
        }
        if not any((merge_product(product, told, variants), merged, pictures, moved)):
            return Saved(Made.SAME, product.id, refusals)
        product.version += 1
        product.updated_at = self._now
        there.new.extend([*variants, *pictures])
        there.whose.update((one.sku, product.id) for one in variants)
        return Saved(Made.CHANGED, product.id, refusals)

    def _new(self, sku: str) -> Product:
        return Product(
            id=ProductId(new_id()),
            merchant_id=self._merchant_id,
            sku=sku,
            brand="",
            names={},
            descriptions={},
            attributes={},
            tags=[],
            options={},
            status=Status.ACTIVE,
            sold=0,
            version=1,
            created_at=self._now,
            updated_at=self._now,
        )

    def _pictures(
        self, product: Product, told: ProductTold, there: Sequence[ProductPicture]
    ) -> list[ProductPicture]:
        """Return the pictures that are new, behind those that are there."""
        known = {one.url for one in there}
        last = max((one.position for one in there), default=-1)
        new = [url for url in dict.fromkeys(told.pictures) if url not in known]
        return [
            ProductPicture(
                id=new_id(),
                merchant_id=self._merchant_id,
                product_id=product.id,
                position=last + number,
                url=url,
                file_id="",
            )
            for number, url in enumerate(new, 1)
        ]

    async def _link(
        self, told: Sequence[ProductTold], saved: Sequence[Saved], there: _There
    ) -> None:
        """Have the products stand in the categories that are told, and in no others."""
        rows: list[dict[str, object]] = []
        for one, its in zip(told, saved, strict=True):
            if one.categories is None or its.product_id is None or its.made is None:
                continue
            wanted = {there.paths[path] for path in one.categories}
            held = set(there.held.get(its.product_id, ()))
            await self._unlink(its.product_id, held - wanted)
            rows += [self._row(its.product_id, each) for each in sorted(wanted - held)]
        await insert_once(self._session, _LINKS, rows)

    async def _unlink(self, product_id: ProductId, gone: Iterable[CategoryId]) -> None:
        links = delete(ProductCategory).where(ProductCategory.product_id == product_id)
        if ids := list(gone):
            await self._session.execute(links.where(ProductCategory.category_id.in_(ids)))

    def _row(self, product_id: ProductId, category_id: CategoryId) -> dict[str, object]:
        return {
            "product_id": product_id,
            "category_id": category_id,
            "merchant_id": self._merchant_id,
        }
