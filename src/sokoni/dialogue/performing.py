"""Asks gateways: requests for links and for news, outside of every transaction."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from sokoni.db.engine import READING
from sokoni.db.vault import Vault
from sokoni.dialogue.manifest import Calendar
from sokoni.dialogue.payment_requests import (
    OVER,
    POLL,
    Checked,
    CheckWish,
    LinkMade,
    LinkWish,
    RefundMade,
    RefundWish,
)
from sokoni.kit.clock import Clock
from sokoni.kit.ids import MerchantId
from sokoni.kit.money import Money
from sokoni.messaging.events import Timer, TimerFor
from sokoni.messaging.requests import (
    Asked,
    Done,
    RequestDelayedError,
    RequestOutcomeUnknownError,
    RequestRefusedError,
)
from sokoni.payments.base import (
    GatewayAwayError,
    GatewayRefusedError,
    GatewayUnknownError,
    Incoming,
    Report,
    Source,
)
from sokoni.payments.gateways import LiveGateway, Offered, known_of
from sokoni.payments.models import Payment, PaymentId, Refund, RefundId, RefundState
from sokoni.payments.polling import NEXT_POLL, take_due
from sokoni.payments.refunds import Refunds, key_of
from sokoni.payments.service import Payments
from sokoni.payments.states import OPEN, PaymentState

_TRIES: Final = 10_000
"""Time ends them: a payment expires."""
_SECONDS: Final = 40.0


class GatewayDesk:
    """Looks up what a request is about, and says its failures in the requests' own words."""

    def __init__(self, engine: AsyncEngine, vault: Vault, clock: Clock, gateways: Offered) -> None:
        self._engine = engine.execution_options(**{READING: True})
        self._vault = vault
        self.clock = clock
        self._gateways = gateways

    async def payment(
        self, merchant_id: MerchantId, payment_id: UUID, wish: object
    ) -> tuple[Payment, LiveGateway]:
        """Return the payment with its gateway, or refuse the request."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            payments = Payments(session, self._vault, merchant_id, self.clock())
            payment = await payments.find(PaymentId(payment_id))
        if payment is None:
            raise RequestRefusedError("payment_unknown", wish)
        live = self._gateways.find(merchant_id, payment.provider)
        if live is None:
            # Taken out of the merchant file, or not read yet.
            raise RequestDelayedError("gateway_gone", retry_after=300)
        return payment, live

    async def refund(self, merchant_id: MerchantId, wish: RefundWish) -> Refund:
        """Return the refund, or refuse the request."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            found = await Refunds(session, merchant_id, self.clock()).find(
                RefundId(wish.refund_id)
            )
        if found is None or found.state == RefundState.FAILED:
            raise RequestRefusedError("refund_unknown", wish)
        return found

    @contextmanager
    def asking(self, wish: object) -> Iterator[None]:
        """Turn what a gateway did not do into what becomes of the request."""
        try:
            yield
        except GatewayRefusedError as error:
            raise RequestRefusedError(error.reason, wish) from error
        except GatewayAwayError as error:
            raise RequestDelayedError(str(error), retry_after=error.retry_after) from error
        except GatewayUnknownError as error:
            raise RequestOutcomeUnknownError(str(error)) from error


class LinkPerformer:
    """Has links made. The same attempt is asked for under the same key, so one comes of it."""

    repeatable = True
    tries = _TRIES
    seconds = _SECONDS

    def __init__(self, desk: GatewayDesk) -> None:
        self._desk = desk

    async def perform(self, request: Asked) -> Done:
        wish = msgspec.json.decode(request.payload, type=LinkWish)
        payment, live = await self._desk.payment(request.merchant_id, wish.payment_id, wish)
        if payment.state != PaymentState.CREATED and request.attempt == 1:
            raise RequestRefusedError("not_open", wish)
        if payment.expires_at - live.can.shortest <= self._desk.clock():
            raise RequestRefusedError(OVER, wish)
        order = live.order(payment, description=wish.description, language=wish.language)
        with self._desk.asking(wish):
            return Done(LinkMade(payment_id=payment.id, link=await live.gateway.link(order)))


