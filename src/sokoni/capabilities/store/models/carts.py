"""What contacts are about to buy, and what brings the price down."""

from datetime import datetime
from decimal import Decimal
from typing import NewType
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.capabilities.store.models.catalogue import Variant, VariantId
from sokoni.db.base import Base, Exact, MerchantScoped, Sealed
from sokoni.db.decimals import Thousandths
from sokoni.kit.ids import ContactId, ConversationId, new_id

CartId = NewType("CartId", UUID)
CartItemId = NewType("CartItemId", UUID)
CouponId = NewType("CouponId", UUID)


class Cart(MerchantScoped, Base):
    """A contact's cart. There is one open cart for each contact and merchant."""

    __tablename__ = "carts"
    __table_args__ = (
        UniqueConstraint("merchant_id", "contact_id", "open"),
        Index("ix_carts_due_at", "due_at", "id"),
        Index("ix_carts_contact_id", "contact_id"),
    )

    id: Mapped[CartId] = mapped_column(Uuid, primary_key=True, default=new_id)
    contact_id: Mapped[ContactId] = mapped_column(Uuid)
    conversation_id: Mapped[ConversationId | None] = mapped_column(Uuid)
    """Where it was last changed."""
    open: Mapped[int | None] = mapped_column(SmallInteger)
    """1 while it is; None once it was ordered or given up."""
    focus_id: Mapped[VariantId | None] = mapped_column(Uuid)
    """The variant last looked at, added or changed: what "2 more" is of (CV-16)."""
    coupon: Mapped[str] = mapped_column(Exact(40), default="")
    note: Mapped[bytes | None] = mapped_column(Sealed)
    """Sealed at "carts.note": for whoever packs or brings the order to be."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    """When the calendar looks at it: whether to remind of it, or to throw it away."""
    version: Mapped[int] = mapped_column(Integer, default=1)


class CartItem(MerchantScoped, Base):
    """So many of one variant, to be bought now or kept for later."""

    __tablename__ = "cart_items"
    __table_args__ = (UniqueConstraint("cart_id", "variant_id"),)

    id: Mapped[CartItemId] = mapped_column(Uuid, primary_key=True, default=new_id)
    cart_id: Mapped[CartId] = mapped_column(Uuid, ForeignKey(Cart.id))
    variant_id: Mapped[VariantId] = mapped_column(Uuid, ForeignKey(Variant.id), index=True)
    quantity: Mapped[int] = mapped_column(Integer)
    saved: Mapped[bool] = mapped_column(default=False)
    """Kept for later: not counted, not ordered."""
    seen_price: Mapped[Decimal] = mapped_column(Thousandths)
    """The price that the contact was last told: they are asked again where it is another."""
    added_at: Mapped[datetime]


class Coupon(MerchantScoped, Base):
    """A code that takes a share or an amount off."""

    __tablename__ = "coupons"
    __table_args__ = (UniqueConstraint("merchant_id", "code"),)

    id: Mapped[CouponId] = mapped_column(Uuid, primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(Exact(40))
    """In capitals; contacts may write it as they like."""
    percent: Mapped[Decimal | None] = mapped_column(Thousandths)
    amount: Mapped[Decimal | None] = mapped_column(Thousandths)
    """In the merchant's currency. One of the two stands."""
    least: Mapped[Decimal] = mapped_column(Thousandths, default=Decimal(0))
    """What the goods must cost at least."""
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    uses_max: Mapped[int | None] = mapped_column(Integer)
    uses: Mapped[int] = mapped_column(Integer, default=0)
    once_each: Mapped[bool] = mapped_column(default=False)


class CouponUse(Base):
    """A coupon that a contact used, so that nobody uses one twice that is once for each."""

    __tablename__ = "coupon_uses"

    coupon_id: Mapped[CouponId] = mapped_column(Uuid, ForeignKey(Coupon.id), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    contact_id: Mapped[ContactId] = mapped_column(Uuid)


class StoreCustomer(MerchantScoped, Base):
    """How a contact had things delivered the last time."""

    __tablename__ = "store_customers"
    __table_args__ = (UniqueConstraint("merchant_id", "contact_id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    contact_id: Mapped[ContactId] = mapped_column(Uuid)
    delivery: Mapped[str] = mapped_column(Exact(40), default="")
    """The id of a delivery option."""
    address: Mapped[bytes | None] = mapped_column(Sealed)
    """Sealed at "store_customers.address"."""
    pin: Mapped[bytes | None] = mapped_column(Sealed)
    """Sealed at "store_customers.pin"."""
    updated_at: Mapped[datetime]
