"""What Stripe tells and answers, as far as we use it, and what it means."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, TypeAlias

import msgspec

from sokoni.payments.base import (
    BadSignatureError,
    FailedRefund,
    Incoming,
    UnreadableWebhookError,
)
from sokoni.payments.states import PaymentState
from sokoni.payments.stripe.amounts import major

HEADER: Final = "stripe-signature"
_TOLERANCE: Final = 300
_OURS: Final = frozenset({"won", "warning_closed"})
"""How disputes end that leave the money with us: the second was a question only."""
_THEIRS: Final = "lost"
_CAME_BACK: Final = frozenset({"failed", "canceled"})

Values: TypeAlias = Mapping[str, Any]


class _Data(msgspec.Struct):
    object: dict[str, Any]


class _Event(msgspec.Struct):
    id: str
    type: str
    data: _Data


def check_signature(body: bytes, header: str, secrets: Sequence[str], now: datetime) -> None:
    """Raise `BadSignatureError` unless one of the secrets signed these bytes just now."""
    parts = [part.partition("=")[::2] for part in header.split(",")]
    stamp = next((value for name, value in parts if name.strip() == "t"), "")
    signed = [value.encode() for name, value in parts if name.strip() == "v1"]
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12) or not signed:
        raise BadSignatureError("no signature")
    message = stamp.encode() + b"." + body
    expected = [
        hmac.new(secret.encode(), message, sha256).hexdigest().encode()
        for secret in secrets
        if secret.strip()
    ]
    if not any(hmac.compare_digest(ours, theirs) for ours in expected for theirs in signed):
        raise BadSignatureError("other bytes or another secret")
    # The SDK lets times of tomorrow pass.
    if abs(now.timestamp() - int(stamp)) > _TOLERANCE:
        raise BadSignatureError("too old")


def events_in(body: bytes) -> Sequence[Incoming]:
    """Return what a webhook tells, or raise `UnreadableWebhookError`."""
    try:
        event = msgspec.json.decode(body, type=_Event)
        incoming = _told(event.id, event.type, event.data.object)
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableWebhookError(type(error).__name__) from error
    return [incoming] if incoming is not None else []


def _told(event_id: str, kind: str, about: Values) -> Incoming | None:
    match kind:
        case (
            "checkout.session.completed"
            | "checkout.session.async_payment_succeeded"
            | "checkout.session.expired"
        ):
            return of_session(about, event_id)
        case "checkout.session.async_payment_failed":
            return of_session(about, event_id, PaymentState.FAILED)
        case "charge.refunded":
            return of_refunds(about, event_id)
        case "charge.dispute.created" | "charge.dispute.closed":
            return _dispute(kind, about, event_id)
        case "refund.failed" | "refund.updated" | "charge.refund.updated":
            return _refund(about)
        case _:
            return None


def of_session(session: Values, event_id: str = "", state: PaymentState | None = None) -> Incoming:
    """Return what a Checkout session says of its payment."""
    metadata = session.get("metadata") or {}
    currency = str(session["currency"]).upper()
    return Incoming(
        event_id=event_id,
        state=state or _state(str(session["status"]), str(session["payment_status"])),
        amount=major(int(session["amount_total"]), currency),
        currency=currency,
        payment_id=str(metadata.get("payment_id", "")),
        reference=str(session.get("client_reference_id") or ""),
        provider_id=str(session["id"]),
        transaction=_id(session.get("payment_intent")),
    )


def of_refunds(charge: Values, event_id: str = "") -> Incoming:
    """Return how much of a charge was given back in all."""
    currency = str(charge["currency"]).upper()
    whole = charge["amount_refunded"] >= charge["amount"]
    return Incoming(
        event_id=event_id,
        state=PaymentState.REFUNDED if whole else PaymentState.PARTIALLY_REFUNDED,
        amount=major(int(charge["amount_refunded"]), currency),
        currency=currency,
        payment_id=str((charge.get("metadata") or {}).get("payment_id", "")),
        transaction=_id(charge.get("payment_intent")),
    )


def _refund(refund: Values) -> Incoming | None:
    """Return that a refund came to nothing: several events tell it, and it is one thing."""
    if refund["status"] not in _CAME_BACK:
        return None
    currency, metadata = str(refund["currency"]).upper(), refund.get("metadata") or {}
    refund_id = str(refund["id"])
    return Incoming(
        event_id=f"{refund_id}:failed",
        state=PaymentState.PAID,
        amount=major(int(refund["amount"]), currency),
        currency=currency,
        payment_id=str(metadata.get("payment_id", "")),
        transaction=_id(refund.get("payment_intent")),
        reason=str(refund.get("failure_reason") or refund["status"])[:120],
        refund_failed=FailedRefund(provider_id=refund_id, key=str(metadata.get("refund", ""))),
    )


def _dispute(kind: str, dispute: Values, event_id: str) -> Incoming | None:
    currency = str(dispute["currency"]).upper()
    status = str(dispute["status"])
    state, over = PaymentState.DISPUTED, kind == "charge.dispute.closed"
    won, lost = over and status in _OURS, over and status == _THEIRS
    if over and not won and not lost:
        return None
    if over:
        state = PaymentState.PAID if won else PaymentState.REFUNDED
    return Incoming(
        event_id=event_id,
        state=state,
        amount=major(int(dispute["amount"]), currency),
        currency=currency,
        transaction=_id(dispute.get("payment_intent")),
        reason=f"dispute {status}"[:120],
        won=won,
        lost=lost,
    )


def _state(status: str, payment_status: str) -> PaymentState:
    match status, payment_status:
        case "complete", "paid":
            return PaymentState.PAID
        case "complete", "unpaid":
            # A method that takes its time.
            return PaymentState.AUTHORIZED
        case "open", _:
            return PaymentState.PENDING
        case "expired", _:
            return PaymentState.EXPIRED
        case _:
            return PaymentState.UNKNOWN


def _id(named: object) -> str:
    """Return an id, where the thing itself may stand in its place."""
    return str(named.get("id", "")) if isinstance(named, Mapping) else str(named or "")
