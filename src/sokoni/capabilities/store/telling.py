"""What contacts hear of their orders when somebody else moves them, and staff of new ones."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec

from sokoni.capabilities.store.charging import asked
from sokoni.capabilities.store.desk import Desk
from sokoni.capabilities.store.machine import HELD, By, Move, Status
from sokoni.capabilities.store.models.orders import Order, OrderEvent, OrderId
from sokoni.capabilities.store.service.dues import kept, wanted
from sokoni.capabilities.store.service.moves import OrderUnknownError
from sokoni.capabilities.store.service.orders import SUBJECT, Orders
from sokoni.capabilities.store.settings import NAME
from sokoni.capabilities.store.summary import is_awaited, is_cash, standing
from sokoni.capabilities.store.wording import NOTHING, joined
from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.paying import Paying, no_longer
from sokoni.messaging.events import Tell, TellStaff, TellTo, Timer
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Amount, Lines, Param, Params, Prompt, Worded

NEWS: Final = "store.news"
_ENDED: Final = frozenset({Status.CANCELLED})


def news_of(order: Order) -> Timer:
    """Return what has the contact told how an order stands, while it stands so."""
    data = {"order": str(order.id), "status": order.status, "version": str(order.version)}
    return Timer(name=NEWS, data=data)


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
    return await _told(context, order, _line_of(await orders.history(order.id), timer))


async def _told(context: TurnContext, order: Order, line: OrderEvent) -> Prompt | None:
    match line.move:
        case Move.PLACE:
            return await _put_up(context, order)
        case Move.CALL_OFF:
            return await _called_off(context, order, line)
        case Move.PAY:
            came: Params = {"reference": order.reference, "total": _paid(order)}
            return Prompt("store.news.paid", came)
        case Move.AMEND:
            address = Desk(context).orders.address_of(order)
            costs = Amount(wanted(order), order.currency)
            where: Params = {"reference": order.reference, "address": address, "total": costs}
            return Prompt("store.news.amended", where)
        case _:
            return _said(order, line)


def _line_of(history: Sequence[OrderEvent], timer: Timer) -> OrderEvent:
    """Return the line of the history that is told: each has the number of its version."""
    number = int(timer.data.get("version", 0))
    if 0 < number <= len(history):
        return history[number - 1]
    return next(one for one in reversed(history) if one.move != Move.NOTE)


async def _put_up(context: TurnContext, order: Order) -> Prompt:
    """Say what staff ordered for the contact, and ask for the money."""
    context.for_staff.append(placed_alert(order))
    paying = await asked(context, order) if is_awaited(order) or is_cash(order) else None
    shown = await standing(Desk(context), order, paying)
    told: Params = {**shown.params, "what": Worded(shown.key, shown.params)}
    return msgspec.structs.replace(shown, key="store.news.placed", params=told)


async def _called_off(context: TurnContext, order: Order, line: OrderEvent) -> Prompt:
    """Say what does not come, and what that means for the money."""
    items = {one.sku: one.name for one in await Desk(context).orders.items(OrderId(order.id))}
    pieces: Mapping[str, int] = line.data["pieces"]
    lines = tuple(
        Worded("store.news.piece", {"number": count, "name": items[sku]})
        for sku, count in pieces.items()
    )
    reason = str(line.data.get("reason", ""))
    why = Worded("store.news.called_off.why", {"reason": reason}) if reason else NOTHING
    less = Amount(Decimal(str(line.data["amount"])), order.currency)
    told: Params = {"reference": order.reference, "lines": Lines(lines)}
    parts: list[Param] = [Worded("store.news.called_off", told), why]
    paying = await _asked_anew(context, order)
    if paying is not None:
        how = "pay" if is_awaited(order) else "cash"
        owed: Params = {**told, "what": joined(*parts)}
        return paying.onto(Prompt(f"store.news.called_off.{how}", owed))
    if line.charge_status in HELD and less.amount:
        parts.append(Worded("store.news.called_off.paid", {"amount": less}))
    return Prompt("store.news.called_off.told", {**told, "what": joined(*parts)})


async def _asked_anew(context: TurnContext, order: Order) -> Paying | None:
    """Ask for what the order costs now; None where nothing is wanted, or nothing can be asked."""
    if not wanted(order):
        await no_longer(context, SUBJECT, order.id)
        return None
    return await asked(context, order) if is_cash(order) or is_awaited(order) else None


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
    paid = ".paid" if last.charge_status in HELD else ""
    back = {**params, "total": _paid(order), "reason": reason}
    return Prompt(f"store.news.cancelled{told}{paid}", back)


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
    paid = Amount(order.paid, order.currency)
    params: Mapping[str, Param] = {"reference": order.reference, "total": paid}
    return TellStaff(prompt=Prompt("store.staff.paid", params), once=f"store.paid:{order.id.hex}")


def _total(order: Order) -> Amount:
    return Amount(wanted(order), order.currency)


def _paid(order: Order) -> Amount:
    """Return what came, and was not given back before."""
    return Amount(kept(order) or order.paid, order.currency)
