"""What is still to be paid for an order, and what is to be given back of it."""

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


def worth(order: Order, item: OrderItem, pieces: int) -> Decimal:
    """Return what more pieces of an item are worth, besides those that were called off before.

    The last ones are worth what is left, so that all of them are worth the whole line.
    """
    line = item.total + (_NOTHING if order.tax_included else item.tax)
    step = Decimal(1).scaleb(-exponent(order.currency))

    def of(count: int) -> Decimal:
        return rounded(line * count / item.quantity, step)

    return of(item.called_off + pieces) - of(item.called_off)
