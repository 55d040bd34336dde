"""What the payments room tells of an order's money, as moves of the order."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from sokoni.capabilities.store.models.orders import Order, OrderId
from sokoni.capabilities.store.service.moves import OrderMovedError, OrderUnknownError
from sokoni.capabilities.store.service.orders import MoneyNews, Orders, PaymentMove
from sokoni.payments.models import Payment
from sokoni.payments.states import PaymentState

_MOVES: Final[Mapping[PaymentState, PaymentMove]] = {
    PaymentState.AUTHORIZED: PaymentMove.AUTHORIZED,
    PaymentState.PAID: PaymentMove.PAID,
    PaymentState.FAILED: PaymentMove.FAILED,
    PaymentState.EXPIRED: PaymentMove.EXPIRED,
    PaymentState.PARTIALLY_REFUNDED: PaymentMove.REFUNDED,
    PaymentState.REFUNDED: PaymentMove.REFUNDED,
}
"""Of other states an order says nothing: part of the money is not the money."""


async def wants(orders: Orders, payment: Payment) -> bool:
    """Tell whether an order still wants the money of a payment, and so much of it."""
    try:
        wanted = await orders.wants_money(OrderId(payment.subject_id))
    except OrderUnknownError:
        return False
    return wanted == payment.money


async def moved_by(orders: Orders, payment: Payment) -> Order | None:
    """Move the order of a payment to where its money is, None where that moves nothing.

    The ledger has compared amount and currency before; what staff accepted counts as the whole.
    """
    move = _MOVES.get(PaymentState(payment.state))
    return None if move is None else await _moved(orders, payment, move)


async def restored_by(orders: Orders, payment: Payment) -> Order | None:
    """Have an order know that a refund of its payment failed, None where that moves nothing."""
    return await _moved(orders, payment, PaymentMove.RESTORED)


async def _moved(orders: Orders, payment: Payment, move: PaymentMove) -> Order | None:
    news = MoneyNews(
        move=move, amount=_amount(payment, move), currency=payment.currency, accepted=True
    )
    try:
        return await orders.payment(OrderId(payment.subject_id), news)
    except (OrderMovedError, OrderUnknownError):
        return None


def _amount(payment: Payment, move: PaymentMove) -> Decimal:
    match move:
        case PaymentMove.PAID:
            return payment.paid
        case PaymentMove.REFUNDED | PaymentMove.RESTORED:
            return payment.refunded
        case _:
            return payment.money.amount
