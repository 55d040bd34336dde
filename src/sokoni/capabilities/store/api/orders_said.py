"""What programs may say of orders, carts and coupons."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from fastapi import Path
from pydantic import AwareDatetime, BaseModel, Field, model_validator

from sokoni.capabilities.store.api import order_examples as examples
from sokoni.capabilities.store.putting_up import PutUp
from sokoni.capabilities.store.service.carted import MOST
from sokoni.capabilities.store.settings import LONGEST_NOTE
from sokoni.kit.ids import ContactId
from sokoni.kit.text import clean
from sokoni.web.fields import Contact, Line

OrderNamed = Annotated[
    str, Path(max_length=60, description="Reference, such as ORD-7K3M2Q5, or id.")
]
CouponNamed = Annotated[str, Path(max_length=60, description="Code, however it is written.")]
Sku = Annotated[str, Path(max_length=64, description="SKU or id of a variant.")]
Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=3)]
Pieces = Annotated[
    Mapping[Annotated[str, Field(max_length=64)], Annotated[int, Field(ge=1, le=MOST)]],
    Field(max_length=200, description="How many of which SKU; nothing: all that is left."),
]


class LineSaid(BaseModel, frozen=True, extra="forbid"):
    """So many of one thing."""

    sku: Annotated[Line, Field(min_length=1, max_length=64)]
    """SKU or id of a variant."""
    quantity: Annotated[int, Field(ge=1, le=MOST)] = 1


class OrderSaid(BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.ORDER_SAID):
    """An order that is put up for a contact, at our own prices."""

    user: Contact
    items: Annotated[Sequence[LineSaid], Field(min_length=1, max_length=100)]
    delivery: Annotated[Line, Field(max_length=40)] = ""
    """The id of a delivery option; empty: with an address, the first that goes there, and
    without one the first that is for collection."""
    address: Annotated[Line, Field(max_length=300)] = ""
    note: Annotated[Line, Field(max_length=LONGEST_NOTE)] = ""
    coupon: Annotated[Line, Field(max_length=40)] = ""
    payment_method: Annotated[Line, Field(max_length=40)] = ""
    """A payment gateway of the merchant's; empty: the first that takes so much."""
    agreed: Amount | None = None
    """The total that was agreed on: another one is refused, with what it would be."""

    def put_up(self, contact_id: ContactId) -> PutUp:
        """Return what is put up for a contact."""
        lines = [(one.sku, one.quantity) for one in self.items]
        said = {
            name: getattr(self, name)
            for name in ("delivery", "address", "note", "coupon", "agreed")
        }
        return PutUp(contact_id=contact_id, lines=lines, gateway=self.payment_method, **said)


class OrderChange(BaseModel, frozen=True, extra="forbid"):
    """What of an order is to be changed before it is sent; what is not said stays."""

    address: Annotated[Line, Field(min_length=1, max_length=300)] | None = None
    note: Annotated[Line, Field(max_length=LONGEST_NOTE)] | None = None


class Standing(StrEnum):
    """How an order is to stand. Of a part of it, it stands so partly then."""

    FULFILLED = "fulfilled"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    """Of an order of which some was sent: what is left does not come any more."""
    PAID = "paid"
    """By hand: what was asked for it otherwise is wanted no more."""
    RETURNED = "returned"


class StatusSaid(BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.STATUS_SAID):
    """How an order is to stand."""

    status: Standing
    items: Pieces = Field(default_factory=dict)
    tracking: Annotated[Line, Field(max_length=80)] = ""
    """Told to the contact, of what is sent."""
    reason: Annotated[Line, Field(max_length=200)] = ""
    """Told to the contact, of what is cancelled."""
    refund: bool = False
    """What was paid for what is cancelled or came back goes back at once, where a gateway can."""
    shipping: bool = False
    """Of pieces that are cancelled: bringing the others costs nothing, either."""
    restock: bool = True
    """What came back may be sold again."""


class RefundSaid(BaseModel, frozen=True, extra="forbid"):
    """How much was given back."""

    amount: Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=3)] | None = None
    """In the order's currency; null: all that is left."""


class NoteSaid(BaseModel, frozen=True, extra="forbid"):
    """Something for colleagues to know."""

    text: Annotated[str, Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _clean(self) -> Self:
        return self.model_copy(update={"text": clean(self.text)})


class CartItemSaid(BaseModel, frozen=True, extra="forbid"):
    """How many of one thing are to be in a cart."""

    quantity: Annotated[int, Field(ge=0, le=MOST)]
    """0: none."""


class CouponChange(BaseModel, frozen=True, extra="forbid"):
    """What is to become of a coupon; what is not said stays."""

    least: Amount | None = None
    """What the goods must cost at least."""
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    uses_max: Annotated[int, Field(ge=0)] | None = None
    once_each: bool | None = None

    def values(self) -> dict[str, Decimal | datetime | int | bool | None]:
        """Return what was said; null takes an end, or a number of uses, away."""
        said = {name: getattr(self, name) for name in self.model_fields_set}
        fixed = ("least", "once_each")
        return {name: one for name, one in said.items() if one is not None or name not in fixed}


class CouponSaid(
    CouponChange, frozen=True, extra="forbid", json_schema_extra=examples.COUPON_SAID
):
    """A coupon: a share or an amount off."""

    code: Annotated[Line, Field(min_length=2, max_length=40, pattern=r"^[\w -]+$")]
    percent: Annotated[Decimal, Field(gt=0, le=100, decimal_places=3)] | None = None
    amount: Annotated[Amount, Field(gt=0)] | None = None
    """In the merchant's currency."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("either percent or amount")
        return self
