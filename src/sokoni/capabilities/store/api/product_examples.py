"""What bodies about products look like, shown at `/docs`."""

from typing import Any, Final

_PRODUCT: Final = "01930e2a-7c1e-7000-8000-0000000000a1"
_CATEGORY: Final = "01930e2a-7c1e-7000-8000-0000000000b1"
_VARIANT: Final = "01930e2a-7c1e-7000-8000-0000000000c1"


def _of(example: dict[str, Any]) -> dict[str, Any]:
    return {"examples": [example]}


PRODUCT_SAID: Final = _of(
    {
        "sku": "SHO-210",
        "names": {"en": "Canvas Trainers", "sn": "Shangu dzekanivhasi"},
        "descriptions": {"en": "Light shoes with a rubber sole."},
        "brand": "Kopje",
        "categories": ["clothes/shoes"],
        "tags": ["tackies", "sneakers"],
        "variants": [
            {
                "sku": "SHO-210-38R",
                "options": {"size": "38", "colour": "red"},
                "price": "18.00",
                "on_hand": 3,
                "weight_grams": 700,
            }
        ],
    }
)
PRODUCT_CHANGE: Final = _of({"variants": [{"sku": "SHO-210-38R", "price": "17.50"}]})
CATEGORY_SAID: Final = _of({"path": "drinks/coffee", "names": {"en": "Coffee", "sn": "Kofi"}})
CATEGORY_CHANGE: Final = _of({"names": {"en": "Coffee and cocoa"}})
COUNT_SAID: Final = _of({"on_hand": 40})
PICTURE_SAID: Final = _of({"url": "https://cdn.example.com/trainers.jpg"})
CATEGORY_SHOWN: Final = _of(
    {
        "id": _CATEGORY,
        "path": "drinks/coffee",
        "parent_id": None,
        "names": {"en": "Coffee", "sn": "Kofi"},
        "position": 1,
    }
)
STOCK_SHOWN: Final = _of(
    {
        "id": _VARIANT,
        "sku": "SHO-210-38R",
        "product_id": _PRODUCT,
        "on_hand": 3,
        "reserved": 1,
        "left": 2,
    }
)
PRODUCT_SHOWN: Final = _of(
    {
        "id": _PRODUCT,
        "sku": "SHO-210",
        "status": "active",
        "brand": "Kopje",
        "names": {"en": "Canvas Trainers"},
        "descriptions": {"en": "Light shoes with a rubber sole."},
        "attributes": {"sole": "rubber"},
        "tags": ["tackies"],
        "options": {"size": ["38", "39"], "colour": ["red"]},
        "categories": ["clothes/shoes"],
        "variants": [
            {
                "id": _VARIANT,
                "sku": "SHO-210-38R",
                "options": {"size": "38", "colour": "red"},
                "price": "18.00",
                "currency": "USD",
                "compare_at": None,
                "weight_grams": 700,
                "on_hand": 3,
                "left": 2,
                "withdrawn": False,
            }
        ],
        "pictures": [],
        "sold": 12,
        "version": 1,
        "created_at": "2026-03-02T07:00:00Z",
        "updated_at": "2026-03-02T07:00:00Z",
    }
)