class CheckPerformer:
    """Asks what became of a payment, and has the link closed when its time is over."""

    repeatable = True
    tries = 5
    seconds = _SECONDS

    def __init__(self, desk: GatewayDesk) -> None:
        self._desk = desk

    async def perform(self, request: Asked) -> Done:
        wish = msgspec.json.decode(request.payload, type=CheckWish)
        payment, live = await self._desk.payment(request.merchant_id, wish.payment_id, wish)
        with self._desk.asking(wish):
            said = await self._ask(live, payment)
        reports = tuple(report_of(payment, one, Source.CHECK) for one in said if one.state)
        return Done(
            Checked(payment_id=payment.id, reports=reports + self._ours(live, payment, said))
        )

    async def _ask(self, live: LiveGateway, payment: Payment) -> Sequence[Incoming]:
        if not payment.provider_id:
            return ()
        known = known_of(payment)
        said = await live.gateway.status(known)
        if self._is_over(payment) and live.can.closes and not _settled(said):
            await live.gateway.close(known)
            # Somebody may have paid at that moment.
            said = await live.gateway.status(known)
        return said

    def _is_over(self, payment: Payment) -> bool:
        cancelled = payment.state == PaymentState.CANCELLED
        return cancelled or (payment.state in OPEN and self._expired(payment))

    def _expired(self, payment: Payment) -> bool:
        return payment.expires_at <= self._desk.clock()

    def _ours(
        self, live: LiveGateway, payment: Payment, said: Sequence[Incoming]
    ) -> tuple[Report, ...]:
        """Say that it is over where the gateway does not, and nothing is on its way."""
        waits = any(one.state is PaymentState.AUTHORIZED for one in said)
        ended = payment.state in OPEN and self._expired(payment)
        # Nobody else can say of such a link that it is over, and it is not to be asked about.
        dropped = payment.state == PaymentState.CANCELLED and not live.can.asked
        if _settled(said) or waits or not (ended or dropped):
            return ()
        over = PaymentState.EXPIRED
        return (Report(payment_id=payment.id, key="expired", state=over, source=Source.US),)


class RefundPerformer:
    """Has money given back, once by each key."""

    repeatable = True
    tries = _TRIES
    seconds = _SECONDS

    def __init__(self, desk: GatewayDesk) -> None:
        self._desk = desk

    async def perform(self, request: Asked) -> Done:
        wish = msgspec.json.decode(request.payload, type=RefundWish)
        refund = await self._desk.refund(request.merchant_id, wish)
        payment, live = await self._desk.payment(request.merchant_id, wish.payment_id, wish)
        known = replace(known_of(payment), transaction=wish.transaction)
        money, key = Money(refund.amount, refund.currency), key_of(refund.id)
        with self._desk.asking(wish):
            made = await live.gateway.refund(known, money, refund.reason, key)
        return Done(RefundMade(refund_id=refund.id, payment_id=payment.id, refunded=made))


def _settled(said: Sequence[Incoming]) -> bool:
    return any(one.state is not None and one.state not in OPEN for one in said)


def report_of(payment: Payment, incoming: Incoming, source: Source, by: str = "") -> Report:
    """Return what was said of a payment as its conversation hears it."""
    state = incoming.state or PaymentState.UNKNOWN
    return Report(
        payment_id=payment.id,
        key=incoming.event_id or _digest(incoming),
        state=state,
        source=source,
        amount=incoming.amount,
        currency=incoming.currency,
        reference=incoming.reference,
        provider_id=incoming.provider_id,
        transaction=incoming.transaction,
        reason=incoming.reason,
        won=incoming.won,
        lost=incoming.lost,
        refund_failed=incoming.refund_failed,
        by=by,
    )


def _digest(incoming: Incoming) -> str:
    """Name what has no name: asked again, a gateway says the same."""
    return f"check:{hashlib.sha256(msgspec.json.encode(incoming)).hexdigest()[:40]}"


async def _polls(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[TimerFor]:
    return [
        TimerFor(
            merchant_id=one.merchant_id,
            contact_id=one.contact_id,
            timer=Timer(name=POLL, data={"payment": one.id.hex, "number": str(one.polls)}),
            once=f"poll:{one.id.hex}:{one.polls}",
        )
        for one in await take_due(connection, now, limit)
    ]


POLLS: Final = Calendar(times=(NEXT_POLL,), take=_polls)
"""When gateways are asked by themselves."""
