"""What the fake Stripe answers, on good days and bad."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

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


FORM: Final = b"""<!doctype html><title>Stripe (fake)</title><form method="post">
<button name="choice" value="pay">Pay</button><button name="choice" value="fail">Fail</button>
<button name="choice" value="expire">Expire</button></form>"""


def as_json(said: object, status: int = 200) -> Answered:
    return Answered(status, msgspec.json.encode(said), {"request-id": "req_fake"})


def listed(refunds: Iterable[Mapping[str, Any]], path: str) -> Mapping[str, Any]:
    """Return the page of refunds that is asked for."""
    wanted = dict(parse_qsl(urlsplit(path).query))["payment_intent"]
    found = [one for one in refunds if one["payment_intent"] == wanted]
    return {"object": "list", "data": found, "has_more": False, "url": "/v1/refunds"}


def refused(
    status: int, kind: str, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Answered:
    error = {"type": kind, "message": message, **({"code": code} if code else {})}
    body = msgspec.json.encode({"error": error})
    return Answered(status, body, {"request-id": "req_fake", **(headers or {})})


DONE: Final = frozenset({Trouble.LOST, Trouble.SILENT})
"""Nobody hears that it was done."""
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
