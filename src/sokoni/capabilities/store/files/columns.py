"""What columns of product files are called: ours, Shopify's, WooCommerce's, and anybody's."""

from collections.abc import Mapping, Sequence
from typing import Final

LANGUAGES: Final = ("en", "sn", "nd", "ar", "hi", "sw")
OPTIONS: Final = 3
"""Shopify has so many options."""
ATTRIBUTES: Final = 6
"""And WooCommerce at least so many attributes."""
COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "handle": ("product_handle", "product_sku"),
    "parent": ("parent_sku",),
    "id": (),
    "sku": ("variant_sku", "item_code", "product_code", "code", "stock_code", "item_number"),
    "name": ("title", "product", "product_name", "product_title", "item", "item_name"),
    "description": (
        *("body_html", "body", "details", "long_description", "product_description"),
        "short_description",
    ),
    **{f"name_{one}": () for one in LANGUAGES},
    **{f"description_{one}": () for one in LANGUAGES},
    "brand": ("vendor", "brands", "manufacturer", "make"),
    "categories": ("category", "department", "section", "collection"),
    "type": ("product_type",),
    "product_category": (),
    "tags": ("tag", "keywords"),
    "attributes": (),
    "status": ("state",),
    "published": ("visible",),
    "price": (
        *("variant_price", "unit_price", "selling_price", "retail_price", "retail", "amount"),
        "price_each",
    ),
    "regular_price": (),
    "sale_price": ("special_price",),
    "compare_at": (
        *("variant_compare_at_price", "compare_at_price", "old_price", "list_price", "rrp"),
        "was",
    ),
    "currency": (),
    "stock": (
        *("variant_inventory_qty", "quantity", "qty", "on_hand", "inventory", "in_shop"),
        *("stock_quantity", "pieces"),
    ),
    "in_stock": ("availability",),
    "inventory_policy": ("variant_inventory_policy",),
    "inventory_tracker": ("variant_inventory_tracker",),
    "weight_grams": ("variant_grams", "grams"),
    "weight_kg": (),
    "weight": (),
    "options": (),
    "choices": (),
    **{f"option{number}_name": () for number in range(1, OPTIONS + 1)},
    **{f"option{number}_value": () for number in range(1, OPTIONS + 1)},
    **{f"attribute_{number}_name": () for number in range(1, ATTRIBUTES + 1)},
    **{f"attribute_{number}_value_s": () for number in range(1, ATTRIBUTES + 1)},
    "withdrawn": (),
    "pictures": ("image_src", "images", "image", "picture", "image_url", "photo"),
    "sold": ("total_sales",),
}
EXPORTED: Final = (
    *("handle", "status", "brand", "categories", "tags", "attributes", "sold", "choices"),
    *("pictures", "sku", "options", "price", "compare_at", "currency", "stock", "weight_grams"),
    "withdrawn",
)
"""Besides names and descriptions, which come by language behind the handle."""
OF_PRODUCT: Final = frozenset({"status", "brand", "categories", "tags", "attributes", "sold"}) | {
    "choices"
}
