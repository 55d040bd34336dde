"""Money given back: asked for once, never more than came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.errors import AppError
from sokoni.kit.ids import MerchantId, new_id
from sokoni.kit.money import Money
from sokoni.payments.base import FailedRefund, Refunded, Report, Source
from sokoni.payments.models import UNWANTED, Payment, PaymentId, Refund, RefundId, RefundState
from sokoni.payments.states import PaymentState

_GIVES: Final = frozenset(
    {PaymentState.PAID, PaymentState.PARTIALLY_PAID, PaymentState.PARTIALLY_REFUNDED}
)
_KEY: Final = "refund-"
_ON_ITS_WAY: Final = (RefundState.ASKED, RefundState.PENDING)
_OVER: Final = (RefundState.DONE, RefundState.FAILED)
"""A gateway may tell that it failed before its own answer arrives."""


def key_of(refund_id: RefundId) -> str:
    """Return the key under which a gateway is asked for a refund, however often."""
    return f"{_KEY}{refund_id.hex}"


class RefundRefusedError(AppError):
    """So much of this payment cannot be given back."""

    code = "refund_refused"
    http_status = 409


class RefundKeyUsedError(AppError):
    """The key came before, for another amount."""

    code = "refund_key_used"
    http_status = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRefund:
    """Money to be given back, by whom and why."""

    payment: Payment
    money: Money
    key: str
    reason: str = ""
    by: str = ""

    @property
    def unwanted(self) -> bool:
        """It never counted as paid: staff would not take it."""
        return self.key.startswith(UNWANTED)


class Refunds:
    """One merchant's refunds. Flushes; whoever opened the session commits."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def ask(self, new: NewRefund) -> tuple[Refund, bool]:
        """Write a refund down, and tell whether it is new; the same key asks for it once.

        The caller holds the payment's row, so that nobody gives the same money back beside.
        """
        before = await self.of(new.payment.id)
        same = next((one for one in before if one.key == new.key), None)
        if same is not None:
            if same.amount != new.money.amount:
                raise RefundKeyUsedError(new.key)
            return same, False
        self._check(new, before)
        refund = Refund(
            id=RefundId(new_id()),
            merchant_id=self._merchant_id,
            payment_id=new.payment.id,
            key=new.key,
            amount=new.money.amount,
            currency=new.money.currency,
            state=RefundState.ASKED,
            provider_id="",
            reason=new.reason[:120],
            by=new.by[:80],
            created_at=self._now,
            updated_at=self._now,
        )
        self._session.add(refund)
        await self._session.flush()
        return refund, True

    def _check(self, new: NewRefund, before: Sequence[Refund]) -> None:
        if new.money.amount <= 0:
            raise RefundRefusedError("There is nothing to give back.")
        if new.unwanted:
            return
        payment = new.payment
        left = _free(payment, before)
        if payment.state not in _GIVES or new.money.currency != payment.currency:
            raise RefundRefusedError(f"It is {payment.state}: nothing of it can be given back.")
        if new.money.amount > left:
            raise RefundRefusedError(f"Only {left} {payment.currency} are left of it.")

    async def free(self, payment: Payment) -> Money:
        """Return what of a payment came, was not given back, and is not on its way back."""
        left = _free(payment, await self.of(payment.id))
        return Money(max(left, Decimal(0)), payment.currency)

    async def of(self, payment_id: PaymentId) -> Sequence[Refund]:
        """Return what was to be given back of a payment, in order."""
        theirs = self._refunds().where(Refund.payment_id == payment_id)
        return (await self._session.scalars(theirs.order_by(Refund.id))).all()

    async def find(self, refund_id: RefundId) -> Refund | None:
        return await self._session.scalar(self._refunds().where(Refund.id == refund_id))

    async def made(
        self, payment: Payment, refund_id: RefundId, refunded: Refunded
    ) -> Report | None:
        """Note that the gateway has it; return what is to be said once the money is on its way."""
        refund = await self.find(refund_id)
        if refund is None or refund.state in _OVER:
            return None
        # It may have told that the money is on its way before its own answer arrives.
        done = refunded.done or await self._is_counted(payment, refund)
        refund.provider_id, refund.updated_at = refunded.refund_id, self._now
        refund.state = RefundState.DONE if done else RefundState.PENDING
        await self._session.flush()
        return await self._report(refund) if refunded.done else None

    async def _is_counted(self, payment: Payment, refund: Refund) -> bool:
        beside = payment.refunded - await self._arrived(payment.id)
        return not refund.unwanted and beside >= refund.amount

    async def failed(self, refund_id: RefundId) -> None:
        """Note that it will not be: the money is still here."""
        refund = await self.find(refund_id)
        if refund is not None and refund.state in _ON_ITS_WAY:
            refund.state, refund.updated_at = RefundState.FAILED, self._now
            await self._session.flush()

    async def came_back(self, payment_id: PaymentId, failed: FailedRefund) -> Refund | None:
        """Note that a refund came to nothing; None where it is none of ours."""
        found = await self.of(payment_id)
        its = next((one for one in found if _is(one, failed)), None)
        if its is not None:
            its.state, its.updated_at = RefundState.FAILED, self._now
            its.provider_id = failed.provider_id
            await self._session.flush()
        return its

    async def without(self, payment: Payment, amount: Decimal) -> Decimal:
        """Return what of a payment is given back, without a refund that failed of so much.

        What was never counted as given back is not taken off again.
        """
        arrived = await self._arrived(payment.id)
        counted = payment.refunded - arrived >= amount
        return payment.refunded - amount if counted else payment.refunded

    async def _arrived(self, payment_id: PaymentId) -> Decimal:
        done = [one for one in await self.of(payment_id) if one.state == RefundState.DONE]
        return sum((one.amount for one in done if not one.unwanted), Decimal(0))

    async def _report(self, refund: Refund) -> Report:
        arrived = refund.amount if refund.unwanted else await self._arrived(refund.payment_id)
        return Report(
            payment_id=refund.payment_id,
            key=f"refund:{refund.id.hex}",
            state=PaymentState.REFUNDED,
            source=Source.REFUND,
            amount=arrived,
            currency=refund.currency,
            by=refund.by,
            reason=refund.reason,
        )

    def _refunds(self) -> Select[Refund]:
        mine = select(Refund).where(Refund.merchant_id == self._merchant_id)
        return mine.execution_options(populate_existing=True)


def _free(payment: Payment, refunds: Sequence[Refund]) -> Decimal:
    counted = (one for one in refunds if not one.unwanted)
    on_its_way = (one.amount for one in counted if one.state in _ON_ITS_WAY)
    return payment.left.amount - sum(on_its_way, Decimal(0))


def _is(refund: Refund, failed: FailedRefund) -> bool:
    return refund.provider_id == failed.provider_id or key_of(refund.id) == failed.key
