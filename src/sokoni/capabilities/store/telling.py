"""What contacts hear of their orders when somebody else moves them, and staff of new ones."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sokoni.capabilities.store.machine import HELD, By, Move, Status
from sokoni.capabilities.store.models.orders import Order, OrderEvent, OrderId
from sokoni.capabilities.store.service.moves import OrderUnknownError
from sokoni.capabilities.store.service.orders import SUBJECT, Orders
from sokoni.capabilities.store.settings import NAME
from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.paying import no_longer
from sokoni.messaging.events import Tell, TellStaff, TellTo, Timer
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Amount, Param, Prompt, Worded

NEWS: Final = "store.news"
_ENDED: Final = frozenset({Status.CANCELLED})


def news_of(order: Order) -> Timer:
    """Return what has the contact told how an order stands, while it stands so."""
    return Timer(name=NEWS, data={"order": str(order.id), "status": order.status})


def news_for(order: Order) -> TellTo:
    """Return what tells the contact, in their own turn and language."""
    news = news_of(order)
    tell = Tell(
        prompt=Prompt(
            "store.news.expired", {"reference": order.reference, "total": _total(order)}
        ),
        purpose=Purpose.NOTICE,
        capability=NAME,
        instead=news,
        lost=news,
    )
    once = f"{NEWS}:{order.id.hex}:{order.version}"
    return TellTo(contact_id=order.contact_id, tell=tell, once=once)


async def tell_news(context: TurnContext, timer: Timer) -> Prompt | None:
    """Say how an order stands, unless it has moved on and is told of anew."""
    orders = Orders(context.session, context.vault, context.merchant, context.now)
    try:
        order = await orders.get(OrderId(UUID(timer.data["order"])))
    except OrderUnknownError:
        return None
    if order.contact_id != context.person.id or order.status != timer.data["status"]:
        return None
    if order.status in _ENDED:
        await no_longer(context, SUBJECT, order.id)
    history = await orders.history(order.id)
    moves = (one for one in reversed(history) if one.move != Move.NOTE)
    return _said(order, next(moves))


def _said(order: Order, last: OrderEvent) -> Prompt | None:
    params: Mapping[str, Param] = {"reference": order.reference, "total": _total(order)}
    match Status(order.status):
        case Status.FULFILLED if order.collects:
            return Prompt("store.news.ready", params)
        case Status.FULFILLED | Status.PARTLY_FULFILLED if last.data.get("tracking"):
            tracked = {**params, "tracking": str(last.data["tracking"])}
            return Prompt(f"store.news.{order.status}.tracked", tracked)
        case Status.CANCELLED if last.move == Move.EXPIRE:
            return Prompt("store.news.expired", params)
        case Status.CANCELLED:
            return _cancelled(order, last, params)
        case Status.PLACED | Status.PAID:
            return None
        case _:
            return Prompt(f"store.news.{order.status}", params)


def _cancelled(order: Order, last: OrderEvent, params: Mapping[str, Param]) -> Prompt | None:
    if last.by == By.CONTACT:
        return None
    reason = str(last.data.get("reason", ""))
    told = ".why" if reason else ""
    paid = ".paid" if order.charge_status in HELD else ""
    return Prompt(f"store.news.cancelled{told}{paid}", {**params, "reason": reason})


def placed_alert(order: Order) -> TellStaff:
    """Return what staff are told of a new order."""
    charge = Worded(f"store.staff.charge.{order.charge_status}")
    params: Mapping[str, Param] = {
        "reference": order.reference,
        "total": _total(order),
        "charge": charge,
    }
    return TellStaff(
        prompt=Prompt("store.staff.placed", params), once=f"store.placed:{order.id.hex}"
    )


def paid_alert(order: Order) -> TellStaff:
    """Return what staff are told when an order that waited for its money may be sent."""
    params: Mapping[str, Param] = {"reference": order.reference, "total": _total(order)}
    return TellStaff(prompt=Prompt("store.staff.paid", params), once=f"store.paid:{order.id.hex}")


def _total(order: Order) -> Amount:
    return Amount(order.total, order.currency)
