"""Stripe on loopback: Checkout sessions, refunds, idempotency, signed webhooks, bad days."""

import itertools
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import msgspec
import stripe

from sokoni.payments.stripe.client import VERSION
from sokoni.testing.loopback import Answered, Asked, serving
from sokoni.testing.stripe_answers import DONE, FORM, SAID, Trouble, as_json, listed, refused
from sokoni.testing.stripe_rules import (
    DISPUTES_OVER,
    Refusal,
    checked_refund,
    checked_session,
    nested,
)

_SESSION: Final = re.compile(r"/v1/checkout/sessions/(cs_test_\w+)")
_PAGE: Final = re.compile(r"/c/pay/(cs_test_\w+)")
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Told:
    """A webhook: its bytes and its headers."""

    body: bytes
    headers: Mapping[str, str]


class FakeStripe:
    """Take it from `fake_stripe`."""

    def __init__(self, key: str, secret: str, now: Callable[[], float]) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self.sessions: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.charges: dict[str, dict[str, Any]] = {}
        self.webhooks: list[Told] = []
        """What is to be told, in order: post it, twice or backwards as the test wants."""
        self.slow_refunds = False
        """Refunds are on their way when they are answered, and arrive later."""
        self._key = key
        self._secret = secret
        self._now = now
        self._numbers = itertools.count(1)
        self._answers: dict[str, tuple[float, bytes, Answered]] = {}
        self._troubles: deque[Trouble] = deque()

    def trouble(self, *troubles: Trouble) -> None:
        """Have the next requests meet these, then all is well again."""
        self._troubles.extend(troubles)

    # --- requests -----------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answered:
        self.asked.append(asked)
        path = urlsplit(asked.path).path
        if match := _PAGE.fullmatch(path):
            return self._page(match.group(1), asked)
        if asked.headers.get("authorization") != f"Bearer {self._key}":
            return refused(401, "invalid_request_error", "", "Invalid API Key provided")
        if asked.headers.get("stripe-version") != VERSION:
            return refused(400, "invalid_request_error", "", "Invalid Stripe API version")
        trouble = self._trouble_for(asked)
        if trouble in SAID:
            return SAID[trouble]
        answered = self._once(asked, path)
        if trouble is Trouble.LOST:
            return Answered(cut=True)
        return Answered(silent=True) if trouble is Trouble.SILENT else answered

    def _trouble_for(self, asked: Asked) -> Trouble | None:
        """Return what a request meets. What was only read is no loss."""
        if not self._troubles or (asked.method == "GET" and self._troubles[0] in DONE):
            return None
        return self._troubles.popleft()

    def _once(self, asked: Asked, path: str) -> Answered:
        """Answer the same key with the same for a day, and refuse it for anything else."""
        key = asked.headers.get("idempotency-key", "")
        if asked.method != "POST" or not key:
            return self._act(asked, path)
        now, body = self._now(), path.encode() + asked.body
        since, said, answer = self._answers.get(key, (0.0, b"", None))
        if answer is None or now - since > _DAY:
            self._answers[key] = (now, body, answered := self._act(asked, path))
            return answered
        if said != body:
            what = "Keys for idempotent requests can only be used with the same parameters"
            return refused(400, "idempotency_error", "", what)
        return Answered(answer.status, answer.body, {"idempotent-replayed": "true"})

    def _act(self, asked: Asked, path: str) -> Answered:
        try:
            return self._done(asked, path)
        except Refusal as refusal:
            return refused(400, "invalid_request_error", refusal.code, str(refusal))

    def _done(self, asked: Asked, path: str) -> Answered:
        said = nested(parse_qsl(asked.body.decode(), keep_blank_values=True))
        if (asked.method, path) == ("POST", "/v1/checkout/sessions"):
            return as_json(self._create(said))
        if (asked.method, path) == ("POST", "/v1/refunds"):
            return as_json(self.refund(said))
        if (asked.method, path) == ("GET", "/v1/refunds"):
            return as_json(listed(self.refunds.values(), asked.path))
        ending = path.removesuffix("/expire")
        match = _SESSION.fullmatch(ending)
        session = self.sessions.get(match.group(1)) if match else None
        if session is None:
            return refused(404, "invalid_request_error", "resource_missing", f"No such: {path}")
        if asked.method == "POST" and ending != path:
            if session["status"] != "open":
                raise Refusal("", "Only Checkout Sessions with a status of open can be expired")
            self.expire(session["id"])
        return as_json(self._expanded(session) if "expand" in asked.path else session)

    def _create(self, said: dict[str, Any]) -> dict[str, Any]:
        price = checked_session(said, self._now())
        name = f"cs_test_{next(self._numbers):08d}"
        session = {
            "id": name,
            "object": "checkout.session",
            "livemode": False,
            "mode": "payment",
            "created": int(self._now()),
            "expires_at": int(said.get("expires_at", self._now() + 86_400)),
            "url": f"{self.url}/c/pay/{name}",
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "amount_total": price.total,
            "amount_subtotal": price.total,
            "currency": price.currency,
            "client_reference_id": said.get("client_reference_id"),
            "metadata": said.get("metadata", {}),
            "success_url": said["success_url"],
            "cancel_url": said.get("cancel_url"),
            "locale": said.get("locale"),
        }
        self.sessions[name] = session
        return session

    def refund(self, said: dict[str, Any]) -> dict[str, Any]:
        """Give money back, for us or for whoever does it at Stripe itself."""
        charge = next(
            (c for c in self.charges.values() if c["payment_intent"] == said["payment_intent"]),
            None,
        )
        if charge is None:
            raise Refusal("resource_missing", "No such payment_intent")
        amount = checked_refund(said, charge)
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        name = f"re_{next(self._numbers):08d}"
        self.refunds[name] = {
            "id": name,
            "object": "refund",
            "amount": amount,
            "currency": charge["currency"],
            "charge": charge["id"],
            "payment_intent": charge["payment_intent"],
            "status": "pending" if self.slow_refunds else "succeeded",
            "failure_reason": None,
            "reason": said.get("reason"),
            "metadata": said.get("metadata", {}),
        }
        self.tell("refund.created", self.refunds[name])
        self.tell("charge.refunded", charge)
        return self.refunds[name]

    # --- what customers do --------------------------------------------------------------------

    def pay(self, session_id: str, **other: Any) -> None:  # noqa: ANN401 -- what Stripe would say
        """Have the customer pay; `other` says otherwise, as `amount_total=1`."""
        session = self.sessions[session_id]
        intent = f"pi_{next(self._numbers):08d}"
        session |= {"status": "complete", "payment_status": "paid", "payment_intent": intent}
        session |= other
        charge = f"ch_{next(self._numbers):08d}"
        self.charges[charge] = {
            "id": charge,
            "object": "charge",
            "amount": session["amount_total"],
            "amount_refunded": 0,
            "refunded": False,
            "currency": session["currency"],
            "payment_intent": intent,
            "metadata": session["metadata"],
            "status": "succeeded",
        }
        self.tell("checkout.session.completed", session)

    def fail(self, session_id: str) -> None:
        """Have a payment that took its time come to nothing."""
        session = self.sessions[session_id]
        session |= {"status": "complete", "payment_status": "unpaid"}
        self.tell("checkout.session.async_payment_failed", session)

    def expire(self, session_id: str) -> None:
        self.sessions[session_id] |= {"status": "expired", "url": None}
        self.tell("checkout.session.expired", self.sessions[session_id])

    def fail_refund(self, refund_id: str, reason: str = "expired_or_canceled_card") -> None:
        """Have the bank send a refund back, as it may days later: three events say it."""
        refund = self.refunds[refund_id]
        refund |= {"status": "failed", "failure_reason": reason}
        charge = self.charges[refund["charge"]]
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        for kind in ("refund.updated", "charge.refund.updated", "refund.failed"):
            self.tell(kind, refund)

    def dispute(
        self, session_id: str, status: str = "needs_response", amount: int | None = None
    ) -> None:
        """Have a bank ask, or say how it ended; of all the money unless said."""
        session = self.sessions[session_id]
        about = {
            "id": "dp_1",
            "object": "dispute",
            "amount": session["amount_total"] if amount is None else amount,
            "currency": session["currency"],
            "payment_intent": session["payment_intent"],
            "status": status,
        }
        self.tell(f"charge.dispute.{'closed' if status in DISPUTES_OVER else 'created'}", about)

    def tell(self, kind: str, about: Mapping[str, Any]) -> None:
        """Put down a webhook, signed as the SDK signs."""
        event = {
            "id": f"evt_{next(self._numbers):08d}",
            "object": "event",
            "api_version": VERSION,
            "type": kind,
            "livemode": False,
            "created": int(self._now()),
            "data": {"object": dict(about)},
        }
        body = msgspec.json.encode(event)
        self.webhooks.append(Told(body, self.signed(body)))

    def signed(self, body: bytes, secret: str = "") -> Mapping[str, str]:
        """Return the headers of a webhook of these bytes."""
        stamp = int(self._now())
        signer = stripe.WebhookSignature
        header = signer.generate_signature_header(body.decode(), secret or self._secret, stamp)
        return {"stripe-signature": header, "content-type": "application/json"}

    def _expanded(self, session: dict[str, Any]) -> dict[str, Any]:
        intent = session["payment_intent"]
        if intent is None:
            return session
        charge = next(c for c in self.charges.values() if c["payment_intent"] == intent)
        whole = {"id": intent, "object": "payment_intent", "latest_charge": charge}
        return {**session, "payment_intent": whole}

    def _page(self, session_id: str, asked: Asked) -> Answered:
        """Be the hosted page: Pay, Fail, Expire."""
        session = self.sessions.get(session_id)
        if session is None or session["status"] != "open":
            return Answered(410, b"<h1>This page is over</h1>", {"content-type": "text/html"})
        if asked.method == "POST":
            choice = dict(parse_qsl(asked.body.decode())).get("choice", "")
            acts = {"pay": self.pay, "fail": self.fail, "expire": self.expire}
            acts[choice](session_id)
            back = session["success_url" if choice == "pay" else "cancel_url"]
            return Answered(
                303, b"", {"location": back.replace("{CHECKOUT_SESSION_ID}", session_id)}
            )
        return Answered(200, FORM, {"content-type": "text/html"})


@asynccontextmanager
async def fake_stripe(
    *,
    key: str = "sk_test_loopback",
    secret: str = "whsec_loopback",  # noqa: S107 -- of a fake
    now: Callable[[], float] = time.time,
    port: int = 0,
) -> AsyncIterator[FakeStripe]:
    """Serve one on loopback. `now` is its clock, in seconds."""
    fake = FakeStripe(key, secret, now)
    async with serving(fake.answer, port) as url:
        fake.url = url
        yield fake
