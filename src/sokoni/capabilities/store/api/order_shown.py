"""Orders as programs see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.api import order_examples as examples
from sokoni.capabilities.store.api.payment_shown import PaymentInfo, PaymentsShowing
from sokoni.capabilities.store.machine import By, Charge, Move, Status
from sokoni.capabilities.store.models.orders import Order, OrderEvent, OrderItem
from sokoni.capabilities.store.service.dues import refund_due, return_due
from sokoni.capabilities.store.service.orders import Orders
from sokoni.contacts.directory import ContactDirectory
from sokoni.kit.money import Money
from sokoni.web.parts import WebParts
from sokoni.web.principal import Principal


class ItemShown(BaseModel, frozen=True):
    """So many of one thing, at the price of that day."""

    id: UUID
    product_id: UUID
    variant_id: UUID
    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    fulfilled: int
    called_off: int
    """Pieces that are never sent."""
    returned: int


class OrderShown(BaseModel, frozen=True, json_schema_extra=examples.ORDER_SHOWN):
    """An order. Its amounts never change after it is placed."""

    id: UUID
    reference: str
    user_id: UUID
    user_number: str | None
    """Null: WhatsApp hides it."""
    user_name: str
    status: Status
    charge_status: Charge
    """What became of the money, apart from what became of the goods."""
    currency: str
    items_total: Decimal
    discount_total: Decimal
    shipping_total: Decimal
    tax_total: Decimal
    tax_included: bool
    """The tax is part of the prices; otherwise it comes on top."""
    total_amount: Decimal
    called_off: Decimal
    """What of the total is for goods that do not come any more."""
    paid: Decimal
    refunded: Decimal
    refund_due: Decimal
    """What is to be given back yet, of what is cancelled or called off."""
    return_due: Decimal
    """What goods that came back are worth, with their shares of discount and tax, as far as it
    was not given back yet: it is only if staff say so."""
    coupon: str
    delivery: str
    """The id of a delivery option."""
    collects: bool
    address: str
    note: str
    payment_method: str
    items: Sequence[ItemShown]
    payment_info: PaymentInfo | None
    """The latest; null where none is asked for."""
    pay_until: datetime | None
    """Not paid by then, it is cancelled."""
    created_at: datetime
    updated_at: datetime


class EventShown(BaseModel, frozen=True):
    """A line of an order's history."""

    at: datetime
    by: By
    staff: str
    move: Move
    status: Status
    charge_status: Charge
    data: Mapping[str, Any]


class OrderWhole(OrderShown, frozen=True, json_schema_extra=examples.ORDER_WHOLE):
    """An order with all that happened to it, the first first."""

    history: Sequence[EventShown]


@dataclass(frozen=True, slots=True)
class Showing:
    """Shows orders of one merchant, many with as few statements as one."""

    principal: Principal
    parts: WebParts
    session: AsyncSession

    @property
    def book(self) -> Orders:
        merchant, now = self.principal.merchant, self.parts.clock()
        return Orders(self.session, self.parts.vault, merchant, now)

    async def orders(self, orders: Sequence[Order]) -> Sequence[OrderShown]:
        directory = ContactDirectory(self.session, self.parts.vault, self.principal.merchant_id)
        people = {one.contact_id for one in orders}
        names, phones = await directory.names_of(people), await directory.phones_of(people)
        items = await self.book.items_of([one.id for one in orders])
        paid = await PaymentsShowing(self.principal, self.parts, self.session).of(orders)
        return [
            self._order(
                one,
                items[one.id],
                paid.get(one.id),
                names.get(one.contact_id, ""),
                phones.get(one.contact_id),
            )
            for one in orders
        ]

    async def order(self, order: Order) -> OrderShown:
        return (await self.orders([order]))[0]

    async def whole(self, order: Order) -> OrderWhole:
        history = await self.book.history(order.id)
        shown = await self.order(order)
        return OrderWhole(**dict(shown), history=[_event(one) for one in history])

    def _order(
        self,
        one: Order,
        items: Sequence[OrderItem],
        paid: PaymentInfo | None,
        name: str,
        phone: str | None,
    ) -> OrderShown:
        book = self.book
        return OrderShown(
            id=one.id,
            reference=one.reference,
            user_id=one.contact_id,
            user_number=phone,
            user_name=name,
            status=Status(one.status),
            charge_status=Charge(one.charge_status),
            currency=one.currency,
            items_total=coins(one.items_total, one.currency),
            discount_total=coins(one.discount_total, one.currency),
            shipping_total=coins(one.shipping_total, one.currency),
            tax_total=coins(one.tax_total, one.currency),
            tax_included=one.tax_included,
            total_amount=coins(one.total, one.currency),
            called_off=coins(one.called_off, one.currency),
            paid=coins(one.paid, one.currency),
            refunded=coins(one.refunded, one.currency),
            refund_due=coins(refund_due(one), one.currency),
            return_due=coins(return_due(one, items), one.currency),
            coupon=one.coupon,
            delivery=one.delivery,
            collects=one.collects,
            address=book.address_of(one),
            note=book.note_of(one),
            payment_method=one.gateway,
            items=[_item(item, one.currency) for item in items],
            payment_info=paid,
            pay_until=one.pay_until,
            created_at=one.placed_at,
            updated_at=one.updated_at,
        )


def coins(amount: Decimal, currency: str) -> Decimal:
    """Return an amount with as many decimals as the currency has."""
    return Money(amount, currency).amount


def _item(one: OrderItem, currency: str) -> ItemShown:
    shown = {name: getattr(one, name) for name in ItemShown.model_fields}
    for name in ("unit_price", "discount", "tax", "total"):
        shown[name] = coins(shown[name], currency)
    return ItemShown(**shown)


def _event(one: OrderEvent) -> EventShown:
    return EventShown.model_validate(one, from_attributes=True)
