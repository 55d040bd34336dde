"""How orders are paid, as programs see it, also before the contact was asked for the money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.machine import By, Charge, Move, Status, step_for
from sokoni.capabilities.store.models.orders import Order
from sokoni.capabilities.store.service.dues import wanted
from sokoni.capabilities.store.service.orders import SUBJECT
from sokoni.kit.money import Money
from sokoni.payments.models import Payment
from sokoni.payments.service import Payments
from sokoni.payments.states import PaymentState
from sokoni.web.parts import WebParts
from sokoni.web.principal import Principal


class PaymentInfo(BaseModel, frozen=True):
    """How an order is paid (PA-02)."""

    provider: str
    by_hand: bool
    """Paid to whoever hands the goods over; else at a link, which the contact is sent."""
    payment_id: UUID | None
    """Null: the contact is asked for the money a moment from now, in their own chat."""
    payment_link: str
    """Where it is paid; "" where there is no such place, or not yet."""
    status: PaymentState
    amount: Decimal
    currency: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentsShowing:
    """Shows how orders of one merchant are paid, many with as few statements as one."""

    principal: Principal
    parts: WebParts
    session: AsyncSession

    async def of(self, orders: Sequence[Order]) -> Mapping[UUID, PaymentInfo]:
        """Return what was asked for last, or is about to be, by order."""
        payments = self._payments
        found = await payments.latest_of(SUBJECT, [one.id for one in orders])
        shown: dict[UUID, PaymentInfo] = {}
        for order in orders:
            asked = found.get(order.id)
            if _follows(order, asked):
                shown[order.id] = self._awaited(order)
            elif asked is not None:
                shown[order.id] = self._asked(asked)
        return shown

    @property
    def _payments(self) -> Payments:
        vault, now = self.parts.vault, self.parts.clock()
        return Payments(self.session, vault, self.principal.merchant_id, now)

    def _awaited(self, order: Order) -> PaymentInfo:
        return PaymentInfo(
            provider=order.gateway,
            by_hand=self._by_hand(order.gateway),
            payment_id=None,
            payment_link="",
            status=PaymentState.CREATED,
            amount=Money(wanted(order), order.currency).amount,
            currency=order.currency,
            created_at=order.placed_at,
            updated_at=order.updated_at,
        )

    def _asked(self, one: Payment) -> PaymentInfo:
        return PaymentInfo(
            provider=one.provider,
            by_hand=self._by_hand(one.provider),
            payment_id=one.id,
            payment_link=self._payments.link_of(one),
            status=PaymentState(one.state),
            amount=one.money.amount,
            currency=one.currency,
            created_at=one.created_at,
            updated_at=one.updated_at,
        )

    def _by_hand(self, gateway: str) -> bool:
        live = self.parts.gateways.find(self.principal.merchant_id, gateway)
        return live is not None and live.can.by_hand


def _follows(order: Order, asked: Payment | None) -> bool:
    """Tell whether the contact is about to be asked for money, first or for another amount."""
    status, charge = Status(order.status), Charge(order.charge_status)
    money = Money(wanted(order), order.currency)
    if not order.gateway or not money.amount:
        return False
    if step_for(Move.PAY, status, charge, By.PAYMENT) is None:
        return False
    return asked is None or asked.money != money
