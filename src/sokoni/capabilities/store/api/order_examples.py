"""What orders, carts and coupons look like, for whoever reads the description of the API."""

from typing import Any, Final

_ID: Final = "01930e2a-7c1e-7000-8000-0000000000d1"
_USER: Final = "01930e2a-7c1e-7000-8000-0000000000a1"
_VARIANT: Final = "01930e2a-7c1e-7000-8000-0000000000e1"
_ITEM: Final = {
    "id": "01930e2a-7c1e-7000-8000-0000000000f1",
    "product_id": "01930e2a-7c1e-7000-8000-0000000000f2",
    "variant_id": _VARIANT,
    "sku": "COF-101",
    "name": "Honey Valley Ground Coffee 250 g",
    "quantity": 2,
    "unit_price": "4.50",
    "discount": "0",
    "tax": "0",
    "total": "9.00",
    "fulfilled": 0,
    "called_off": 0,
    "returned": 0,
}
_ORDER: Final[dict[str, Any]] = {
    "id": _ID,
    "reference": "ORD-7K3M2Q5",
    "user_id": _USER,
    "user_number": "+14155550101",
    "user_name": "Tariro",
    "status": "placed",
    "charge_status": "unpaid",
    "currency": "USD",
    "items_total": "9.00",
    "discount_total": "0",
    "shipping_total": "0",
    "tax_total": "0",
    "tax_included": True,
    "total_amount": "9.00",
    "called_off": "0",
    "paid": "0",
    "refunded": "0",
    "refund_due": "0",
    "return_due": "0",
    "coupon": "",
    "delivery": "delivery",
    "collects": False,
    "address": "12 Market Street",
    "note": "",
    "payment_method": "sandbox",
    "items": [_ITEM],
    "payment_info": {
        "provider": "sandbox",
        "by_hand": False,
        "payment_id": None,
        "payment_link": "",
        "status": "created",
        "amount": "9.00",
        "currency": "USD",
        "created_at": "2026-03-02T07:00:00Z",
        "updated_at": "2026-03-02T07:00:00Z",
    },
    "pay_until": "2026-03-03T07:00:00Z",
    "created_at": "2026-03-02T07:00:00Z",
    "updated_at": "2026-03-02T07:00:00Z",
}


def _of(example: dict[str, Any]) -> dict[str, Any]:
    return {"examples": [example]}


ORDER_SHOWN: Final = _of(_ORDER)
ORDER_WHOLE: Final = _of(
    {
        **_ORDER,
        "history": [
            {
                "at": "2026-03-02T07:00:00Z",
                "by": "contact",
                "staff": "",
                "move": "place",
                "status": "placed",
                "charge_status": "unpaid",
                "data": {"total": "9.00", "pieces": 2},
            }
        ],
    }
)
CART_SHOWN: Final = _of(
    {
        "user_id": _USER,
        "currency": "USD",
        "items": [
            {
                "variant_id": _VARIANT,
                "sku": "COF-101",
                "name": "Honey Valley Ground Coffee 250 g",
                "quantity": 2,
                "unit_price": "4.50",
                "total": "9.00",
                "left": 38,
            }
        ],
        "saved": [],
        "items_total": "9.00",
        "coupon": "",
        "note": "Please deliver before 5pm",
        "updated_at": "2026-03-02T07:00:00Z",
    }
)
COUPON_SHOWN: Final = _of(
    {
        "id": "01930e2a-7c1e-7000-8000-0000000000c1",
        "code": "WELCOME10",
        "percent": "10",
        "amount": None,
        "least": "0",
        "starts_at": None,
        "ends_at": "2026-12-31T22:00:00Z",
        "uses_max": 100,
        "uses": 3,
        "once_each": True,
    }
)
COUPON_SAID: Final = _of({"code": "WELCOME10", "percent": "10", "uses_max": 100})
STATUS_SAID: Final = _of({"status": "fulfilled", "tracking": "ZM-12"})
ORDER_SAID: Final = _of(
    {
        "user": "+14155550101",
        "items": [{"sku": "COF-101", "quantity": 2}],
        "address": "12 Market Street",
        "note": "Ring twice",
    }
)
