"""Keeps products where they are searched: whoever changes one puts it there in the same breath."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.catalogue import (
    Category,
    CategoryId,
    Product,
    ProductId,
    Variant,
)
from sokoni.capabilities.store.service.catalogue import Catalogue, Status
from sokoni.kit.ids import MerchantId
from sokoni.search.base import Document
from sokoni.search.index import index_for

SHELF: Final = "store.products"
_AT_ONCE: Final = 200


class Shelving:
    """One merchant's products in the search index."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._catalogue = Catalogue(session, merchant_id, now)

    async def put(self, ids: Collection[ProductId]) -> int:
        """Have the products found as they are now, and those not on sale no longer.

        Return how many were found otherwise before.
        """
        if not ids:
            return 0
        await self._session.flush()
        tree, ordered = await self._tree(), sorted(ids)
        parts = [ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE)]
        return sum([await self._put(some, tree) for some in parts])

    async def put_page(self, after: ProductId | None) -> tuple[int, ProductId | None]:
        """Put the products behind one anew; return the last of them, None where there is none."""
        rows = await self._catalogue.page(after=after, limit=_AT_ONCE)
        if not rows:
            return 0, None
        return await self.put([one.id for one in rows]), rows[-1].id

    async def _put(self, ids: Sequence[ProductId], tree: Mapping[CategoryId, Category]) -> int:
        # Two who sell out different variants of a product go one after the other: each would
        # think that the other's is left.
        locked = select(Product.id).where(
            Product.merchant_id == self._merchant_id, Product.id.in_(list(ids))
        )
        await self._session.execute(locked.order_by(Product.id).with_for_update())
        documents = await self._documents(ids, tree)
        index = index_for(self._session)
        gone = sorted(set(ids) - {one.id for one in documents})
        if gone:
            await index.drop(self._session, self._merchant_id, SHELF, gone)
        return await index.put(self._session, self._merchant_id, documents)

    async def _documents(
        self, ids: Sequence[ProductId], tree: Mapping[CategoryId, Category]
    ) -> list[Document]:
        """Return what is found of those products that are on sale."""
        products = await self._catalogue.by_ids(ids)
        variants = await self._catalogue.variants_of(ids)
        held = await self._catalogue.categories_of(ids)
        return [
            _document(product, sold, _upwards(held.get(one, ()), tree))
            for one in sorted(products)
            if (product := products[one]).status == Status.ACTIVE
            and (sold := [each for each in variants.get(one, ()) if not each.withdrawn])
        ]

    async def _tree(self) -> Mapping[CategoryId, Category]:
        mine = select(Category).where(Category.merchant_id == self._merchant_id)
        return {one.id: one for one in await self._session.scalars(mine)}


def _document(
    product: Product, variants: Sequence[Variant], categories: Sequence[Category]
) -> Document:
    cheapest = min(variants, key=lambda one: one.price)
    skus = (product.sku, *(one.sku for one in variants))
    within = (name for one in categories for name in one.names.values())
    facets = _facets(product, variants)
    values = (value for one in facets.values() for value in one)
    return Document(
        id=product.id,
        shelf=SHELF,
        names=dict(product.names),
        words=_once((*skus, *product.tags, *values)),
        body="\n".join(product.descriptions.values()),
        categories=[one.id.hex for one in categories],
        category_names=_once(within),
        brand=product.brand,
        price=cheapest.price,
        currency=cheapest.currency,
        in_stock=any(has_left(one) for one in variants),
        popularity=max(product.sold, 0),
        facets=facets,
    )


def _facets(product: Product, variants: Sequence[Variant]) -> Mapping[str, Sequence[str]]:
    """Return what it can be narrowed by: options of variants that can be had, and attributes."""
    to_be_had = [one for one in variants if has_left(one)] or variants
    facets: dict[str, list[str]] = {name: [value] for name, value in product.attributes.items()}
    for option, values in product.options.items():
        offered = {one.options.get(option) for one in to_be_had}
        facets[option] = [value for value in values if value in offered]
    return {name: values for name, values in facets.items() if values}


def has_left(variant: Variant) -> bool:
    return variant.on_hand is None or variant.on_hand > variant.reserved


def _upwards(ids: Iterable[CategoryId], tree: Mapping[CategoryId, Category]) -> list[Category]:
    """Return the categories, and those above them, each once."""
    found: dict[CategoryId, Category] = {}
    for one in ids:
        up: CategoryId | None = one
        while up is not None and up in tree and up not in found:
            found[up] = tree[up]
            up = tree[up].parent_id
    return list(found.values())


def _once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word for word in words if word))


async def reindex(
    session: AsyncSession, merchant_id: MerchantId, now: datetime, after: UUID | None
) -> tuple[int, UUID | None]:
    """Put a batch of products anew, for `sokoni index rebuild`."""
    last = None if after is None else ProductId(after)
    return await Shelving(session, merchant_id, now).put_page(last)
