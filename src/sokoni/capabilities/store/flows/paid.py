"""What contacts are told of the money for their orders, with what they may do next."""

import msgspec

from sokoni.capabilities.store.desk import Desk, start
from sokoni.capabilities.store.models.orders import Order, OrderId
from sokoni.capabilities.store.service.moves import OrderUnknownError
from sokoni.capabilities.store.service.orders import SUBJECT
from sokoni.capabilities.store.service.paid import moved_by, restored_by, wants
from sokoni.capabilities.store.summary import actions, is_awaited
from sokoni.capabilities.store.telling import paid_alert
from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.paying import NewsKind, PaymentHandler, PaymentNews
from sokoni.messaging.prompts import Amount, Choice, Params, Prompt, Worded
from sokoni.payments.models import Payment
from sokoni.payments.states import PaymentState


async def payment_news(context: TurnContext, news: PaymentNews) -> Prompt | None:
    """Move the order to where its money is, and say so with the next steps."""
    desk = Desk(context)
    moved = await _moved(desk, news)
    order = moved or await _order(desk, news.payment)
    if order is None or news.prompt is None:
        return news.prompt
    if news.is_paid and moved is not None:
        context.for_staff.append(paid_alert(order))
        told: Params = {"reference": order.reference, "total": Amount(order.paid, order.currency)}
        return Prompt("store.paid.done", told, _next(desk, order))
    if news.kind is NewsKind.MOVED and news.state in {PaymentState.FAILED, PaymentState.EXPIRED}:
        told = {"reference": order.reference}
        return Prompt(f"store.paid.{news.state}", told, _next(desk, order))
    if news.kind is NewsKind.LINK:
        return news.prompt
    # Nobody is to pay once more while staff look at what came.
    looked_at = news.kind is NewsKind.REVIEW
    choices = (_status(order),) if looked_at else _next(desk, order)
    return msgspec.structs.replace(news.prompt, choices=choices)


async def _moved(desk: Desk, news: PaymentNews) -> Order | None:
    match news.kind:
        case NewsKind.MOVED:
            return await moved_by(desk.orders, news.payment)
        case NewsKind.REFUND_FAILED:
            return await restored_by(desk.orders, news.payment)
        case _:
            return None


async def wanted(context: TurnContext, payment: Payment) -> bool:
    """Tell whether the order still wants so much."""
    return await wants(Desk(context).orders, payment)


def _next(desk: Desk, order: Order) -> tuple[Choice, ...]:
    known: dict[str, object] = {"order": order.reference}
    again = Choice("pay", Worded("store.choice.pay"), command=start("pay", known))
    if is_awaited(order):
        return (again,)
    others = (one for one in actions(desk, order) if one.id == "receipt")
    return (_status(order), *others)


def _status(order: Order) -> Choice:
    command = start("status", {"order": order.reference})
    return Choice("status", Worded("store.choice.status"), command=command)


async def _order(desk: Desk, payment: Payment) -> Order | None:
    try:
        return await desk.orders.get(OrderId(payment.subject_id))
    except OrderUnknownError:
        return None


PAYMENTS = {SUBJECT: PaymentHandler(heard=payment_news, wanted=wanted)}
