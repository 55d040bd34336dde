"""The sandbox as a gateway: its page is ours, its webhook comes through the same door as all."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from sokoni.kit.clock import Clock
from sokoni.kit.ids import new_id
from sokoni.kit.money import Money
from sokoni.payments.base import (
    Capabilities,
    Incoming,
    Known,
    Link,
    Order,
    Refunded,
)
from sokoni.payments.sandbox.config import SandboxConfig
from sokoni.payments.sandbox.payloads import (
    HEADER,
    SandboxEvent,
    check_signature,
    decoded,
    encoded,
    signature,
)
from sokoni.payments.states import PaymentState

CHOICES: Final[Mapping[str, PaymentState]] = {
    "pay": PaymentState.PAID,
    "fail": PaymentState.FAILED,
    "expire": PaymentState.EXPIRED,
}
"""What may be chosen on the page."""


class SandboxGateway:
    """Makes its links itself. `account` signs its webhooks: nobody else knows it."""

    name: ClassVar[str] = "sandbox"

    def __init__(self, config: SandboxConfig, clock: Clock, public_url: str, account: str) -> None:
        self.config = config
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._secret = account

    def capabilities(self) -> Capabilities:
        return Capabilities(
            at_once=True,
            asked=False,
            refunds=True,
            partial_refunds=True,
            closes=True,
            test=True,
            lasts=self.config.lasts,
        )

    async def link(self, order: Order) -> Link:
        token = order.back.rpartition("/")[2]
        return Link(
            url=f"{self._public_url}/payments/sandbox/pay/{token}",
            provider_id=_session(order.payment_id.hex),
            expires_at=order.expires_at,
        )

    async def status(self, known: Known) -> Sequence[Incoming]:  # noqa: ARG002
        return ()

    def chosen(self, known: Known, choice: str) -> tuple[bytes, Mapping[str, str]]:
        """Return the webhook, with its headers, that says what was chosen on the page."""
        event = SandboxEvent(
            id=f"evt_{new_id().hex}",
            payment_id=known.payment_id.hex,
            session=known.provider_id,
            reference=known.reference,
            status=CHOICES[choice],
            amount=known.money.amount,
            currency=known.money.currency,
        )
        body = encoded(event)
        return body, {HEADER: signature(self._secret, body, self._clock())}

    def webhook(self, body: bytes, headers: Mapping[str, str]) -> Sequence[Incoming]:
        check_signature(self._secret, body, headers.get(HEADER, ""), self._clock())
        event = decoded(body)
        return [
            Incoming(
                event_id=event.id,
                state=event.status,
                amount=event.amount,
                currency=event.currency,
                payment_id=event.payment_id,
                reference=event.reference,
                provider_id=event.session,
                transaction=event.session if event.status is PaymentState.PAID else "",
            )
        ]

    async def refund(self, known: Known, money: Money, reason: str, key: str) -> Refunded:  # noqa: ARG002
        return Refunded(refund_id=f"re_{key}", done=True)

    async def close(self, known: Known) -> None:
        pass


def _session(payment: str) -> str:
    return f"cs_sandbox_{payment}"
