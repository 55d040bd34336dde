"""The contract of a payment gateway: a link, a status, webhooks, refunds, and what it can do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Protocol
from uuid import UUID

import msgspec
from pydantic import BaseModel

from sokoni.errors import AppError
from sokoni.kit.money import Money
from sokoni.payments.states import PaymentState


class GatewayError(AppError):
    """A gateway did not do what it was asked."""

    code = "gateway_error"
    http_status = 502


class GatewayRefusedError(GatewayError):
    """It said no, and will say it again. `reason` is the gateway's own word."""

    code = "gateway_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class GatewayAwayError(GatewayError):
    """It was never asked, or did nothing: safe to ask again, after so many seconds if named."""

    code = "gateway_away"
    http_status = 503

    def __init__(self, reason: str, *, retry_after: float = 0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class GatewayUnknownError(GatewayError):
    """It may have done it: only the same idempotency key may be asked again."""

    code = "gateway_unknown"


class NotSupportedError(GatewayRefusedError):
    """The gateway cannot do such a thing at all."""

    code = "gateway_not_supported"
    http_status = 409


class BadSignatureError(AppError):
    """The bytes are not what the gateway signed, or not from now."""

    code = "invalid_signature"
    http_status = 401


class UnreadableWebhookError(AppError):
    """Signed, and nothing that we understand."""

    code = "webhook_unreadable"
    http_status = 422


class Source(StrEnum):
    """Who says something of a payment."""

    LINK = "link"
    """The gateway, when it made the link."""
    WEBHOOK = "webhook"
    CHECK = "check"
    """The gateway, when we asked."""
    REFUND = "refund"
    STAFF = "staff"
    US = "us"
    """Ourselves: nobody wants it any more."""


class FailedRefund(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A refund that came to nothing after the gateway had taken it: the money is back here."""

    provider_id: str
    """The gateway's id of the refund."""
    key: str = ""
    """Ours, under which it was asked for; "" where staff made it at the gateway."""


class Report(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="payment"):
    """What is said of one payment. Travels as an inbox event of the payment's conversation."""

    payment_id: UUID
    key: str
    """By which the same is known when it is said again."""
    state: PaymentState
    source: Source
    amount: Decimal | None = None
    """How much was paid; of what was given back, how much in all."""
    currency: str = ""
    reference: str = ""
    """Our reference, as the gateway knows it; "" where it says none."""
    provider_id: str = ""
    """The gateway's id of the payment."""
    transaction: str = ""
    """The gateway's id of the money: refunds are made of it."""
    by: str = ""
    """Which member of staff."""
    reason: str = ""
    won: bool = False
    """It was disputed, and is ours after all."""
    lost: bool = False
    """It was disputed, and is gone: `amount` is the dispute's, besides what was given back."""
    accepted: bool = False
    """Staff looked at it and take the money as it is."""
    refund_failed: FailedRefund | None = None
    """Of money that is back: `amount` is the refund's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a gateway is asked to have paid."""

    payment_id: UUID
    money: Money
    reference: str
    """Ours, as people quote it."""
    description: str
    idempotency_key: str
    callback: str
    """Where the gateway tells us: unguessable."""
    back: str
    """Where the browser comes back to, which changes nothing."""
    expires_at: datetime
    language: str = "en"


class Link(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the gateway made: where to pay, or "" where whom to pay is said in words."""

    url: str = ""
    provider_id: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A payment as its gateway is asked about it."""

    payment_id: UUID
    money: Money
    reference: str
    provider_id: str
    transaction: str
    token: str


class Refunded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a refund that was asked for."""

    refund_id: str
    done: bool
    """False: it is on its way, and the gateway says when it is done."""


class Incoming(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of a webhook: which payment it is about stands in it, more or less."""

    event_id: str
    """By which the gateway names it: told twice, it happened once."""
    state: PaymentState | None
    """None: nothing that we act on."""
    amount: Decimal | None = None
    currency: str = ""
    payment_id: str = ""
    """Ours, where it carries it."""
    reference: str = ""
    provider_id: str = ""
    transaction: str = ""
    reason: str = ""
    won: bool = False
    """Of money: it was disputed, and is ours after all."""
    lost: bool = False
    """Of money: it was disputed, and is gone."""
    refund_failed: FailedRefund | None = None
    """Of money: it could not be given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a gateway can do."""

    currencies: frozenset[str] | None = None
    """None: all."""
    least: Mapping[str, Decimal] = field(default_factory=dict)
    """By currency: nothing less can be paid."""
    most: Mapping[str, Decimal] = field(default_factory=dict)
    steps: Mapping[str, Decimal] = field(default_factory=dict)
    """By currency, what amounts must be whole multiples of."""
    link: bool = True
    at_once: bool = False
    """Its links are made without asking anybody: they are there in the same turn."""
    asked: bool = True
    """It can be asked what became of a payment."""
    refunds: bool = False
    partial_refunds: bool = False
    closes: bool = False
    """A link can be taken back before its time."""
    signed: bool = True
    """Its webhooks are signed."""
    test: bool = False
    """No real money moves."""
    lasts: timedelta = timedelta(hours=24)
    """How long its links are good for."""
    shortest: timedelta = timedelta(0)
    """It makes no link that is over sooner."""
    by_hand: bool = False
    """Staff say that it was paid."""
    refusals: int = 0
    """Who refused to pay so often is not offered it any more; 0: everybody is."""
    instructions: str = ""
    """The merchant's own words on how to pay."""

    def takes(self, money: Money) -> bool:
        """Tell whether so much can be paid with it."""
        if self.currencies is not None and money.currency not in self.currencies:
            return False
        least = self.least.get(money.currency, Decimal(0))
        most = self.most.get(money.currency)
        step = self.steps.get(money.currency)
        if money.amount <= 0 or money.amount < least or (most is not None and money.amount > most):
            return False
        return step is None or not money.amount % step


class GatewayConfig(BaseModel, frozen=True, extra="forbid"):
    """What a merchant fills in. A subclass lists in `secrets` what no log may show."""

    secrets: ClassVar[frozenset[str]] = frozenset()


class Gateway(Protocol):
    """One merchant's account at a payment gateway."""

    name: ClassVar[str]

    def capabilities(self) -> Capabilities: ...

    async def link(self, order: Order) -> Link:
        """Have the gateway make a link, or raise a `GatewayError`. Asked again: the same link."""

    async def status(self, known: Known) -> Sequence[Incoming]:
        """Ask what became of it; nothing where there is nothing to say."""

    def webhook(self, body: bytes, headers: Mapping[str, str]) -> Sequence[Incoming]:
        """Return what happened, or raise `BadSignatureError` or `UnreadableWebhookError`.

        `headers` have names in lower case.
        """

    async def refund(self, known: Known, money: Money, reason: str, key: str) -> Refunded:
        """Give so much back, or raise a `GatewayError`."""

    async def close(self, known: Known) -> None:
        """Have the link be good for nothing, or raise a `GatewayError`."""
