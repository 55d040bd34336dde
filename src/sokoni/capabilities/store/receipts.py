"""Receipts: an order as a paper to keep, in the contact's language."""

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from sokoni.capabilities.store.machine import HELD, Charge
from sokoni.capabilities.store.models.orders import Order, OrderId, OrderItem
from sokoni.capabilities.store.service.dues import untaxed, wanted
from sokoni.capabilities.store.service.moves import OrderUnknownError
from sokoni.capabilities.store.service.orders import Orders
from sokoni.dialogue.making import Made, Making
from sokoni.dialogue.wording import RIGHT_TO_LEFT
from sokoni.media.kinds import PDF
from sokoni.media.paper import open_paper
from sokoni.messaging.prompts import Amount, Param

RECEIPT: Final = "store.receipt"
PAID: Final = HELD | {Charge.REFUNDED}
"""What a receipt may be had for: money came."""
_WIDTHS: Final = (55, 11, 17, 17)


async def make_receipt(making: Making, what: Mapping[str, str]) -> Made | None:
    """Make the receipt of an order of the contact's; None where there is none for it."""
    orders = Orders(making.session, making.vault, making.merchant, making.now)
    try:
        order = await orders.get(OrderId(UUID(what["order"])))
    except OrderUnknownError:
        return None
    if order.contact_id != making.contact_id or order.charge_status not in PAID:
        return None
    items = await orders.items(order.id)
    page = _Page(making, order, orders.address_of(order))
    # Fonts take their time.
    return Made(mime_type=PDF, content=await asyncio.to_thread(page.written, items))


class _Page:
    """One receipt."""

    def __init__(self, making: Making, order: Order, address: str) -> None:
        self._merchant, self._zone = making.merchant.name, making.merchant.zone
        self._wording = making.wording
        self._language = making.language
        self._order = order
        self._address = address

    def written(self, items: Sequence[OrderItem]) -> bytes:
        order, rightwards = self._order, self._language not in RIGHT_TO_LEFT
        title = f"{self._say('title')} {order.reference}"
        paper = open_paper(title, order.placed_at, rightwards=rightwards)
        paper.heading(self._merchant)
        paper.line(title, bold=True)
        # With its year, and the same in every language.
        when = f"{order.placed_at.astimezone(self._zone):%Y-%m-%d %H:%M}"
        paper.line(self._say("placed", {"day": when}), grey=True)
        if self._address:
            paper.line(self._say("to", {"address": self._address}), grey=True)
        paper.space()
        paper.table([self._heads(), *(self._row(one) for one in items)], _WIDTHS)
        paper.space()
        paper.sums(self._sums(items))
        paper.space()
        back = Amount(order.refunded, order.currency)
        paper.line(self._say(f"charge.{order.charge_status}", {"refunded": back}))
        return paper.bytes()

    def _heads(self) -> Sequence[str]:
        return [self._say(name) for name in ("item", "pieces", "price", "total")]

    def _row(self, item: OrderItem) -> Sequence[str]:
        whole = item.unit_price * item.quantity
        return [item.name, str(item.quantity), self._money(item.unit_price), self._money(whole)]

    def _sums(self, items: Sequence[OrderItem]) -> Sequence[tuple[str, str]]:
        order = self._order
        tax = "tax.included" if order.tax_included else "tax"
        rows = [
            ("items", order.items_total),
            ("discount", -order.discount_total),
            ("shipping", order.shipping_total),
            (tax, order.tax_total - untaxed(order, items)),
            ("called_off", -order.called_off),
        ]
        lines = [(self._say(name), self._money(amount)) for name, amount in rows if amount]
        return [*lines, (self._say("total"), self._money(wanted(order)))]

    def _money(self, amount: Decimal) -> str:
        return self._say("amount", {"amount": Amount(amount, self._order.currency)})

    def _say(self, name: str, params: Mapping[str, Param] | None = None) -> str:
        return self._wording.text(f"store.receipt.{name}", params or {}, self._language)
