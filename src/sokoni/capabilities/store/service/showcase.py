"""What contacts are shown of the shop, gathered in a few statements however much it is."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.catalogue import (
    Category,
    CategoryId,
    Product,
    ProductId,
    ProductPicture,
    Variant,
    VariantId,
)
from sokoni.capabilities.store.service.cards import CategoryCard, ProductCard, VariantCard
from sokoni.capabilities.store.service.catalogue import Catalogue, Status
from sokoni.capabilities.store.service.categories import Categories
from sokoni.capabilities.store.service.naming import said_in, with_options
from sokoni.kit.ids import MerchantId
from sokoni.kit.money import Money
from sokoni.media.models import MediaId
from sokoni.media.references import FileRef

FileUrl = Callable[[FileRef], str]


class Showcase:
    """One merchant's shop, as one contact sees it."""

    def __init__(
        self,
        session: AsyncSession,
        merchant_id: MerchantId,
        languages: Sequence[str],
        now: datetime,
        file_url: FileUrl,
    ) -> None:
        self._languages = languages
        self._file_url = file_url
        self._catalogue = Catalogue(session, merchant_id, now)
        self._categories = Categories(session, merchant_id, now)

    # --- products -----------------------------------------------------------------------------

    async def products(self, ids: Sequence[ProductId]) -> list[ProductCard]:
        """Return those that are on sale, in this order."""
        products = await self._catalogue.by_ids(ids)
        variants = await self._catalogue.variants_of(ids)
        pictures = await self._catalogue.pictures_of(ids)
        return [
            self._product(products[one], sold, pictures.get(one, ()))
            for one in dict.fromkeys(ids)
            if one in products
            and products[one].status == Status.ACTIVE
            and (sold := [each for each in variants.get(one, ()) if not each.withdrawn])
        ]

    async def product(self, product_id: ProductId) -> ProductCard | None:
        """Return a product where it is on sale."""
        return next(iter(await self.products([product_id])), None)

    async def by_sku(self, sku: str) -> ProductCard | None:
        """Return the product of this SKU, or of which a variant has it, where it is on sale."""
        found = await self._catalogue.find_sku(sku)
        return None if found is None else await self.product(found.id)

    async def variants(self, ids: Collection[VariantId]) -> Mapping[VariantId, VariantCard]:
        """Return variants by their ids, those that are no longer sold with them."""
        variants = await self._catalogue.variants(ids)
        whose = {one.product_id for one in variants.values()}
        products = await self._catalogue.by_ids(whose)
        pictures = await self._catalogue.pictures_of(whose)
        return {
            one.id: self._variant(products[one.product_id], one, pictures.get(one.product_id, ()))
            for one in variants.values()
        }

    def _product(
        self, product: Product, variants: Sequence[Variant], pictures: Sequence[ProductPicture]
    ) -> ProductCard:
        cards = [self._variant(product, one, pictures) for one in variants]
        cheapest = min(cards, key=lambda one: one.price.amount)
        return ProductCard(
            id=product.id,
            sku=product.sku,
            name=said_in(product.names, self._languages),
            called=(*product.names.values(), product.brand),
            description=said_in(product.descriptions, self._languages),
            brand=product.brand,
            low=cheapest.price,
            high=max((one.price for one in cards), key=lambda price: price.amount),
            compare_at=cheapest.compare_at,
            left=_left(cards),
            options=_options(product, cards),
            attributes=product.attributes,
            variants=cards,
            picture=self._picture(pictures, None),
            status=Status(product.status),
            version=product.version,
        )

    def _variant(
        self, product: Product, variant: Variant, pictures: Sequence[ProductPicture]
    ) -> VariantCard:
        options = _in_order(product, variant.options)
        before = variant.compare_at
        return VariantCard(
            id=variant.id,
            product_id=variant.product_id,
            sku=variant.sku,
            name=with_options(said_in(product.names, self._languages), options),
            label=", ".join(options.values()),
            options=options,
            price=Money(variant.price, variant.currency),
            compare_at=Money(before, variant.currency)
            if before is not None and before > variant.price
            else None,
            weight_grams=variant.weight_grams,
            left=variant.left,
            sold=product.status == Status.ACTIVE and not variant.withdrawn,
            picture=self._picture(pictures, variant.id),
        )

    def _picture(self, pictures: Sequence[ProductPicture], variant_id: VariantId | None) -> str:
        """Return the address of the variant's own picture, else of the product's first."""
        own = [one for one in pictures if variant_id and one.variant_id == variant_id]
        found = next(iter(own or pictures), None)
        if found is None or not found.file_id:
            return found.url if found else ""
        return self._file_url(FileRef(MediaId(UUID(found.file_id))))

    # --- categories ---------------------------------------------------------------------------

    async def categories(self, parent: CategoryId | None = None) -> list[CategoryCard]:
        """Return the categories that stand in one, or in none, and have something on sale."""
        counts = await self._categories.counts(parent)
        children = await self._categories.children(parent)
        parents = await self._categories.parents([one.id for one in children])
        return [
            self._category(one, counts[one.id], has_children=one.id in parents)
            for one in children
            if counts.get(one.id)
        ]

    async def category(self, category_id: CategoryId) -> CategoryCard | None:
        """Return a category where the merchant has it."""
        found = await self._categories.find_id(category_id)
        if found is None:
            return None
        count = (await self._categories.counts(found.parent_id)).get(found.id, 0)
        parents = await self._categories.parents([found.id])
        return self._category(found, count, has_children=found.id in parents)

    def _category(self, category: Category, count: int, *, has_children: bool) -> CategoryCard:
        return CategoryCard(
            id=category.id,
            path=category.path,
            name=said_in(category.names, self._languages),
            count=count,
            parent_id=category.parent_id,
            has_children=has_children,
        )


def _left(cards: Sequence[VariantCard]) -> int | None:
    """Return how many pieces there are of all variants; None where some are not counted."""
    counts = [one.left for one in cards]
    return None if None in counts else sum(count for count in counts if count is not None)


def _options(product: Product, cards: Sequence[VariantCard]) -> Mapping[str, Sequence[str]]:
    """Return each option's values that can be had, or all where everything is sold out."""
    had = [one for one in cards if not one.is_out] or cards
    offered = {option: {one.options.get(option) for one in had} for option in product.options}
    return {
        option: [value for value in values if value in offered[option]]
        for option, values in product.options.items()
        if offered[option] - {None}
    }


def _in_order(product: Product, options: Mapping[str, str]) -> Mapping[str, str]:
    """Return a variant's options in the order in which the product names them."""
    named = {one: options[one] for one in product.options if one in options}
    return {**named, **options}
