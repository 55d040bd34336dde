"""What is still to be paid for an order, and what is to be given back of it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from sokoni.capabilities.store.machine import HELD, Charge, Status
from sokoni.capabilities.store.models.orders import Order, OrderItem
from sokoni.capabilities.store.service.taxing import rounded
from sokoni.kit.money import exponent

_NOTHING: Final = Decimal(0)


def wanted(order: Order) -> Decimal:
    """Return what an order costs: what does not come any more is not paid."""
    return order.total - order.called_off


def kept(order: Order) -> Decimal:
    """Return what came of its money and was not given back."""
    return order.paid - order.refunded


def refund_due(order: Order) -> Decimal:
    """Return what is to be given back: all of what is cancelled, or what is called off."""
    if Charge(order.charge_status) not in HELD:
        return _NOTHING
    if order.status == Status.CANCELLED:
        return kept(order)
    return max(_NOTHING, kept(order) - wanted(order))


def return_due(order: Order, items: Sequence[OrderItem]) -> Decimal:
    """Return what goods that came back are worth, as far as it was not given back yet.

    It is their price with their shares of the discount and the tax; what bringing them cost is
    no part of it. It is due only where staff say so.
    """
    if Charge(order.charge_status) not in HELD or order.status == Status.CANCELLED:
        return _NOTHING
    goods = sum((_came_back(order, one) for one in items), _NOTHING)
    beyond = kept(order) - refund_due(order) - (wanted(order) - goods)
    return max(_NOTHING, min(goods, beyond))


def _came_back(order: Order, item: OrderItem) -> Decimal:
    line, before = _line(order, item), item.quantity - item.returned
    return line - _share(order, item, line, before)


def worth(order: Order, item: OrderItem, pieces: int) -> Decimal:
    """Return what more pieces of an item are worth, besides those that were called off before.

    The last ones are worth what is left, so that all of them are worth the whole line.
    """
    line, off = _line(order, item), item.called_off
    return _share(order, item, line, off + pieces) - _share(order, item, line, off)


def carriage(order: Order, items: Sequence[OrderItem]) -> Decimal:
    """Return what an order still costs besides its goods: bringing it, and the tax on that."""
    goods = sum((_line(order, one) for one in items), _NOTHING)
    off = sum((_share(order, one, _line(order, one), one.called_off) for one in items), _NOTHING)
    return (order.total - goods) - (order.called_off - off)


def untaxed(order: Order, items: Sequence[OrderItem]) -> Decimal:
    """Return what of the tax in its prices is of what does not come any more."""
    if not order.tax_included:
        return _NOTHING
    goods = sum((_share(order, one, one.tax, one.called_off) for one in items), _NOTHING)
    brought = order.tax_total - sum((one.tax for one in items), _NOTHING)
    return goods + (_NOTHING if carriage(order, items) else brought)


def _line(order: Order, item: OrderItem) -> Decimal:
    return item.total + (_NOTHING if order.tax_included else item.tax)


def _share(order: Order, item: OrderItem, amount: Decimal, pieces: int) -> Decimal:
    """Return how much of a line's amount so many of its pieces have."""
    step = Decimal(1).scaleb(-exponent(order.currency))
    return rounded(amount * pieces / item.quantity, step)
