"""One merchant's products with their variants, as they are kept."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.catalogue import (
    CategoryId,
    Product,
    ProductCategory,
    ProductId,
    ProductPicture,
    Variant,
    VariantId,
)
from sokoni.errors import AppError
from sokoni.kit.ids import MerchantId

Row = TypeVar("Row")


class Status(StrEnum):
    """Whether a product is sold."""

    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


class ProductUnknownError(AppError):
    """The merchant has no such product."""

    code = "product_unknown"
    http_status = 404


class VariantUnknownError(AppError):
    """The merchant has no such variant."""

    code = "variant_unknown"
    http_status = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """Which products are wanted, where not all of them are."""

    status: Status | None = None
    brand: str = ""
    categories: Collection[CategoryId] | None = None
    """Any of them."""

    def of(self, statement: Select[Product]) -> Select[Product]:
        if self.status is not None:
            statement = statement.where(Product.status == self.status)
        if self.brand:
            statement = statement.where(func.lower(Product.brand) == self.brand.lower())
        if self.categories is not None:
            held = select(ProductCategory.product_id).where(
                ProductCategory.category_id.in_(list(self.categories))
            )
            statement = statement.where(Product.id.in_(held))
        return statement


class Catalogue:
    """Reads one merchant's products; many with as few statements as one."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def get(self, product_id: ProductId) -> Product:
        """Return a product, or raise `ProductUnknownError`."""
        found = await self._session.scalar(self._products().where(Product.id == product_id))
        if found is None:
            raise ProductUnknownError(str(product_id))
        return found

    async def find_sku(self, sku: str) -> Product | None:
        """Return the product of this SKU, or to which a variant of this SKU belongs."""
        own = await self._session.scalar(self._products().where(Product.sku == sku))
        if own is not None:
            return own
        whose = self._variants().where(Variant.sku == sku).with_only_columns(Variant.product_id)
        return await self._session.scalar(self._products().where(Product.id.in_(whose)))

    async def by_ids(self, ids: Collection[ProductId]) -> Mapping[ProductId, Product]:
        rows = await self._session.scalars(self._products().where(Product.id.in_(list(ids))))
        return {row.id: row for row in rows}

    async def by_skus(self, skus: Collection[str]) -> Mapping[str, Product]:
        rows = await self._session.scalars(self._products().where(Product.sku.in_(list(skus))))
        return {row.sku: row for row in rows}

    async def variants_of(
        self, ids: Collection[ProductId]
    ) -> Mapping[ProductId, Sequence[Variant]]:
        """Return the variants of products in their order, those no longer sold with them."""
        mine = self._variants().where(Variant.product_id.in_(list(ids)))
        found: dict[ProductId, list[Variant]] = defaultdict(list)
        for one in await self._session.scalars(mine.order_by(Variant.position, Variant.id)):
            found[one.product_id].append(one)
        return found

    async def variant(self, variant_id: VariantId) -> Variant:
        """Return a variant, or raise `VariantUnknownError`."""
        found = await self._session.scalar(self._variants().where(Variant.id == variant_id))
        if found is None:
            raise VariantUnknownError(str(variant_id))
        return found

    async def variants(self, ids: Collection[VariantId]) -> Mapping[VariantId, Variant]:
        rows = await self._session.scalars(self._variants().where(Variant.id.in_(list(ids))))
        return {row.id: row for row in rows}

    async def variants_by_skus(self, skus: Collection[str]) -> Mapping[str, Variant]:
        rows = await self._session.scalars(self._variants().where(Variant.sku.in_(list(skus))))
        return {row.sku: row for row in rows}

    async def categories_of(
        self, ids: Collection[ProductId]
    ) -> Mapping[ProductId, Sequence[CategoryId]]:
        """Return the categories that products stand in."""
        links = select(ProductCategory.product_id, ProductCategory.category_id).where(
            ProductCategory.merchant_id == self._merchant_id,
            ProductCategory.product_id.in_(list(ids)),
        )
        found: dict[ProductId, list[CategoryId]] = defaultdict(list)
        for product_id, category_id in await self._session.execute(links):
            found[product_id].append(category_id)
        return found

    async def pictures_of(
        self, ids: Collection[ProductId]
    ) -> Mapping[ProductId, Sequence[ProductPicture]]:
        """Return the pictures of products in their order."""
        pictures = select(ProductPicture).where(
            ProductPicture.merchant_id == self._merchant_id,
            ProductPicture.product_id.in_(list(ids)),
        )
        found: dict[ProductId, list[ProductPicture]] = defaultdict(list)
        ordered = pictures.order_by(ProductPicture.position, ProductPicture.id)
        for one in await self._session.scalars(ordered):
            found[one.product_id].append(one)
        return found

    async def page(
        self, *, after: ProductId | None, limit: int, only: "Only | None" = None
    ) -> Sequence[Product]:
        """Return products in the order in which they were added."""
        statement = self._products().order_by(Product.id).limit(limit)
        if after is not None:
            statement = statement.where(Product.id > after)
        if only is not None:
            statement = only.of(statement)
        return (await self._session.scalars(statement)).all()

    async def stock_page(
        self, *, after: VariantId | None, limit: int, at_most: int | None
    ) -> Sequence[Variant]:
        """Return variants that are sold; `at_most`: only those of which so few are left."""
        statement = self._variants().where(Variant.withdrawn.is_(False))
        if after is not None:
            statement = statement.where(Variant.id > after)
        if at_most is not None:
            statement = statement.where(Variant.on_hand - Variant.reserved <= at_most)
        return (await self._session.scalars(statement.order_by(Variant.id).limit(limit))).all()

    def _products(self) -> Select[Product]:
        """Scope of every query for products."""
        return _anew(select(Product).where(Product.merchant_id == self._merchant_id))

    def _variants(self) -> Select[Variant]:
        """Scope of every query for variants."""
        return _anew(select(Variant).where(Variant.merchant_id == self._merchant_id))


def _anew(statement: Select[Row]) -> Select[Row]:
    """Have rows read as they are now: stock is changed past the session's own."""
    return statement.execution_options(populate_existing=True)
