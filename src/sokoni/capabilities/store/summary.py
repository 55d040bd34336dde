"""An order in words: summed up before the yes, placed, and how it stands later."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import msgspec

from sokoni.capabilities.store.desk import Desk, start
from sokoni.capabilities.store.machine import AWAITED, LIVE, OWED, By, Charge, Status
from sokoni.capabilities.store.models.orders import Order, OrderItem
from sokoni.capabilities.store.service.checkout import Quote
from sokoni.capabilities.store.service.dues import wanted
from sokoni.capabilities.store.service.shipping import Offer
from sokoni.capabilities.store.settings import DeliveryOption
from sokoni.capabilities.store.wording import NOTHING, cart_lines, joined, noted
from sokoni.dialogue.paying import Paying
from sokoni.language.reading import Spot
from sokoni.messaging.prompts import (
    Amount,
    Choice,
    Instant,
    Lines,
    Param,
    Params,
    Prompt,
    SetSlots,
    Worded,
)


def how_it_comes(desk: Desk, offer: Offer, setting: Callable[[str, object], SetSlots]) -> Choice:
    """Return a delivery option to pick, with what it costs."""
    name = option_named(desk, offer.option)
    return Choice(offer.option.id, name, _offered(offer), setting("way", offer.option.id))


def delivery_told(desk: Desk, offer: Offer) -> Worded:
    """Return a delivery option with what it costs, as a line."""
    told: Params = {"way": option_named(desk, offer.option), "amount": _offered(offer)}
    return Worded("store.sum.shipping", told)


def option_named(desk: Desk, option: DeliveryOption) -> str | Worded:
    return option.name(desk.language) or Worded(
        "store.delivery.collection" if option.collects else "store.delivery.delivery"
    )


def _offered(offer: Offer) -> Worded:
    if offer.between is None:
        return _costs(offer.price.amount, offer.price.currency)
    low, high = (_costs(one.amount, one.currency) for one in offer.between)
    return Worded("store.between", {"low": low, "high": high})


def _costs(amount: Decimal, currency: str) -> Worded:
    if not amount:
        return Worded("store.free")
    return Worded("store.amount", {"amount": Amount(amount, currency)})


def summed_up(
    desk: Desk,
    to: tuple[Spot, str],
    quote: Quote,
    told: Sequence[Param],
    choices: tuple[Choice, ...],
    gateway: str = "",
) -> Prompt:
    """Return the summary that the contact says yes to: every thing, every amount, where to.

    `gateway`: how it is paid, where there are several ways.
    """
    sums, (address, note) = quote.sums, to
    where = _where(desk, quote.option, address)
    if gateway:
        how = gateway_named(gateway)
        where = Worded("store.place.paid_by", {"where": where, "how": how})
    params: Params = {
        "news": Worded("store.place.news", {"what": joined(*told)}) if told else NOTHING,
        "lines": cart_lines(desk, quote.shown.lines),
        "amounts": _amounts(desk, quote),
        "total": Amount.of(sums.money(sums.total)),
        "where": where,
        "note": noted(note),
    }
    return Prompt("store.place.summary", params, choices)


def gateway_named(gateway: str) -> Worded:
    return Worded(f"store.gateway.{gateway}")


def _amounts(desk: Desk, quote: Quote) -> Param:
    """Return what comes on top of the goods, or off them."""
    sums = quote.sums
    items = Amount.of(sums.money(sums.items))
    lines: list[Param] = [Worded("store.sum.items", {"amount": items})]
    if sums.discount or quote.coupon_refused is not None:
        lines.append(coupon_told(quote))
    way = option_named(desk, quote.option)
    lines.append(
        Worded("store.sum.shipping", {"way": way, "amount": _costs(sums.shipping, sums.currency)})
    )
    if sums.tax:
        key = "store.sum.tax_included" if sums.tax_included else "store.sum.tax"
        lines.append(Worded(key, {"amount": Amount.of(sums.money(sums.tax))}))
    return Lines(tuple(lines))


def coupon_told(quote: Quote) -> Worded:
    """Say what the cart's coupon takes off, or that it does not count."""
    code = quote.shown.coupon
    if quote.coupon is None:
        return Worded("store.sum.no_coupon", {"code": code})
    less = Amount.of(quote.sums.money(quote.sums.discount))
    return Worded("store.sum.discount", {"amount": less, "code": code})


def _where(desk: Desk, option: DeliveryOption, address: Spot) -> Worded:
    if option.collects:
        place = option.address or desk.context.merchant.name
        return Worded("store.place.collected", {"place": place})
    if address.pin is not None:
        where = address.words or Worded("store.place.pinned")
        return Worded("store.place.delivered_pin", {"place": where})
    return Worded("store.place.delivered", {"place": address.words})


