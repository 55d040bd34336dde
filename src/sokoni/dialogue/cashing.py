"""What staff do about money: say that it was paid, give it back, take or refuse what is odd."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.db.vault import Vault
from sokoni.dialogue.payment_requests import (
    CHECK,
    LINK,
    REFUND,
    CheckWish,
    LinkWish,
    RefundWish,
)
from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.kit.ids import new_id
from sokoni.kit.money import Money
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.inbox import Inbox, Own
from sokoni.messaging.requests import Asking, ask
from sokoni.messaging.seats import Seat, seat_named
from sokoni.payments.base import NotSupportedError, Report, Source
from sokoni.payments.gateways import LiveGateway, Offered
from sokoni.payments.models import (
    UNWANTED,
    EntryOutcome,
    Payment,
    PaymentEntry,
    PaymentId,
    Refund,
    RefundState,
)
from sokoni.payments.refunds import NewRefund, Refunds
from sokoni.payments.service import Payments
from sokoni.payments.states import PaymentState
from sokoni.reviews.models import Report as Review

NO_LINK: Final = "no_link"
DISPUTED: Final = "disputed"


class NotByHandError(AppError):
    """The gateway says itself what was paid with it."""

    code = "payment_not_by_hand"
    http_status = 409


class NobodyThereError(AppError):
    """The contact was erased: nothing of theirs can be changed any more."""

    code = "payment_contact_erased"
    http_status = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPayments:
    """One member of staff at one merchant's till. What they say takes the way of all reports."""

    connection: AsyncConnection
    session: AsyncSession
    inbox: Inbox
    vault: Vault
    clock: Clock
    merchant: MerchantProfile
    gateways: Offered
    staff: str

    @property
    def payments(self) -> Payments:
        return Payments(self.session, self.vault, self.merchant.id, self.clock())

    @property
    def refunds(self) -> Refunds:
        return Refunds(self.session, self.merchant.id, self.clock())

    async def mark_paid(self, payment_id: PaymentId, money: Money) -> Payment:
        """Say that so much was paid by hand; another amount than was asked for is looked at."""
        payment = await self._by_hand(payment_id)
        await self._say(payment, PaymentState.PAID, money)
        return payment

    async def mark_refused(self, payment_id: PaymentId, reason: str) -> Payment:
        """Say that the contact would not pay."""
        payment = await self._by_hand(payment_id)
        await self._say(payment, PaymentState.FAILED, None, reason=reason)
        return payment

    async def refund(
        self, payment_id: PaymentId, money: Money | None, *, key: str, reason: str = ""
    ) -> Refund:
        """Have money given back, all that is left of it unless said; once by each key."""
        payment = await self.payments.get(payment_id, lock=True)
        new = NewRefund(
            payment=payment, money=money or payment.left, key=key, reason=reason, by=self.staff
        )
        return await self._give_back(new, payment.transaction_id)

    async def want_no_more(self, payment: Payment) -> None:
        """Let go of money that came in another way; the gateway is to close its link."""
        if await self.payments.cancel(payment):
            wish = CheckWish(payment_id=payment.id)
            await self._ask(payment, CHECK, wish, f"check:over:{payment.id.hex}")

    # --- what staff were asked to look at -------------------------------------------------------

    async def accept(self, review: Review) -> None:
        """Take money as it is; of a link that could not be made, try anew."""
        payment = await self.payments.get(PaymentId(_id(review)), lock=True)
        if review.reason == NO_LINK:
            await self._link_anew(payment)
        elif payment.review:
            await self._take(payment)

    async def turn_down(self, review: Review) -> None:
        """Take it not: what the gateway can give back, it gives back."""
        payment = await self.payments.get(PaymentId(_id(review)), lock=True)
        live = self.gateways.find(self.merchant.id, payment.provider)
        entry = await self._odd(payment)
        held = payment.review not in {"", DISPUTED} and entry and entry.transaction_id
        if held and entry is not None and live is not None and live.can.refunds:
            money = Money(entry.amount or payment.amount, entry.currency)
            key = f"{UNWANTED}{entry.id.hex}"
            new = NewRefund(payment=payment, money=money, key=key, by=self.staff)
            await self._give_back(new, entry.transaction_id)
            return
        payment.review = ""
        await self.session.flush()

    async def _take(self, payment: Payment) -> None:
        entry = await self._odd(payment)
        money = payment.money
        if entry is not None and entry.amount and entry.currency == payment.currency:
            money = Money(entry.amount, entry.currency)
        transaction = entry.transaction_id if entry is not None else ""
        await self._say(payment, PaymentState.PAID, money, transaction=transaction, accepted=True)

    async def _link_anew(self, payment: Payment) -> None:
        """Ask for the link under a new key: the old one was refused for good."""
        if payment.state != PaymentState.CREATED:
            return
        payment.attempt += 1
        live = self._live(payment)
        payment.expires_at = self.clock() + live.can.lasts
        await self.session.flush()
        description = f"{self.merchant.name} {payment.reference}"
        wish = LinkWish(
            payment_id=payment.id, description=description, language=self.merchant.language
        )
        await self._ask(payment, LINK, wish, f"link:{payment.id.hex}:{payment.attempt}")

    async def _odd(self, payment: Payment) -> PaymentEntry | None:
        """Return the money that staff look at."""
        said = await self.payments.history(payment.id)
        odd = [one for one in said if one.outcome == EntryOutcome.REVIEW]
        return odd[-1] if odd else None

    # --- the ways out ---------------------------------------------------------------------------

    async def _give_back(self, new: NewRefund, transaction: str) -> Refund:
        payment, live = new.payment, self._live(new.payment)
        partly = not new.unwanted and new.money != payment.money
        can = live.can.partial_refunds if partly else live.can.refunds
        if not live.can.by_hand and not can:
            raise NotSupportedError(f"{live.name} cannot give this back.")
        refund, is_new = await self.refunds.ask(new)
        if not is_new:
            return refund
        if live.can.by_hand:
            await self._given_by_hand(payment, refund)
        else:
            wish = RefundWish(refund_id=refund.id, payment_id=payment.id, transaction=transaction)
            await self._ask(payment, REFUND, wish, f"refund:{refund.id.hex}")
        return refund

    async def _given_by_hand(self, payment: Payment, refund: Refund) -> None:
        """Take their word for it: nobody else knows of cash."""
        already = payment.refunded + refund.amount
        money = Money(already, refund.currency)
        refund.state = RefundState.DONE
        await self.session.flush()
        await self._say(payment, PaymentState.REFUNDED, money, reason=refund.reason)

    async def _by_hand(self, payment_id: PaymentId) -> Payment:
        payment = await self.payments.get(payment_id)
        if not self._live(payment).can.by_hand:
            raise NotByHandError(f"What is paid by {payment.provider} it says itself.")
        return payment

    async def _say(
        self,
        payment: Payment,
        state: PaymentState,
        money: Money | None,
        *,
        reason: str = "",
        transaction: str = "",
        accepted: bool = False,
    ) -> None:
        """Have it be an event of the payment's conversation, as all that is said of it."""
        seat = await self._seat(payment)
        report = Report(
            payment_id=payment.id,
            key=f"staff:{new_id().hex}",
            state=state,
            source=Source.STAFF,
            amount=None if money is None else money.amount,
            currency="" if money is None else money.currency,
            reference=payment.reference,
            transaction=transaction,
            by=self.staff,
            reason=reason,
            accepted=accepted,
        )
        own = Own.to(seat, report, key=f"payment:{report.key}", at=self.clock())
        await self.inbox.store_own(self.connection, [own])

    async def _ask(self, payment: Payment, kind: str, wish: object, once: str) -> None:
        seat = await self._seat(payment)
        asking = Asking.of(seat, kind, wish, once=once)
        await ask(self.connection, self.vault, asking, self.clock())

    async def _seat(self, payment: Payment) -> Seat:
        seat = await seat_named(self.connection, payment.conversation_id)
        if seat is None:
            raise NobodyThereError("The contact was erased.")
        return seat

    def _live(self, payment: Payment) -> LiveGateway:
        live = self.gateways.find(self.merchant.id, payment.provider)
        if live is None:
            raise NotSupportedError(f"{payment.provider} is not offered any more.")
        return live


def _id(review: Review) -> UUID:
    return UUID(review.subject)
