"""Products in lines of text, for whoever typed a command."""

from collections.abc import Sequence

from sokoni.capabilities.store.models.catalogue import Product, Variant
from sokoni.capabilities.store.service.naming import said_in
from sokoni.cli import stock
from sokoni.cli.order_lines import money


def head(product: Product, languages: Sequence[str], within: Sequence[str] = ()) -> str:
    parts = [f"{product.sku}: {said_in(product.names, languages)}", product.status]
    if product.brand:
        parts.append(f"by {product.brand}")
    if within:
        parts.append(f"in {', '.join(within)}")
    return ", ".join(parts)


def variant(one: Variant) -> str:
    options = "".join(f", {name}: {value}" for name, value in one.options.items())
    before = "" if one.compare_at is None else f", before {money(one.compare_at, one.currency)}"
    return f"  {stock.line(one)}{options}, {money(one.price, one.currency)}{before}"
