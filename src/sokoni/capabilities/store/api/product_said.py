"""What programs may say of products, categories and stock."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Final

from fastapi import Path
from pydantic import AfterValidator, BaseModel, Field

from sokoni.capabilities.store.amounts import money
from sokoni.capabilities.store.api import product_examples as examples
from sokoni.capabilities.store.service.catalogue import Status
from sokoni.capabilities.store.service.told import UNSAID, ProductTold, VariantTold
from sokoni.kit.money import Money
from sokoni.kit.text import clean
from sokoni.web.fields import Line

_MOST: Final = 1_000_000
ProductNamed = Annotated[
    str, Path(min_length=1, max_length=64, description="Id, or SKU, also of a variant")
]
Sku = Annotated[Line, Field(min_length=1, max_length=64)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", min_length=2, max_length=3)]
Name = Annotated[Line, Field(max_length=200)]
Text = Annotated[str, AfterValidator(lambda said: clean(said).strip()), Field(max_length=5000)]
Word = Annotated[Line, Field(min_length=1, max_length=60)]
Names = Annotated[Mapping[Language, Name], Field(max_length=20)]
Texts = Annotated[Mapping[Language, Text], Field(max_length=20)]
Price = Annotated[
    Decimal, Field(ge=0, le=1_000_000_000, max_digits=13, decimal_places=3, examples=["4.50"])
]
CategoryPath = Annotated[str, Field(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)*$", max_length=160)]
Pieces = Annotated[int, Field(ge=0, le=_MOST)]
Grams = Annotated[int, Field(ge=0, le=_MOST)]
Url = Annotated[str, Field(pattern=r"^https://[!-~]+$", max_length=2000)]


class VariantSaid(BaseModel, frozen=True, extra="forbid"):
    """A variant: known by its SKU, or else by its options. What is left out stays."""

    sku: Annotated[Line, Field(max_length=64)] = ""
    options: Annotated[Mapping[Word, Word], Field(max_length=10)] = {}
    price: Price | None = None
    """In the merchant's currency; a new variant needs one."""
    compare_at: Price | None = None
    """What it cost before; null: it did not cost more."""
    weight_grams: Grams | None = None
    on_hand: Pieces | None = None
    """Null: not counted, always to be had."""
    withdrawn: bool | None = None
    """No longer sold."""

    def told(self, currency: str) -> VariantTold:
        said = self.model_fields_set
        return VariantTold(
            sku=self.sku,
            options=self.options,
            price=None if self.price is None else money(self.price, currency),
            compare_at=_maybe(self.compare_at, currency) if "compare_at" in said else UNSAID,
            weight_grams=self.weight_grams,
            on_hand=self.on_hand if "on_hand" in said else UNSAID,
            withdrawn=self.withdrawn,
        )


class ProductChange(
    BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.PRODUCT_CHANGE
):
    """What becomes different of a product; what is left out, or null, stays."""

    names: Names = {}
    """By language, beside those that are there; "" takes one away."""
    descriptions: Texts = {}
    """Plain text, by language."""
    attributes: Annotated[
        Mapping[Word, Annotated[Line, Field(max_length=200)]], Field(max_length=40)
    ] = {}
    brand: Annotated[Line, Field(max_length=80)] | None = None
    tags: Annotated[Sequence[Word], Field(max_length=40)] | None = None
    options: (
        Annotated[
            Mapping[Word, Annotated[Sequence[Word], Field(max_length=100)]], Field(max_length=10)
        ]
        | None
    ) = None
    """Values in the order in which they are offered."""
    categories: Annotated[Sequence[CategoryPath], Field(max_length=20)] | None = None
    """Paths of categories that are there."""
    status: Status | None = None
    variants: Annotated[Sequence[VariantSaid], Field(max_length=200)] = ()
    """Those that are not named stay as they are."""
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    """Refuse the change where the product is another by now."""

    def told(self, sku: str, currency: str) -> ProductTold:
        return ProductTold(
            sku=sku,
            names=self.names,
            descriptions=self.descriptions,
            attributes=self.attributes,
            brand=self.brand,
            tags=self.tags,
            options=self.options,
            categories=self.categories,
            status=self.status,
            variants=[one.told(currency) for one in self.variants],
            version=self.version,
        )


class ProductSaid(ProductChange, frozen=True, json_schema_extra=examples.PRODUCT_SAID):
    """A product that is put up."""

    sku: Sku
    """The merchant's own number of it."""
    names: Annotated[Names, Field(min_length=1)]
    variants: Annotated[Sequence[VariantSaid], Field(min_length=1, max_length=200)]


class CategorySaid(
    BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.CATEGORY_SAID
):
    """A category; those above it are made where they are missing."""

    path: CategoryPath
    names: Annotated[Names, Field(min_length=1)]


class CategoryChange(
    BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.CATEGORY_CHANGE
):
    """What becomes different of a category. Its path stays."""

    names: Annotated[Names, Field(min_length=1)] | None = None
    position: Annotated[int, Field(ge=0, le=_MOST)] | None = None


class CountSaid(BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.COUNT_SAID):
    """How many pieces there are, or how many came or went."""

    on_hand: Pieces | None = None
    """Those that are promised to orders with them; null: not counted."""
    by: Annotated[int, Field(ge=-_MOST, le=_MOST)] | None = None
    """So many more or fewer, in the place of a number."""


class PictureSaid(BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.PICTURE_SAID):
    """A picture of a product, at a public address."""

    url: Url
    variant: Annotated[Line, Field(max_length=64)] = ""
    """SKU of the variant that it shows; empty: the product."""


def _maybe(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else money(amount, currency)
