"""What the fake Stripe answers, on good days and bad."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from sokoni.testing.loopback import Answered


class Trouble(StrEnum):
    """What becomes of a request on a bad day."""

    CARD = "402"
    CONFLICT = "409"
    THROTTLED = "429"
    BROKEN = "500"
    LOST = "lost"
    """It is done, and the answer never arrives."""
    SILENT = "silent"
    """It is done, and nothing is said."""


def as_json(said: object, status: int = 200) -> Answered:
    return Answered(status, msgspec.json.encode(said), {"request-id": "req_fake"})


def refused(
    status: int, kind: str, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Answered:
    error = {"type": kind, "message": message, **({"code": code} if code else {})}
    body = msgspec.json.encode({"error": error})
    return Answered(status, body, {"request-id": "req_fake", **(headers or {})})


SAID: Final[Mapping[Trouble | None, Answered]] = {
    Trouble.CARD: refused(402, "card_error", "card_declined", "Your card was declined."),
    Trouble.CONFLICT: refused(
        409,
        "invalid_request_error",
        "lock_timeout",
        "Another request",
        {"stripe-should-retry": "true"},
    ),
    Trouble.THROTTLED: refused(
        429, "invalid_request_error", "rate_limit", "Too many requests", {"retry-after": "3"}
    ),
    Trouble.BROKEN: refused(500, "api_error", "", "An error occurred on our side"),
}
