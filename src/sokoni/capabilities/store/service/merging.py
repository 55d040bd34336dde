"""Takes what is told of a product and its variants over into their rows."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sokoni.capabilities.store.models.catalogue import Product, ProductId, Variant, VariantId
from sokoni.capabilities.store.service.told import (
    UNSAID,
    ProductTold,
    Refusal,
    Trouble,
    VariantTold,
)
from sokoni.db.base import Base
from sokoni.kit.ids import new_id

LONGEST_SKU: Final = 64
LONGEST_BRAND: Final = 80
_MARK: Final = 8
"""Letters that stand for what does not fit into a SKU."""
_UNSET: Final = object()


def merge_product(product: Product, told: ProductTold, variants: Sequence[Variant]) -> bool:
    """Take over what is told of the product itself; False where all was so already."""
    values: dict[str, Any] = {
        "names": _beside(product.names, told.names),
        "descriptions": _beside(product.descriptions, told.descriptions),
        "attributes": _beside(product.attributes, told.attributes),
        "options": _options(told.options or product.options, variants),
        "brand": told.brand,
        "tags": None if told.tags is None else list(told.tags),
        "status": told.status,
        "sold": told.sold,
    }
    return _set(product, {name: one for name, one in values.items() if one is not None})


def merge_variants(
    product: Product,
    before: Sequence[Variant],
    told: Sequence[VariantTold],
    whose: Mapping[str, ProductId],
) -> tuple[list[Variant], list[Refusal], bool]:
    """Take over what is told of variants; tell whether any was new or another than before."""
    variants, refusals, changed = list(before), list[Refusal](), False
    for place, one in enumerate(told):
        found = _found(variants, one)
        sku = one.sku or (found.sku if found else _sku(product, one, alone=len(told) == 1))
        trouble = _trouble(product, variants, found, one, whose.get(sku, product.id))
        if len(sku) > LONGEST_SKU:
            trouble = Trouble.TOO_LONG
        if trouble is not None:
            refusals.append(Refusal(trouble, place, sku))
        elif found is None:
            variants.append(_added(product, one, sku, len(variants)))
            changed = True
        else:
            changed = _set(found, _values(one)) or changed
    return variants, refusals, changed


def _found(variants: Sequence[Variant], told: VariantTold) -> Variant | None:
    """Return the variant that is told of: by its SKU, by its options, or the only one."""
    if told.sku:
        return next((one for one in variants if one.sku == told.sku), None)
    if told.options:
        return next((one for one in variants if one.options == told.options), None)
    alone = [one for one in variants if not one.options]
    return alone[0] if len(alone) == 1 else None


def _trouble(
    product: Product,
    variants: Sequence[Variant],
    found: Variant | None,
    told: VariantTold,
    owner: ProductId,
) -> Trouble | None:
    if owner != product.id:
        return Trouble.SKU_TAKEN
    others = [one for one in variants if one is not found and not one.withdrawn]
    options = told.options or (found.options if found else {})
    if any(bool(one.options) != bool(options) or not options for one in others):
        return Trouble.OPTIONS_MISSING
    if any(one.options == options for one in others):
        return Trouble.OPTIONS_TAKEN
    if found is None and told.price is None:
        return Trouble.PRICE_MISSING
    promised = found.reserved if found else 0
    short = isinstance(told.on_hand, int) and told.on_hand < promised
    return Trouble.STOCK_PROMISED if short else None


def _added(product: Product, told: VariantTold, sku: str, position: int) -> Variant:
    variant = Variant(
        id=VariantId(new_id()),
        merchant_id=product.merchant_id,
        product_id=product.id,
        sku=sku,
        options={},
        compare_at=None,
        weight_grams=0,
        on_hand=None,
        reserved=0,
        position=position,
        withdrawn=False,
    )
    _set(variant, _values(told))
    return variant


def _values(told: VariantTold) -> dict[str, Any]:
    """Return the columns that are told; None stands for those that are not."""
    values: dict[str, Any] = {
        "options": dict(told.options) or None,
        "weight_grams": told.weight_grams,
        "withdrawn": told.withdrawn,
    }
    if told.price is not None:
        values |= {"price": told.price.amount, "currency": told.price.currency}
    given = {name: one for name, one in values.items() if one is not None}
    if told.compare_at is not UNSAID:
        given["compare_at"] = told.compare_at.amount if told.compare_at else None
    if told.on_hand is not UNSAID:
        given["on_hand"] = told.on_hand
    return given


def _set(row: Base, values: Mapping[str, Any]) -> bool:
    """Set the columns that are others; False where none is."""
    others = {name: value for name, value in values.items() if getattr(row, name, _UNSET) != value}
    for name, value in others.items():
        setattr(row, name, value)
    return bool(others)


def _beside(before: Mapping[str, str], told: Mapping[str, str]) -> dict[str, str]:
    return {name: said for name, said in {**before, **told}.items() if said}


def _options(
    named: Mapping[str, Sequence[str]], variants: Iterable[Variant]
) -> dict[str, list[str]]:
    """Return the values of each option in order: as named, then those that variants add."""
    options = {name: list(values) for name, values in named.items()}
    for one in variants:
        for name, value in one.options.items():
            if value not in options.setdefault(name, []):
                options[name].append(value)
    return options


def _sku(product: Product, told: VariantTold, *, alone: bool) -> str:
    """Return the SKU of a variant for which none is told: the same whenever it is told again."""
    if not told.options and alone:
        return product.sku
    said = "-".join(told.options.values()).upper().replace(" ", "")
    return fitting(f"{product.sku}-{said}")


def fitting(sku: str) -> str:
    """Return a SKU that has room, the same for the same one."""
    if len(sku) <= LONGEST_SKU:
        return sku
    mark = hashlib.sha256(sku.encode()).hexdigest()[:_MARK].upper()
    return f"{sku[: LONGEST_SKU - _MARK - 1]}-{mark}"
