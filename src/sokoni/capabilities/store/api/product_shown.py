"""How the API shows products, categories and stock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.api import product_examples as examples
from sokoni.capabilities.store.models.catalogue import (
    Category,
    Product,
    ProductId,
    ProductPicture,
    Variant,
)
from sokoni.capabilities.store.service.catalogue import Catalogue, Status
from sokoni.capabilities.store.service.categories import Categories
from sokoni.kit.money import Money
from sokoni.media.models import MediaId
from sokoni.media.references import FileRef
from sokoni.web.parts import WebParts
from sokoni.web.principal import Principal


class VariantShown(BaseModel, frozen=True):
    """A variant of a product."""

    id: UUID
    sku: str
    options: Mapping[str, str]
    price: Decimal
    currency: str
    compare_at: Decimal | None
    weight_grams: int
    on_hand: int | None
    """Null: not counted."""
    left: int | None
    """Without what is promised to orders."""
    withdrawn: bool

    @classmethod
    def of(cls, variant: Variant) -> "VariantShown":
        before, currency = variant.compare_at, variant.currency
        return cls(
            id=variant.id,
            sku=variant.sku,
            options=variant.options,
            price=Money(variant.price, currency).amount,
            currency=currency,
            compare_at=None if before is None else Money(before, currency).amount,
            weight_grams=variant.weight_grams,
            on_hand=variant.on_hand,
            left=variant.left,
            withdrawn=variant.withdrawn,
        )


class PictureShown(BaseModel, frozen=True):
    """A picture of a product, or of one of its variants."""

    id: UUID
    url: str
    variant_id: UUID | None
    uploaded: bool
    """Its address ends after a while: it is shown anew each time."""


class ProductShown(BaseModel, frozen=True, json_schema_extra=examples.PRODUCT_SHOWN):
    """A product with all that is kept of it."""

    id: UUID
    sku: str
    status: Status
    brand: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    attributes: Mapping[str, str]
    tags: Sequence[str]
    options: Mapping[str, Sequence[str]]
    categories: Sequence[str]
    variants: Sequence[VariantShown]
    pictures: Sequence[PictureShown]
    """The first is shown first."""
    sold: int
    version: int
    created_at: datetime
    updated_at: datetime


class ProductsFound(BaseModel, frozen=True):
    """What a search found, best first."""

    items: Sequence[ProductShown]
    more: bool
    instead: bool
    """Nothing is what was asked for: these come near."""
    corrected: str
    """The words as they were taken to be meant, where they were misspelt."""
    facets: Mapping[str, Mapping[str, int]]
    """What the results can be narrowed by: name, value, how many."""


class CategoryShown(BaseModel, frozen=True, json_schema_extra=examples.CATEGORY_SHOWN):
    """A category, by its path in the tree."""

    id: UUID
    path: str
    parent_id: UUID | None
    names: Mapping[str, str]
    position: int

    @classmethod
    def of(cls, category: Category) -> "CategoryShown":
        return cls.model_validate(category, from_attributes=True)


class StockShown(BaseModel, frozen=True, json_schema_extra=examples.STOCK_SHOWN):
    """How many pieces there are of a variant."""

    id: UUID
    sku: str
    product_id: UUID
    on_hand: int | None
    """Null: not counted."""
    reserved: int
    """Promised to orders that are not paid yet."""
    left: int | None

    @classmethod
    def of(cls, variant: Variant) -> "StockShown":
        return cls.model_validate(variant, from_attributes=True)


@dataclass(frozen=True, slots=True)
class Showing:
    """Shows products of one merchant, many with as few statements as one."""

    principal: Principal
    parts: WebParts
    session: AsyncSession

    async def products(self, products: Sequence[Product]) -> list[ProductShown]:
        scope = (self.session, self.principal.merchant_id, self.parts.clock())
        catalogue, ids = Catalogue(*scope), [ProductId(one.id) for one in products]
        paths = {one.id: one.path for one in await Categories(*scope).all()}
        variants = await catalogue.variants_of(ids)
        held, pictures = await catalogue.categories_of(ids), await catalogue.pictures_of(ids)
        return [
            self._product(
                one,
                variants.get(one.id, ()),
                pictures.get(one.id, ()),
                sorted(paths[each] for each in held.get(one.id, ())),
            )
            for one in products
        ]

    async def product(self, product: Product) -> ProductShown:
        return (await self.products([product]))[0]

    def _product(
        self,
        product: Product,
        variants: Sequence[Variant],
        pictures: Sequence[ProductPicture],
        categories: Sequence[str],
    ) -> ProductShown:
        return ProductShown(
            id=product.id,
            sku=product.sku,
            status=Status(product.status),
            brand=product.brand,
            names=product.names,
            descriptions=product.descriptions,
            attributes=product.attributes,
            tags=product.tags,
            options=product.options,
            categories=categories,
            variants=[VariantShown.of(one) for one in variants],
            pictures=[self._picture(one) for one in pictures],
            sold=product.sold,
            version=product.version,
            created_at=product.created_at,
            updated_at=product.updated_at,
        )

    def _picture(self, picture: ProductPicture) -> PictureShown:
        ours = picture.file_id
        url = self.parts.file_url(FileRef(MediaId(UUID(ours)))) if ours else picture.url
        return PictureShown(
            id=picture.id, url=url, variant_id=picture.variant_id, uploaded=bool(ours)
        )
