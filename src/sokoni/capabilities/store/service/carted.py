"""What stands in a cart, and what of it is no longer as the contact was told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sokoni.capabilities.store.models.carts import Cart
from sokoni.capabilities.store.models.catalogue import Product, Variant, VariantId
from sokoni.capabilities.store.service.naming import said_in, with_options
from sokoni.kit.money import Money

ON_SALE: Final = "active"
MOST: Final = 9_999
"""Pieces of one line."""


class Trouble(StrEnum):
    GONE = "gone"
    """It is no longer sold."""
    OUT = "out"
    """None is left."""
    SHORT = "short"
    """Fewer are left than wanted."""
    PRICE = "price"
    """It costs another amount than the contact was last told."""


@dataclass(frozen=True, slots=True)
class CartLine:
    """So many of one variant."""

    variant: Variant
    product: Product
    quantity: int
    """0: it is not in the cart."""
    seen_price: Decimal
    saved: bool = False
    """Kept for later."""

    @property
    def id(self) -> VariantId:
        return self.variant.id

    @property
    def unit(self) -> Money:
        """What one costs today."""
        return Money(self.variant.price, self.variant.currency)

    @property
    def total(self) -> Money:
        return self.unit.times(self.quantity)

    @property
    def on_sale(self) -> bool:
        return not self.variant.withdrawn and self.product.status == ON_SALE

    @property
    def left(self) -> int | None:
        """How many may be had, None where nobody counts."""
        return self.variant.left if self.on_sale else 0

    @property
    def to_be_had(self) -> int:
        """As many of what is wanted as there are."""
        return self.quantity if self.left is None else min(self.quantity, self.left)

    @property
    def in_cart(self) -> int:
        """How many are about to be bought: what is kept for later is not."""
        return 0 if self.saved else self.quantity

    def name(self, language: str) -> str:
        return with_options(said_in(self.product.names, [language, "en"]), self.variant.options)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something of a line that is no longer as the contact was told."""

    line: CartLine
    trouble: Trouble
    left: int | None = None
    was: Decimal = Decimal(0)
    now: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CartShown:
    """A contact's cart; an empty one where they have none."""

    currency: str
    lines: tuple[CartLine, ...] = ()
    saved: tuple[CartLine, ...] = ()
    """Kept for later."""
    focus: VariantId | None = None
    coupon: str = ""
    cart: Cart | None = None

    @property
    def items_total(self) -> Money:
        amounts = (line.total.amount for line in self.lines)
        return Money(sum(amounts, Decimal(0)), self.currency)

    @property
    def pieces(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def weight_grams(self) -> int:
        return sum(line.variant.weight_grams * line.quantity for line in self.lines)

    def line(self, variant_id: VariantId) -> CartLine | None:
        return next((line for line in self.lines if line.id == variant_id), None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of a WhatsApp catalogue order: the number of a thing, and what it was seen for."""

    retailer_id: str
    quantity: int = 1
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of many lines put in a cart at once."""

    lines: Sequence[CartLine] = ()
    unknown: Sequence[str] = ()
    """What nobody here sells."""
    findings: Sequence[Finding] = field(default_factory=tuple)


def findings_of(lines: Sequence[CartLine]) -> Sequence[Finding]:
    """Return what is no longer as the contact was told, at most one of stock and one of price."""
    return [one for line in lines for one in _of_line(line)]


def _of_line(line: CartLine) -> Sequence[Finding]:
    if not line.on_sale:
        return [Finding(line, Trouble.GONE, 0)]
    left = line.left
    found: list[Finding] = []
    if left is not None and left < line.quantity:
        if not left:
            return [Finding(line, Trouble.OUT, 0)]
        found.append(Finding(line, Trouble.SHORT, left))
    if line.variant.price != line.seen_price:
        found.append(Finding(line, Trouble.PRICE, left, line.seen_price, line.variant.price))
    return found
