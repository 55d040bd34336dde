"""What was bought: orders with prices as they were, their history, and stock promised to them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NewType
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.capabilities.store.models.catalogue import ProductId, Variant, VariantId
from sokoni.db.base import Base, Exact, MerchantScoped, Sealed
from sokoni.db.decimals import Thousandths
from sokoni.kit.ids import ContactId, ConversationId, new_id

OrderId = NewType("OrderId", UUID)
OrderItemId = NewType("OrderItemId", UUID)
ReservationId = NewType("ReservationId", UUID)


class Order(MerchantScoped, Base):
    """An order. Its amounts never change after it is placed."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("merchant_id", "reference"),
        Index("ix_orders_contact_id", "merchant_id", "contact_id", "id"),
        Index("ix_orders_status", "merchant_id", "status", "id"),
    )

    id: Mapped[OrderId] = mapped_column(Uuid, primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(Exact(24))
    """The order's number, such as ORD-7K3M2Q5."""
    contact_id: Mapped[ContactId] = mapped_column(Uuid)
    conversation_id: Mapped[ConversationId | None] = mapped_column(Uuid)
    status: Mapped[str] = mapped_column(Exact(16))
    """A `machine.Status`."""
    charge_status: Mapped[str] = mapped_column(Exact(20))
    """A `machine.Charge`: what became of the money, apart from what became of the goods."""
    currency: Mapped[str] = mapped_column(Exact(3))
    items_total: Mapped[Decimal] = mapped_column(Thousandths)
    """Goods at their prices, before discounts."""
    discount_total: Mapped[Decimal] = mapped_column(Thousandths, default=Decimal(0))
    shipping_total: Mapped[Decimal] = mapped_column(Thousandths, default=Decimal(0))
    tax_total: Mapped[Decimal] = mapped_column(Thousandths, default=Decimal(0))
    tax_included: Mapped[bool] = mapped_column(default=True)
    """The tax is part of the prices; otherwise it comes on top."""
    total: Mapped[Decimal] = mapped_column(Thousandths)
    called_off: Mapped[Decimal] = mapped_column(Thousandths, default=Decimal(0))
    """What of the total is for goods that do not come any more."""
    paid: Mapped[Decimal] = mapped_column(Thousandths, default=Decimal(0))
    refunded: Mapped[Decimal] = mapped_column(Thousandths, default=Decimal(0))
    coupon: Mapped[str] = mapped_column(Exact(40), default="")
    delivery: Mapped[str] = mapped_column(Exact(40))
    """The id of the delivery option, of which `collects` tells whether the contact comes."""
    collects: Mapped[bool] = mapped_column(default=False)
    gateway: Mapped[str] = mapped_column(Exact(40))
    """How it is paid: a payment gateway of the merchant's."""
    address: Mapped[bytes | None] = mapped_column(Sealed)
    """Sealed at "orders.address"."""
    pin: Mapped[bytes | None] = mapped_column(Sealed)
    """Sealed at "orders.pin"."""
    note: Mapped[bytes | None] = mapped_column(Sealed)
    """Sealed at "orders.note"."""
    weight_grams: Mapped[int] = mapped_column(Integer, default=0)
    language: Mapped[str] = mapped_column(Exact(8))
    placed_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    pay_until: Mapped[datetime | None]
    """Not paid by then, it is cancelled and its stock is free again."""
    version: Mapped[int] = mapped_column(Integer, default=1)


class OrderItem(MerchantScoped, Base):
    """So many of one variant, at the price of that day."""

    __tablename__ = "order_items"

    id: Mapped[OrderItemId] = mapped_column(Uuid, primary_key=True, default=new_id)
    order_id: Mapped[OrderId] = mapped_column(Uuid, ForeignKey(Order.id), index=True)
    product_id: Mapped[ProductId] = mapped_column(Uuid)
    variant_id: Mapped[VariantId] = mapped_column(Uuid)
    sku: Mapped[str] = mapped_column(Exact(64))
    name: Mapped[str] = mapped_column(String(300))
    """As the contact was told, its options with it."""
    quantity: Mapped[int] = mapped_column(Integer)
    unit_price: Mapped[Decimal] = mapped_column(Thousandths)
    discount: Mapped[Decimal] = mapped_column(Thousandths, default=Decimal(0))
    """What is taken off the whole line."""
    tax: Mapped[Decimal] = mapped_column(Thousandths, default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(Thousandths)
    """Of the whole line, after the discount."""
    fulfilled: Mapped[int] = mapped_column(Integer, default=0)
    """Pieces handed over or on their way."""
    called_off: Mapped[int] = mapped_column(Integer, default=0)
    """Pieces that are never sent."""
    returned: Mapped[int] = mapped_column(Integer, default=0)


class OrderEvent(MerchantScoped, Base):
    """A line of an order's history. None is ever changed."""

    __tablename__ = "order_events"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    order_id: Mapped[OrderId] = mapped_column(Uuid, ForeignKey(Order.id), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(Exact(12))
    """A `machine.By`: contact, staff, payment, time."""
    staff: Mapped[str] = mapped_column(String(120), default="")
    """Who of the staff, or which API key."""
    move: Mapped[str] = mapped_column(Exact(20))
    status: Mapped[str] = mapped_column(Exact(16))
    charge_status: Mapped[str] = mapped_column(Exact(20))
    data: Mapped[Mapping[str, Any]] = mapped_column(JSON, default=dict)
    """Amounts and pieces that it was about: nothing personal."""


class Reservation(MerchantScoped, Base):
    """Pieces promised to an order until it is paid, or until the promise ends."""

    __tablename__ = "reservations"
    __table_args__ = (Index("ix_reservations_expires_at", "expires_at", "id"),)

    id: Mapped[ReservationId] = mapped_column(Uuid, primary_key=True, default=new_id)
    order_id: Mapped[OrderId] = mapped_column(Uuid, ForeignKey(Order.id), index=True)
    variant_id: Mapped[VariantId] = mapped_column(Uuid, ForeignKey(Variant.id))
    quantity: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime]
