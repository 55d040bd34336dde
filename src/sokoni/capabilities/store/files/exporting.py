"""Products into a file that says the same when it is imported again."""

from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from sokoni.capabilities.store.files.cells import listed, paired
from sokoni.capabilities.store.files.columns import EXPORTED
from sokoni.capabilities.store.models.catalogue import (
    CategoryId,
    Product,
    ProductId,
    ProductPicture,
    Variant,
)
from sokoni.capabilities.store.service.catalogue import Catalogue
from sokoni.capabilities.store.service.categories import Categories
from sokoni.dialogue.exporting import Exporter
from sokoni.kit.clock import Clock
from sokoni.kit.money import Money
from sokoni.kit.spreadsheets import guarded
from sokoni.merchants.profile import MerchantProfile

_AT_ONCE = 200


class ProductExporter(Exporter):
    """Writes a row for each variant; what is the product's stands in its first."""

    @override
    def columns(self, merchant: MerchantProfile) -> Sequence[str]:
        handle, *others = EXPORTED
        languages = merchant.languages
        names = [f"name_{one}" for one in languages]
        return [handle, *names, *(f"description_{one}" for one in languages), *others]

    @override
    async def rows(
        self, session: AsyncSession, merchant: MerchantProfile, clock: Clock
    ) -> AsyncIterator[Mapping[str, str]]:
        catalogue = Catalogue(session, merchant.id, clock())
        tree = await Categories(session, merchant.id, clock()).all()
        paths = {one.id: one.path for one in tree}
        after: ProductId | None = None
        while products := await catalogue.page(after=after, limit=_AT_ONCE):
            ids = [one.id for one in products]
            variants = await catalogue.variants_of(ids)
            held, pictures = await catalogue.categories_of(ids), await catalogue.pictures_of(ids)
            for one in products:
                shown = _Shown(one, variants.get(one.id, ()), pictures.get(one.id, ()))
                for row in shown.rows(_paths(held.get(one.id, ()), paths)):
                    yield {name: guarded(cell) for name, cell in row.items()}
            after = ids[-1]


class _Shown:
    """One product as rows."""

    def __init__(
        self, product: Product, variants: Sequence[Variant], pictures: Sequence[ProductPicture]
    ) -> None:
        self._product = product
        self._variants = variants
        self._pictures = pictures

    def rows(self, categories: Sequence[str]) -> list[Mapping[str, str]]:
        product = self._product
        first = {
            **{f"name_{language}": name for language, name in product.names.items()},
            **{f"description_{language}": said for language, said in product.descriptions.items()},
            "status": product.status,
            "brand": product.brand,
            "categories": listed(categories),
            "tags": listed(product.tags),
            "attributes": paired(product.attributes),
            "sold": str(product.sold),
            "choices": paired(
                {option: listed(values) for option, values in product.options.items()}
            ),
            "pictures": " ".join(one.url for one in self._pictures if one.url),
        }
        rows = [self._variant(one) for one in self._variants]
        return [{**(first if row is rows[0] else {}), **row} for row in rows]

    def _variant(self, variant: Variant) -> Mapping[str, str]:
        before, pieces = variant.compare_at, variant.on_hand
        return {
            "handle": self._product.sku,
            "sku": variant.sku,
            "options": paired(variant.options),
            "price": _amount(variant.price, variant.currency),
            "compare_at": "" if before is None else _amount(before, variant.currency),
            "currency": variant.currency,
            "stock": "" if pieces is None else str(pieces),
            "weight_grams": str(variant.weight_grams),
            "withdrawn": "yes" if variant.withdrawn else "no",
        }


def _amount(amount: Decimal, currency: str) -> str:
    """Return an amount with the currency's decimals, and no others: nobody takes it for more."""
    return str(Money(amount, currency).amount)


def _paths(ids: Sequence[CategoryId], paths: Mapping[CategoryId, str]) -> list[str]:
    return sorted(paths[one] for one in ids)