def placed(order: Order, asked: Paying | None) -> Prompt:
    """Say that it is ordered, under which number, and how it is paid."""
    told: Params = {
        "reference": order.reference,
        "total": Amount(order.total, order.currency),
        "payment": "",
    }
    status = Choice("status", Worded("store.choice.status"), command=start("status", _its(order)))
    prompt = Prompt("store.place.done", told, (status,))
    if asked is not None:
        return asked.onto(prompt)
    key = "store.place.done.free" if not order.total else "store.place.done.unpaid"
    return msgspec.structs.replace(prompt, key=key)


def _its(order: Order) -> dict[str, object]:
    return {"order": order.reference}


# --- later -------------------------------------------------------------------------------------


async def standing(desk: Desk, order: Order, asked: Paying | None) -> Prompt:
    """Say how an order stands, what is in it, and what may be done about it."""
    items = await desk.orders.items(order.id)
    lines = Lines((*(_item(order, one) for one in items), *_ordered_amounts(order)))
    told: Params = {
        "reference": order.reference,
        "status": status_of(order),
        "charge": charge_of(order),
        "lines": lines,
        "total": Amount(wanted(order), order.currency),
        "day": Instant(order.placed_at.isoformat(), "day"),
        "payment": "",
    }
    choices = actions(desk, order)
    if asked is None:
        return Prompt("store.status.shown", told, choices)
    paid_there = tuple(one for one in choices if one.id != "pay" or not asked.link)
    return asked.onto(Prompt("store.status.shown", told, paid_there))


def _item(order: Order, item: OrderItem) -> Worded:
    amount = Amount(item.unit_price * item.quantity, order.currency)
    told: Params = {"number": item.quantity, "name": item.name, "price": amount}
    return Worded("store.line", told)


def _ordered_amounts(order: Order) -> Iterator[Worded]:
    """Yield what came on top of the goods of an order, or off them."""
    if order.discount_total:
        less = Amount(order.discount_total, order.currency)
        yield Worded("store.sum.discount", {"amount": less, "code": order.coupon})
    if order.shipping_total:
        way = Worded("store.delivery.delivery")
        costs = _costs(order.shipping_total, order.currency)
        yield Worded("store.sum.shipping", {"way": way, "amount": costs})
    if order.tax_total and not order.tax_included:
        yield Worded("store.sum.tax", {"amount": Amount(order.tax_total, order.currency)})
    if order.called_off:
        yield Worded("store.sum.called_off", {"amount": Amount(order.called_off, order.currency)})


def is_awaited(order: Order) -> bool:
    """Tell whether the order waits for money."""
    return order.status == Status.PLACED and Charge(order.charge_status) in AWAITED


def is_cash(order: Order) -> bool:
    """Tell whether the order is paid when the goods come."""
    return order.status in LIVE and order.charge_status == Charge.COD


def status_of(order: Order) -> Worded:
    if is_awaited(order):
        return Worded("store.status.awaiting")
    way = "collect." if order.collects and order.status == Status.FULFILLED else ""
    return Worded(f"store.status.{way}{order.status}")


def charge_of(order: Order) -> Worded:
    if order.status == Status.CANCELLED and Charge(order.charge_status) in OWED:
        return Worded("store.charge.none")
    return Worded(f"store.charge.{order.charge_status}")


def actions(desk: Desk, order: Order) -> tuple[Choice, ...]:
    """Return what the contact may do about an order."""
    its = _its(order)
    found = []
    if is_awaited(order):
        found.append(Choice("pay", Worded("store.choice.pay"), command=start("pay", its)))
    if desk.orders.may_cancel(order, By.CONTACT):
        found.append(
            Choice("cancel_order", Worded("store.choice.cancel"), command=start("cancel", its))
        )
    if order.charge_status in {Charge.PAID, Charge.PARTLY_REFUNDED, Charge.REFUNDED}:
        found.append(
            Choice("receipt", Worded("store.choice.receipt"), command=start("receipt", its))
        )
    found.append(Choice("reorder", Worded("store.choice.reorder"), command=start("reorder", its)))
    return tuple(found)


def listed(order: Order) -> Choice:
    """Return an order as one of several."""
    told: Params = {
        "status": status_of(order),
        "total": Amount(wanted(order), order.currency),
        "day": Instant(order.placed_at.isoformat(), "day"),
    }
    line = Worded("store.orders.line", told)
    return Choice(order.reference, order.reference, line, start("status", _its(order)))
