"""Orders in lines of text, for whoever typed a command; and what they typed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

import typer

from sokoni.capabilities.store.models.orders import Order, OrderEvent, OrderItem
from sokoni.capabilities.store.service.dues import refund_due, return_due
from sokoni.kit.money import Money


def stands(order: Order, items: Sequence[OrderItem]) -> str:
    due, worth = refund_due(order), return_due(order, items)
    back = f" To be given back: {money(due, order.currency)}." if due else ""
    if worth:
        back += f" Goods that came back are worth {money(worth, order.currency)}."
    return f"{order.reference} is {order.status} and {order.charge_status}.{back}"


def line(order: Order, names: Mapping[str, str], zone: ZoneInfo) -> str:
    who = names.get(str(order.contact_id)) or "a contact"
    at = f"{order.placed_at.astimezone(zone):%Y-%m-%d %H:%M}"
    total = money(order.total, order.currency)
    return f"{order.reference}, {at}, {who}: {total}, {order.status}, {order.charge_status}"


def item(item: OrderItem, currency: str) -> str:
    moved = {"sent": item.fulfilled, "called off": item.called_off, "returned": item.returned}
    also = "".join(f", {count} {what}" for what, count in moved.items() if count)
    price = money(item.unit_price, currency)
    return f"  {item.quantity} x {item.name} ({item.sku}) at {price}{also}"


def sums(order: Order, items: Sequence[OrderItem]) -> str:
    amounts = {
        "items": order.items_total,
        "discount": order.discount_total,
        "shipping": order.shipping_total,
        "tax": order.tax_total,
        "called off": order.called_off,
        "refunded": order.refunded,
        "to be given back": refund_due(order),
        "came back": return_due(order, items),
    }
    parts = [f"{name} {money(one, order.currency)}" for name, one in amounts.items() if one]
    return "  " + ", ".join([*parts, f"total {money(order.total, order.currency)}"])


def event(event: OrderEvent, zone: ZoneInfo) -> str:
    at = f"{event.at.astimezone(zone):%Y-%m-%d %H:%M}"
    by = f"{event.by} {event.staff}".strip()
    data = ", ".join(f"{name} {_told(value)}" for name, value in event.data.items())
    return f"{at} {event.move} by {by}: {event.status}, {event.charge_status}" + (
        f" ({data})" if data else ""
    )


def _told(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}={count}" for name, count in value.items())
    return str(value)


def money(amount: Decimal, currency: str) -> str:
    return f"{Money(amount, currency).amount} {currency}"


def pieces_said(items: Sequence[str] | None) -> Mapping[str, int]:
    pieces = {}
    for said in items or ():
        sku, _, count = said.rpartition("=")
        if not sku or not count.isdecimal():
            raise typer.BadParameter(f"{said} is not like COF-101=2.")
        pieces[sku] = int(count)
    return pieces
