"""Products, variants and categories as they are shown, in the language of whoever looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sokoni.capabilities.store.models.catalogue import CategoryId, ProductId, VariantId
from sokoni.capabilities.store.service.catalogue import Status
from sokoni.kit.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Stocked:
    """Something of which there are so many pieces."""

    left: int | None
    """Pieces that can be had; None: they are not counted."""

    @property
    def is_out(self) -> bool:
        return self.left == 0

    def few(self, most: int) -> int | None:
        """Return how many are left where those are few, else None."""
        return self.left if self.left is not None and 0 < self.left <= most else None


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantCard(Stocked):
    """One size and colour of a product, or all there is of a plain one."""

    id: VariantId
    product_id: ProductId
    sku: str
    name: str
    """With what it is told by: "Canvas Trainers, 38, red"."""
    label: str
    """What it is told by alone: "38, red"."""
    options: Mapping[str, str]
    price: Money
    compare_at: Money | None
    """What it cost before, where that was more."""
    weight_grams: int
    sold: bool
    """It can be bought, as far as there are pieces left."""
    picture: str
    """An address, or ""."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCard(Stocked):
    """What a contact sees of a product."""

    id: ProductId
    sku: str
    name: str
    called: Sequence[str]
    """Its names in all languages, and its brand's."""
    description: str
    brand: str
    low: Money
    high: Money
    """The same as `low` where all variants cost the same."""
    compare_at: Money | None
    """What the cheapest variant cost before."""
    options: Mapping[str, Sequence[str]]
    """Values that can be had now, in their order."""
    attributes: Mapping[str, str]
    variants: Sequence[VariantCard]
    """Those that are sold, in their order; not all need be in stock."""
    picture: str
    status: Status
    version: int

    @property
    def number(self) -> str:
        """Return the SKU by which channels' own catalogues know it: a variant's, to be had first.

        They tell the variants of a product by themselves.
        """
        had = next((one for one in self.variants if not one.is_out), None)
        return (had or self.variants[0]).sku

    @property
    def sole(self) -> VariantCard | None:
        """Return the only variant: then there is nothing to choose."""
        return self.variants[0] if len(self.variants) == 1 else None

    def choosing(self, chosen: Mapping[str, str]) -> Sequence[VariantCard]:
        """Return the variants that fit what is chosen so far."""
        return [
            one
            for one in self.variants
            if all(one.options.get(option) == value for option, value in chosen.items())
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryCard:
    """A category with how much is on sale in it and below it."""

    id: CategoryId
    path: str
    name: str
    count: int
    parent_id: CategoryId | None
    has_children: bool
