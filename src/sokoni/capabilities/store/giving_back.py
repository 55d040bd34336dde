"""Money of orders that goes back: through the gateway by which it came, else by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sokoni.capabilities.store.models.orders import Order
from sokoni.capabilities.store.service.dues import refund_due, wanted
from sokoni.capabilities.store.service.orders import SUBJECT
from sokoni.dialogue.cashing import StaffPayments
from sokoni.kit.money import Money
from sokoni.payments.models import Payment
from sokoni.payments.states import OPEN, SETTLED


@dataclass(frozen=True, slots=True)
class GivingBack:
    """What staff have the till do about the money of orders."""

    till: StaffPayments

    async def due(self, order: Order, reason: str) -> Decimal:
        """Have all that is due given back; return what is left to be given back by hand."""
        return await self.give(order, refund_due(order), reason)

    async def give(self, order: Order, left: Decimal, reason: str) -> Decimal:
        """Have so much given back; return what is left of it to be given back by hand.

        Of an order that stands as it does this is done once, however often it is asked for.
        """
        for payment in await self.settled(order):
            free = (await self.till.refunds.free(payment)).amount
            back = Money(min(left, free), order.currency)
            if back.amount > 0 and self._can(payment, back):
                key = f"order:{order.id.hex}:{order.version}"
                await self.till.refund(payment.id, back, key=key, reason=reason)
                left -= back.amount
        return left

    async def settled(self, order: Order) -> Sequence[Payment]:
        """Return the payments by which money for an order came."""
        return await self.till.payments.of_subject(SUBJECT, order.id, states=SETTLED)

    async def cash(self, order: Order) -> Payment | None:
        """Return what is to be paid by hand for an order, where just that is wanted of it."""
        money = Money(wanted(order), order.currency)
        for payment in await self._open(order):
            live = self.till.gateways.find(self.till.merchant.id, payment.provider)
            if live is not None and live.can.by_hand and payment.money == money:
                return payment
        return None

    async def want_no_more(self, order: Order) -> None:
        """Let go of what is open: it was paid in another way."""
        for payment in await self._open(order):
            await self.till.want_no_more(payment)

    async def _open(self, order: Order) -> Sequence[Payment]:
        return await self.till.payments.of_subject(SUBJECT, order.id, states=OPEN)

    def _can(self, payment: Payment, back: Money) -> bool:
        live = self.till.gateways.find(self.till.merchant.id, payment.provider)
        if live is None or live.can.by_hand or not payment.transaction_id:
            return False
        return live.can.refunds if back == payment.left else live.can.partial_refunds
