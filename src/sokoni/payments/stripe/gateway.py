"""Stripe as a gateway: Checkout sessions, one per attempt, each under its own key."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

import stripe

from sokoni.kit.clock import Clock
from sokoni.kit.http import HttpClient
from sokoni.kit.money import Money
from sokoni.payments.base import (
    Capabilities,
    GatewayRefusedError,
    Incoming,
    Known,
    Link,
    NotSupportedError,
    Order,
    Refunded,
)
from sokoni.payments.stripe.amounts import LEAST, STEPS, TAKEN, minor
from sokoni.payments.stripe.client import connected
from sokoni.payments.stripe.config import StripeConfig
from sokoni.payments.stripe.errors import named
from sokoni.payments.stripe.payloads import (
    HEADER,
    check_signature,
    events_in,
    of_refunds,
    of_session,
)

_ON_ITS_WAY: Final = frozenset({"pending", "requires_action"})
_MOST_REFUNDS: Final = 100
_NAME: Final = 120
_SHORTEST: Final = timedelta(minutes=31)
"""Stripe takes half an hour; the question takes its time."""


class StripeGateway:
    """One account. Whatever is asked again under its key was done once."""

    name: ClassVar[str] = "stripe"

    def __init__(self, config: StripeConfig, http: HttpClient, clock: Clock) -> None:
        key = config.secret_key.get_secret_value()
        self._client = connected(key, config.base_url, http)
        self._secrets = [one.get_secret_value() for one in config.webhook_secrets]
        self._clock = clock
        self._can = Capabilities(
            currencies=TAKEN,
            least={**LEAST, **config.least},
            steps=STEPS,
            refunds=True,
            partial_refunds=True,
            closes=True,
            test="_test_" in key,
            lasts=timedelta(minutes=config.minutes),
            shortest=_SHORTEST,
        )

    def capabilities(self) -> Capabilities:
        return self._can

    async def link(self, order: Order) -> Link:
        key: stripe.RequestOptions = {"idempotency_key": order.idempotency_key}
        with named():
            session = await self._client.v1.checkout.sessions.create_async(_asked(order), key)
        if not session.url:
            raise GatewayRefusedError("no_url")
        ends = datetime.fromtimestamp(session.expires_at, UTC)
        return Link(url=session.url, provider_id=session.id, expires_at=ends)

    async def status(self, known: Known) -> Sequence[Incoming]:
        with named():
            session = await self._client.v1.checkout.sessions.retrieve_async(
                known.provider_id, {"expand": ["payment_intent.latest_charge"]}
            )
        values = session.to_dict()
        said = [of_session(values)]
        intent = values.get("payment_intent")
        charge = intent.get("latest_charge") if isinstance(intent, dict) else None
        if isinstance(charge, dict) and charge.get("amount_refunded"):
            said.append(of_refunds(charge))
        return said

    def webhook(self, body: bytes, headers: Mapping[str, str]) -> Sequence[Incoming]:
        check_signature(body, headers.get(HEADER, ""), self._secrets, self._clock())
        return events_in(body)

    async def refund(self, known: Known, money: Money, reason: str, key: str) -> Refunded:
        if not known.transaction:
            raise NotSupportedError("never_paid")
        wish: Any = {
            "payment_intent": known.transaction,
            "amount": minor(money),
            "reason": "requested_by_customer",
            "metadata": {
                "payment_id": known.payment_id.hex,
                "refund": key,
                "why": reason[:120],
            },
        }
        with named():
            refund = await self._made(known.transaction, key)
            if refund is None:
                sending: stripe.RequestOptions = {"idempotency_key": key}
                refund = await self._client.v1.refunds.create_async(wish, sending)
        if refund.status != "succeeded" and refund.status not in _ON_ITS_WAY:
            raise GatewayRefusedError(f"refund {refund.status}")
        return Refunded(refund_id=refund.id, done=refund.status == "succeeded")

    async def _made(self, transaction: str, key: str) -> stripe.Refund | None:
        """Return the refund that was made by a key, of which we may not have heard.

        Stripe forgets keys after a day; what it gave back, it knows.
        """
        of_this: Any = {"payment_intent": transaction, "limit": _MOST_REFUNDS}
        found = await self._client.v1.refunds.list_async(of_this)
        return next((one for one in found.data if _key_of(one) == key), None)

    async def close(self, known: Known) -> None:
        try:
            with named():
                await self._client.v1.checkout.sessions.expire_async(known.provider_id)
        except GatewayRefusedError as error:
            # Only an open one can be closed; what it is instead, its status says.
            if not isinstance(error.__cause__, stripe.InvalidRequestError):
                raise


def _key_of(refund: stripe.Refund) -> str:
    metadata = refund.to_dict().get("metadata") or {}
    return str(metadata.get("refund", ""))


def _asked(order: Order) -> Any:  # noqa: ANN401 -- the SDK's own dictionary
    """Return the session's parameters: the same ones for the same key, however often."""
    ours = {"payment_id": order.payment_id.hex, "reference": order.reference}
    price = {
        "currency": order.money.currency.lower(),
        "unit_amount": minor(order.money),
        "product_data": {"name": order.description[:_NAME]},
    }
    return {
        "mode": "payment",
        "line_items": [{"quantity": 1, "price_data": price}],
        "client_reference_id": order.reference,
        "metadata": ours,
        "payment_intent_data": {"metadata": ours, "description": order.description[:_NAME]},
        "success_url": order.back,
        "cancel_url": order.back,
        "expires_at": int(order.expires_at.timestamp()),
        "locale": "auto",
    }
