"""What the fields of kept rows are called on a paper: several may mean the same to people."""

from collections.abc import Mapping
from typing import Final

_SAME: Final = {
    "when": "at created_at placed_at added_at joined_at registered_at",
    "changed": "updated_at",
    "until": "expires_at pay_until answer_by",
    "starts": "starts_at",
    "ends": "ends_at",
    "proposed": "proposed_at",
    "sent": "said_at sent_at",
    "arrived": "delivered_at",
    "read": "read_at",
    "replied": "replied_at",
    "tapped": "clicked clicked_at",
    "failed": "failed_at error",
    "reminded": "remind_at reminded_at due_at asked_at",
    "done": "completed_at onboarded_at",
    "answered": "answered_at answered",
    "reference": "reference number",
    "state": "status state verdict",
    "money": "charge_status pay_state",
    "step": "step",
    "registration": "registration",
    "question": "slot",
    "answer": "value",
    "thing": "thing what",
    "name": "name sku",
    "service": "service",
    "place": "place_name town",
    "whole_town": "whole_town",
    "point": "latitude longitude",
    "amount": "quantity",
    "unit": "unit",
    "size": "size size_unit",
    "price": "price price_each unit_price seen_price max_price",
    "basis": "basis",
    "currency": "currency pay_currency",
    "total": "total items_total pay_amount",
    "discount": "discount discount_total",
    "coupon": "coupon",
    "delivery": "delivery shipping_total",
    "collects": "collects",
    "weight": "weight_grams",
    "tax": "tax tax_total",
    "paid": "paid",
    "refunded": "refunded",
    "returned": "returned",
    "cancelled": "called_off",
    "fulfilled": "fulfilled",
    "gateway": "gateway",
    "by": "by ended_by proposed_by",
    "happened": "move",
    "details": "data",
    "weekday": "weekday",
    "opens": "opens",
    "closes": "closes",
    "language": "language",
    "minutes": "minutes lead_minutes buffer_minutes answer_minutes",
    "stars": "stars stars_sum reviews_sum",
    "ratings": "stars_count reviews_count",
    "words": "time_words",
    "proven": "verified",
    "saved": "saved",
    "open": "open",
    "offers": "marketing",
    "purpose": "purpose",
    "given": "given",
    "source": "source",
    "wording": "wording",
    "kind": "kind mime_type",
    "text": "text",
    "link": "url",
    "from_you": "provided by_contact",
    "zone": "zone",
}
_SIZED: Final = {"files": {"size": "bytes"}}
"""What a name means in one kind alone."""
_LABELS: Final[Mapping[str, str]] = {
    field: label for label, fields in _SAME.items() for field in fields.split()
}
SILENT: Final = frozenset(
    {"id", "version", "proof_number", "tries", "needed", "pay_round", "tax_included"}
    | {"alert_day", "alerts_today", "alerted"}
    | {"place_id", "broadcast_id", "listing_id", "photo_id", "focus_id", "cart_id", "order_id"}
    | {"coupon_id", "variant_id", "product_id"}
)
"""What stands for something that is shown beside it, or counts how we do our work: it says
nothing to who reads a paper. Programs get it."""
KINDS: Final = frozenset(
    {"booking_customer", "provider", "bookings", "waits", "services", "areas", "hours"}
    | {"seller", "listings", "buy_requests", "introductions"}
    | {"registrations", "registration_facts", "broadcasts"}
    | {"store_customer", "carts", "cart_items", "coupon_uses"}
    | {"orders", "order_items", "order_events"}
)
"""Rows of capabilities that have a name in the catalogues."""


def label_of(kind: str, field: str) -> str | None:
    """Return what the catalogues call a field; None: a capability of somebody else's has it."""
    return _SIZED.get(kind, {}).get(field) or _LABELS.get(field)
