"""What is told of a product, by staff, by a file or by a program. The rest stays as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final

from sokoni.capabilities.store.models.catalogue import ProductId
from sokoni.capabilities.store.service.catalogue import Status
from sokoni.dialogue.importing import Made
from sokoni.kit.money import Money


class Unsaid(Enum):
    """Nothing is told, where nothing at all could be told too."""

    UNSAID = "unsaid"


UNSAID: Final = Unsaid.UNSAID


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantTold:
    """What is told of a variant: it is known by its SKU, or else by its options."""

    sku: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    price: Money | None = None
    compare_at: Money | Unsaid | None = UNSAID
    weight_grams: int | None = None
    on_hand: int | Unsaid | None = UNSAID
    """None: not counted."""
    withdrawn: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductTold:
    """What is told of a product: it is known by its SKU."""

    sku: str
    names: Mapping[str, str] = field(default_factory=dict)
    """By language, beside those that are there; "" takes one away."""
    descriptions: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    brand: str | None = None
    tags: Sequence[str] | None = None
    options: Mapping[str, Sequence[str]] | None = None
    """Values in their order; those of its variants that are missing come behind."""
    categories: Sequence[str] | None = None
    """Paths of categories that are there."""
    status: Status | None = None
    sold: int | None = None
    pictures: Sequence[str] = ()
    """Public addresses, beside the pictures that are there."""
    variants: Sequence[VariantTold] = ()
    """Those that are not named stay as they are."""
    version: int | None = None
    """Which one it was told of; None: whichever there is."""


class Trouble(StrEnum):
    """Why something told of a product cannot be."""

    NAME_MISSING = "name_missing"
    PRICE_MISSING = "price_missing"
    VARIANT_MISSING = "variant_missing"
    """A new product without anything to sell."""
    SKU_TAKEN = "sku_taken"
    """A variant of another product has it."""
    OPTIONS_MISSING = "options_missing"
    """Several variants, and nothing to tell this one by."""
    OPTIONS_TAKEN = "options_taken"
    """Another variant of the product has the same."""
    STOCK_PROMISED = "stock_promised"
    """More pieces are promised to orders than there are said to be."""
    CATEGORY_UNKNOWN = "category_unknown"
    TOO_LONG = "too_long"
    CHANGED_MEANWHILE = "changed_meanwhile"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What cannot be, and of which variant by its place among those told; None: the product."""

    trouble: Trouble
    variant: int | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of what was told. A refused variant leaves the others as told."""

    made: Made | None
    """None: nothing was written."""
    product_id: ProductId | None = None
    refusals: Sequence[Refusal] = ()
