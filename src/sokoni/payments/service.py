"""The ledger: payments of one merchant, opened, reported on, and given back."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.session import rows_changed
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, ConversationId, MerchantId, new_id
from sokoni.kit.money import Money
from sokoni.payments.base import Capabilities, FailedRefund, Link, Report, Source
from sokoni.payments.found import PaymentsFound
from sokoni.payments.judging import Around, Judged, judge
from sokoni.payments.models import (
    EntryOutcome,
    Payment,
    PaymentEntry,
    PaymentId,
    Refund,
    RefundState,
)
from sokoni.payments.polling import next_poll
from sokoni.payments.refunds import Refunds
from sokoni.payments.states import (
    BRINGS_MONEY,
    ENDS,
    OPEN,
    SETTLED,
    TAKES_BACK,
    PaymentState,
)

LINK: Final = "payments.payment_link"
REFUND_FAILED: Final = "refund_failed"
"""Why staff look at money that could not be given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPayment:
    """Money to be asked for."""

    contact_id: ContactId
    conversation_id: ConversationId
    subject: str
    subject_id: UUID
    reference: str
    money: Money
    provider: str
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a report."""

    payment: Payment
    before: PaymentState
    outcome: EntryOutcome
    review: str = ""
    """Why staff must look at it, where they must."""
    repeated: bool = False
    """It was said before: nothing at all happened."""
    returned: bool = False
    """Money that never counted as paid was given back."""
    ask: bool = False
    """The gateway is to be asked what is true."""

    @property
    def moved(self) -> bool:
        return self.outcome is EntryOutcome.APPLIED


class Payments(PaymentsFound):
    """One merchant's payments. Flushes; whoever opened the session commits."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant_id: MerchantId, now: datetime
    ) -> None:
        super().__init__(session, merchant_id)
        self._vault = vault
        self._now = now

    # --- asking for money -------------------------------------------------------------------

    async def open(self, new: NewPayment) -> Payment:
        """Ask for money for a thing; the same that is asked already is not asked twice.

        What was asked for it by another gateway, or in another amount, is wanted no more.
        """
        for before in await self.of_subject(new.subject, new.subject_id, states=OPEN):
            if (before.provider, before.money) == (new.provider, new.money) and not before.review:
                return before
            self._let_go(before)
        payment_id = PaymentId(new_id())
        payment = Payment(
            id=payment_id,
            merchant_id=self._merchant_id,
            contact_id=new.contact_id,
            conversation_id=new.conversation_id,
            subject=new.subject,
            subject_id=new.subject_id,
            reference=new.reference,
            provider=new.provider,
            token=secrets.token_urlsafe(24),
            amount=new.money.amount,
            currency=new.money.currency,
            paid=Decimal(0),
            refunded=Decimal(0),
            state=PaymentState.CREATED,
            provider_id="",
            transaction_id="",
            review="",
            attempt=1,
            polls=0,
            expires_at=self._now + new.lasts,
            created_at=self._now,
            updated_at=self._now,
        )
        self._session.add(payment)
        await self._session.flush()
        return payment

    async def linked(self, payment: Payment, link: Link, can: Capabilities) -> bool:
        """Keep the link; False where it is of no use any more."""
        payment.provider_id = link.provider_id or payment.provider_id
        if link.url:
            payment.link = self._vault.seal_text(LINK, payment.id, link.url)
        if link.expires_at is not None:
            payment.expires_at = link.expires_at
        useful = payment.state == PaymentState.CREATED
        if useful:
            payment.state = PaymentState.PENDING
            payment.poll_at = self._first_poll(payment, can)
        payment.updated_at = self._now
        await self._session.flush()
        return useful

    def _first_poll(self, payment: Payment, can: Capabilities) -> datetime | None:
        """Return when to ask first; who cannot be asked is only told when it is over."""
        if can.by_hand:
            return None
        return next_poll(self._now, 0, payment.expires_at) if can.asked else payment.expires_at

    async def cancel(self, payment: Payment) -> bool:
        """Want the money no more; False where it is too late for that."""
        gone = payment.state in OPEN
        if gone:
            self._let_go(payment)
            await self._session.flush()
        return gone

    def _let_go(self, payment: Payment) -> None:
        # The gateway is asked once more, soon: somebody may be paying at this moment.
        payment.state, payment.updated_at = PaymentState.CANCELLED, self._now
        payment.poll_at = None if payment.poll_at is None else self._now

    def link_of(self, payment: Payment) -> str:
        """Return where it is paid, "" where that is not known yet, or there is no such place."""
        return self._vault.open_text(LINK, payment.id, payment.link)

    # --- what is said of it -----------------------------------------------------------------

    async def apply(self, report: Report, *, wanted: bool = True) -> Applied:
        """Write down what is said, and act on it where it is news and fits.

        `wanted`: what it pays is still to be paid.
        """
        payment = await self.get(PaymentId(report.payment_id), lock=True)
        before = PaymentState(payment.state)
        entries = await self.history(payment.id)
        if any(one.key == report.key for one in entries):
            return Applied(payment, before, EntryOutcome.SAME, repeated=True)
        if report.refund_failed is not None:
            return await self._back_again(payment, report, report.refund_failed, entries)
        if _may_be_old(report, entries):
            # It may have been said before a refund failed that it counts: the gateway is asked.
            late = Judged(EntryOutcome.LATE, before)
            self._session.add(self._entry(payment, report, late))
            await self._session.flush()
            return Applied(payment, before, late.outcome, ask=True)
        around = Around(
            wanted=wanted,
            paid_before=await self._paid_before(payment),
            known=frozenset(one.transaction_id for one in entries if one.transaction_id),
        )
        judged = judge(payment, report, around)
        self._session.add(self._entry(payment, report, judged))
        self._take(payment, report, judged)
        if report.state in TAKES_BACK and judged.outcome is EntryOutcome.APPLIED:
            await self._given_back(payment)
        await self._session.flush()
        return Applied(payment, before, judged.outcome, judged.review, returned=judged.returned)

    async def _back_again(
        self,
        payment: Payment,
        report: Report,
        failed: FailedRefund,
        entries: Sequence[PaymentEntry],
    ) -> Applied:
        """Have what a failed refund did not give back be ours again; staff look at it."""
        before, amount = PaymentState(payment.state), report.amount or Decimal(0)
        refunds = Refunds(self._session, self._merchant_id, self._now)
        refund = await refunds.came_back(payment.id, failed)
        outcome = EntryOutcome.SAME
        if refund is not None and refund.unwanted:
            # Staff decide anew about money that never counted.
            outcome, payment.review = EntryOutcome.REVIEW, REFUND_FAILED
        elif (left := await refunds.without(payment, amount)) != payment.refunded:
            outcome, payment.refunded = EntryOutcome.APPLIED, left
            if before in TAKES_BACK:
                payment.state = PaymentState.PARTIALLY_REFUNDED if left else _came_as(entries)
        payment.updated_at = self._now
        judged = Judged(outcome, PaymentState(payment.state), REFUND_FAILED)
        entry = self._entry(payment, report, judged)
        entry.before, entry.said = before, payment.state
        self._session.add(entry)
        await self._session.flush()
        return Applied(payment, before, outcome, REFUND_FAILED)

    async def _given_back(self, payment: Payment) -> None:
        """Note that what was on its way has arrived."""
        waiting = update(Refund).where(
            Refund.merchant_id == self._merchant_id,
            Refund.payment_id == payment.id,
            Refund.state == RefundState.PENDING,
        )
        await rows_changed(
            self._session, waiting.values(state=RefundState.DONE, updated_at=self._now)
        )

    def _take(self, payment: Payment, report: Report, judged: Judged) -> None:
        payment.provider_id = payment.provider_id or report.provider_id
        if judged.review:
            payment.review = judged.review
            payment.updated_at = self._now
        if judged.settles:
            payment.review, payment.updated_at = "", self._now
        if payment.state not in OPEN and report.state in ENDS:
            payment.poll_at = None
        if judged.outcome is not EntryOutcome.APPLIED:
            return
        payment.state, payment.updated_at = judged.state, self._now
        if report.state in BRINGS_MONEY:
            self._credit(payment, report)
        elif report.state in TAKES_BACK and judged.state in TAKES_BACK:
            payment.refunded = max(payment.refunded, judged.back)
        if payment.state not in OPEN:
            payment.poll_at = None

    def _credit(self, payment: Payment, report: Report) -> None:
        if payment.paid and (report.won or report.accepted):
            payment.review = ""
            return
        # Staff may take another amount than was asked for; never another currency.
        payment.paid = report.amount or payment.amount
        payment.transaction_id = report.transaction or payment.transaction_id
        payment.paid_at, payment.review = self._now, ""

    def _entry(self, payment: Payment, report: Report, judged: Judged) -> PaymentEntry:
        return PaymentEntry(
            merchant_id=self._merchant_id,
            payment_id=payment.id,
            key=report.key,
            source=report.source,
            before=payment.state,
            said=report.state,
            outcome=judged.outcome,
            amount=report.amount,
            currency=report.currency[:3],
            transaction_id=report.transaction,
            reason=(judged.review or report.reason)[:120],
            by=report.by[:80],
            at=self._now,
        )

    async def _paid_before(self, payment: Payment) -> bool:
        others = await self.of_subject(payment.subject, payment.subject_id, states=SETTLED)
        return any(one.id != payment.id and one.left.amount > 0 for one in others)


def _may_be_old(report: Report, entries: Sequence[PaymentEntry]) -> bool:
    """Tell whether it says what was given back, and may say it of before a refund failed."""
    told = report.state in TAKES_BACK and report.source is Source.WEBHOOK
    return told and any(one.reason == REFUND_FAILED for one in entries)


def _came_as(entries: Sequence[PaymentEntry]) -> PaymentState:
    """Return as what the money came that nothing was given back of after all."""
    came = [one.said for one in entries if one.outcome == EntryOutcome.APPLIED]
    money = [PaymentState(said) for said in came if said in BRINGS_MONEY]
    return money[-1] if money else PaymentState.PAID
