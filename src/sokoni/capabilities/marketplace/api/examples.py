"""What requests and answers look like, for whoever reads the description of the API."""

from typing import Any, Final


def _of(example: dict[str, Any]) -> dict[str, Any]:
    return {"examples": [example]}


LISTING_SAID: Final = _of(
    {
        "contact": "+263771000001",
        "thing": "goats",
        "quantity": {"amount": "10"},
        "price": {"amount": "20.00", "currency": "USD", "basis": "each"},
        "place": "Gokwe",
    }
)
LISTING_CHANGE: Final = _of({"price": {"amount": "18.00", "basis": "each"}})
WISH_SAID: Final = _of(
    {
        "contact": "+263771000002",
        "thing": "engine oil",
        "quantity": {"amount": "5", "unit": "litre"},
        "place": "Kadoma",
        "ask_sellers": True,
    }
)
SELLER_CHANGE: Final = _of({"place": "Kadoma"})
LISTING_SHOWN: Final = _of(
    {
        "id": "01930e2a-7c1e-7000-8000-0000000000a1",
        "reference": "LST-7K3M2Q",
        "thing": "goats",
        "quantity": "10.000",
        "unit": "",
        "size": None,
        "size_unit": "",
        "price_each": "20.00",
        "total": "200.00",
        "currency": "USD",
        "basis": "each",
        "place": "Gokwe",
        "seller": "Tendai",
        "photo": "",
        "created_at": "2026-03-02T07:00:00Z",
        "expires_at": "2026-04-01T07:00:00Z",
        "distance_km": None,
    }
)
BUY_REQUEST_SHOWN: Final = _of(
    {
        "id": "01930e2a-7c1e-7000-8000-0000000000b1",
        "reference": "REQ-4H8N6R",
        "thing": "engine oil",
        "quantity": "5.000",
        "unit": "litre",
        "max_price": None,
        "currency": "",
        "place": "Kadoma",
        "created_at": "2026-03-02T07:00:00Z",
        "expires_at": "2026-04-01T07:00:00Z",
    }
)
SELLER_SHOWN: Final = _of(
    {
        "id": "01930e2a-7c1e-7000-8000-0000000000c1",
        "contact_id": "01930e2a-7c1e-7000-8000-0000000000d1",
        "name": "Tendai",
        "place": "Gokwe",
        "joined_at": "2026-03-02T07:00:00Z",
    }
)
PROFILE_SHOWN: Final = _of(
    {
        "id": "01930e2a-7c1e-7000-8000-0000000000c1",
        "name": "Tendai",
        "place": "Gokwe",
        "joined_at": "2026-03-02T07:00:00Z",
        "deals": 12,
        "raters": 9,
        "content": 8,
        "reply_minutes": 35,
    }
)
REVIEW_SHOWN: Final = _of(
    {
        "id": "01930e2a-7c1e-7000-8000-0000000000e1",
        "rated_id": "01930e2a-7c1e-7000-8000-0000000000d1",
        "role": "provider",
        "stars": 5,
        "text": "Healthy goats, fair price",
        "thing": "goats",
        "by": "Bongani",
        "created_at": "2026-03-05T07:00:00Z",
    }
)
