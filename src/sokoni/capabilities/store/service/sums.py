"""What a cart comes to: one pure function from prices to every amount of an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sokoni.capabilities.store.service.taxing import Tax, rounded, shared
from sokoni.kit.money import Money, exponent

_NOTHING: Final = Decimal(0)
_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Priced:
    """So many of something at a price."""

    unit: Decimal
    quantity: int

    @property
    def amount(self) -> Decimal:
        return self.unit * self.quantity


@dataclass(frozen=True, slots=True)
class Reduction:
    """What a coupon takes off: a share of the goods, or an amount."""

    percent: Decimal | None = None
    amount: Decimal | None = None


NO_REDUCTION: Final = Reduction()


@dataclass(frozen=True, slots=True)
class LineSum:
    """What one line comes to. `total` is after the discount; a tax on top is not in it."""

    discount: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Every amount of an order. The lines add up to them exactly."""

    currency: str
    items: Decimal
    """Goods at their prices."""
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    """Of goods and shipping together."""
    tax_included: bool
    total: Decimal
    lines: tuple[LineSum, ...] = ()

    def money(self, amount: Decimal) -> Money:
        return Money(amount, self.currency)


def sums_of(
    currency: str,
    lines: Sequence[Priced],
    *,
    reduction: Reduction = NO_REDUCTION,
    shipping: Decimal = _NOTHING,
    tax: Tax,
) -> Sums:
    """Add up an order: nothing is ever below nothing, and every amount can be paid in coins."""
    step = Decimal(1).scaleb(-exponent(currency))
    amounts = [rounded(line.amount, step) for line in lines]
    items, shipping = sum(amounts, _NOTHING), rounded(shipping, step)
    discount = _discount(items, reduction, step)
    off = shared(discount, amounts, step)
    totals = [amount - less for amount, less in zip(amounts, off, strict=True)]
    taxable = [*totals, shipping if tax.on_shipping else _NOTHING]
    whole_tax = rounded(tax.of(sum(taxable, _NOTHING)), step)
    taxes = shared(whole_tax, taxable, step)
    total = items - discount + shipping + (_NOTHING if tax.included else whole_tax)
    parts = zip(off, taxes[:-1], totals, strict=True)
    return Sums(
        currency=currency,
        items=items,
        discount=discount,
        shipping=shipping,
        tax=whole_tax,
        tax_included=tax.included,
        total=total,
        lines=tuple(LineSum(less, part, left) for less, part, left in parts),
    )


def _discount(items: Decimal, reduction: Reduction, step: Decimal) -> Decimal:
    if reduction.percent is not None:
        return rounded(items * reduction.percent / _HUNDRED, step)
    return min(items, rounded(reduction.amount or _NOTHING, step))
