"""A tax on what is sold, and amounts cut into shares that add up again."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, Field

_HUNDRED: Final = Decimal(100)


class Tax(BaseModel, frozen=True, extra="forbid"):
    """One rate for all: part of the prices, or on top of them."""

    rate: Annotated[
        Decimal,
        BeforeValidator(lambda said: str(said) if isinstance(said, float) else said),
        Field(ge=0, lt=100),
    ] = Decimal(0)
    """Per cent."""
    included: bool = True
    on_shipping: bool = True

    def of(self, amount: Decimal) -> Decimal:
        """Return the tax of an amount, not rounded."""
        base = _HUNDRED + self.rate if self.included else _HUNDRED
        return amount * self.rate / base


def rounded(amount: Decimal, step: Decimal) -> Decimal:
    """Round half up to a currency's smallest amount."""
    return amount.quantize(step, ROUND_HALF_UP)


def shared(whole: Decimal, weights: Sequence[Decimal], step: Decimal) -> tuple[Decimal, ...]:
    """Cut an amount into shares in proportion to the weights, such that they add up to it.

    Each share is rounded down; what is left over goes to those that lost most by it.
    """
    total = sum(weights, Decimal(0))
    if not total:
        return tuple(Decimal(0) for _ in weights)
    exact = [whole * weight / total for weight in weights]
    shares = [share // step * step for share in exact]
    left = int((whole - sum(shares, Decimal(0))) / step)
    most = sorted(range(len(shares)), key=lambda at: (shares[at] - exact[at], at))
    for at in most[:left]:
        shares[at] += step
    return tuple(shares)
