"""The sandbox's webhook: an event as JSON, signed over its bytes with a time."""

import hashlib
import hmac
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from sokoni.payments.base import BadSignatureError, UnreadableWebhookError
from sokoni.payments.states import PaymentState

HEADER: Final = "sandbox-signature"
_AGE: Final = timedelta(minutes=5)


class SandboxEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What was chosen on the page."""

    id: str
    payment_id: str
    session: str
    """The sandbox's own id of the payment."""
    reference: str
    status: PaymentState
    amount: Decimal
    currency: str


def encoded(event: SandboxEvent) -> bytes:
    return msgspec.json.encode(event)


def signature(secret: str, body: bytes, at: datetime) -> str:
    """Return the header: the time, and a HMAC over time and bytes."""
    stamp = str(int(at.timestamp()))
    return f"t={stamp},v1={_mac(secret, stamp, body)}"


def check_signature(secret: str, body: bytes, header: str, now: datetime) -> None:
    """Raise `BadSignatureError` unless these bytes were signed a moment ago."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    stamp, mac = parts.get("t", ""), parts.get("v1", "")
    if not secret or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        raise BadSignatureError("no time")
    if not hmac.compare_digest(_mac(secret, stamp, body).encode(), mac.encode()):
        raise BadSignatureError("other bytes")
    if abs(now.timestamp() - int(stamp)) > _AGE.total_seconds():
        raise BadSignatureError("too old")


def decoded(body: bytes) -> SandboxEvent:
    """Return the event, or raise `UnreadableWebhookError`."""
    try:
        return msgspec.json.decode(body, type=SandboxEvent)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableWebhookError(type(error).__name__) from error


def _mac(secret: str, stamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
