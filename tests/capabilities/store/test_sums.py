"""What a cart comes to: every amount can be paid in coins, and lines add up to totals."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.capabilities.store.service.sums import Priced, Reduction, Sums, sums_of
from sokoni.capabilities.store.service.taxing import Tax, shared
from sokoni.kit.money import exponent

CURRENCIES: Final = st.sampled_from(["USD", "UGX", "KWD"])
AMOUNTS: Final = st.decimals(min_value=0, max_value=10_000, places=3)
LINES: Final = st.lists(
    st.builds(Priced, AMOUNTS, st.integers(min_value=1, max_value=50)), min_size=1, max_size=12
)
REDUCTIONS: Final = st.one_of(
    st.just(Reduction()),
    st.builds(Reduction, percent=st.decimals(min_value=0, max_value=100, places=2)),
    st.builds(Reduction, amount=AMOUNTS),
)
TAXES: Final = st.builds(
    Tax,
    rate=st.decimals(min_value=0, max_value=40, places=2),
    included=st.booleans(),
    on_shipping=st.booleans(),
)


@given(CURRENCIES, LINES, REDUCTIONS, AMOUNTS, TAXES)
def test_lines_add_up_to_the_totals_exactly(
    currency: str, lines: Sequence[Priced], reduction: Reduction, shipping: Decimal, tax: Tax
) -> None:
    sums = sums_of(currency, lines, reduction=reduction, shipping=shipping, tax=tax)

    step = Decimal(1).scaleb(-exponent(currency))
    on_top = Decimal(0) if tax.included else sums.tax
    assert sums.total == sums.items - sums.discount + sums.shipping + on_top
    assert sum(line.discount for line in sums.lines) == sums.discount
    assert sum(line.total for line in sums.lines) == sums.items - sums.discount
    lines_tax = sum((line.tax for line in sums.lines), Decimal(0))
    assert lines_tax <= sums.tax if tax.on_shipping else lines_tax == sums.tax
    for amount in _all_amounts(sums):
        assert amount >= 0
        assert amount % step == 0


@given(CURRENCIES, LINES, AMOUNTS, TAXES)
def test_no_discount_makes_anything_dearer(
    currency: str, lines: Sequence[Priced], off: Decimal, tax: Tax
) -> None:
    dear = sums_of(currency, lines, tax=tax)
    cheap = sums_of(currency, lines, reduction=Reduction(amount=off), tax=tax)

    assert cheap.total <= dear.total
    pairs = zip(cheap.lines, dear.lines, strict=True)
    assert all(less.total <= more.total for less, more in pairs)


@given(
    st.integers(min_value=0, max_value=100_000),
    st.lists(st.integers(min_value=0, max_value=5_000), min_size=1, max_size=20),
)
def test_shares_add_up_and_are_nearly_in_proportion(whole: int, weights: list[int]) -> None:
    step = Decimal("0.01")
    parts = shared(whole * step, [Decimal(one) for one in weights], step)

    if not sum(weights):
        assert not any(parts)
        return
    assert sum(parts) == whole * step
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - whole * step * weight / sum(weights)) < step


@pytest.mark.parametrize(
    ("tax", "taxed", "total"),
    [
        (Tax(), "0", "23.00"),
        (Tax(rate=Decimal(15)), "3.00", "23.00"),
        (Tax(rate=Decimal(15), included=False), "3.45", "26.45"),
        (Tax(rate=Decimal(15), included=False, on_shipping=False), "2.70", "25.70"),
    ],
)
def test_a_tax_is_part_of_the_prices_or_comes_on_top(tax: Tax, taxed: str, total: str) -> None:
    lines = [Priced(Decimal("10.00"), 2)]

    off = Reduction(percent=Decimal(10))
    sums = sums_of("USD", lines, reduction=off, shipping=Decimal(5), tax=tax)

    assert (sums.items, sums.discount) == (Decimal(20), Decimal(2))
    assert (sums.tax, sums.total) == (Decimal(taxed), Decimal(total))


def test_half_a_cent_is_rounded_up() -> None:
    sums = sums_of(
        "USD", [Priced(Decimal("0.05"), 1)], reduction=Reduction(percent=Decimal(10)), tax=Tax()
    )

    assert sums.discount == Decimal("0.01")


def test_no_more_is_taken_off_than_the_goods_cost() -> None:
    lines = [Priced(Decimal(3), 1), Priced(Decimal(1), 1)]

    sums = sums_of("USD", lines, reduction=Reduction(amount=Decimal(50)), tax=Tax())

    assert sums.total == 0
    assert [line.discount for line in sums.lines] == [Decimal(3), Decimal(1)]


def _all_amounts(sums: Sums) -> list[Decimal]:
    whole = [sums.items, sums.discount, sums.shipping, sums.tax, sums.total]
    return whole + [one for line in sums.lines for one in (line.discount, line.tax, line.total)]
