"""What the marketplace keeps: sellers, what they offer, what buyers look for, who met whom.

Names and numbers of people are not here: they belong to the contacts.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType
from uuid import UUID

from sqlalchemy import Double, ForeignKey, Index, SmallInteger, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact, MerchantScoped
from sokoni.db.decimals import Thousandths
from sokoni.kit.ids import ContactId, RequestId, new_id
from sokoni.media.models import MediaId

SellerId = NewType("SellerId", UUID)
ListingId = NewType("ListingId", UUID)
BuyRequestId = NewType("BuyRequestId", UUID)
AlertId = NewType("AlertId", UUID)
RequestOfferId = NewType("RequestOfferId", UUID)
IntroductionId = NewType("IntroductionId", UUID)


class ListingState(StrEnum):
    OPEN = "open"
    WITHDRAWN = "withdrawn"
    SOLD = "sold"
    HIDDEN = "hidden"
    """Taken down by staff."""
    EXPIRED = "expired"
    """Its time ran out, and its seller was told so; it may be renewed."""


class RequestState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    EXPIRED = "expired"
    """Its time ran out, and its buyer was told so; it may be opened again."""
    FILLED = "filled"
    """So many offers came that no more are asked for; it may be opened again."""


class IntroductionState(StrEnum):
    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    GONE = "gone"
    """The listing was taken down before the seller answered."""


class PayState(StrEnum):
    """How far a seller got who asked the buyer to pay through the market."""

    NONE = ""
    ASKED = "asked"
    AGREED = "agreed"
    """The buyer said yes, and has a link, or waits for one."""
    LAPSED = "lapsed"
    """The link came to nothing: the buyer may try again, the seller may ask again."""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    PAID = "paid"
    REFUNDED = "refunded"


class Basis(StrEnum):
    """What a price is for."""

    EACH = "each"
    TOTAL = "total"


class Seller(MerchantScoped, Base):
    """A contact who sells, and where."""

    __tablename__ = "sellers"
    __table_args__ = (UniqueConstraint("merchant_id", "contact_id"),)

    id: Mapped[SellerId] = mapped_column(Uuid, primary_key=True, default=new_id)
    contact_id: Mapped[ContactId] = mapped_column(Uuid)
    place_id: Mapped[str] = mapped_column(Exact(64))
    place_name: Mapped[str] = mapped_column(String(80))
    latitude: Mapped[float] = mapped_column(Double)
    longitude: Mapped[float] = mapped_column(Double)
    joined_at: Mapped[datetime]
    alert_day: Mapped[str] = mapped_column(Exact(10), default="", server_default="")
    """The day, where the merchant is, of the last alert; `alerts_today` counts those of it."""
    alerts_today: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    alerted: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often the seller was ever told of a buyer's request."""
    answered: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many of those they answered, be it that they do not have it."""
    answer_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    """How long those answers took, all together."""


class SellerTrade(Base):
    """A noun or category that a seller has dealt in, for alerts about similar things."""

    __tablename__ = "seller_trades"

    merchant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    trade: Mapped[str] = mapped_column(Exact(48), primary_key=True)
    seller_id: Mapped[SellerId] = mapped_column(Uuid, ForeignKey(Seller.id), primary_key=True)


class Listing(MerchantScoped, Base):
    """Something on offer; people quote its `reference`."""

    __tablename__ = "listings"
    __table_args__ = (
        UniqueConstraint("merchant_id", "reference"),
        Index("ix_listings_contact", "merchant_id", "contact_id", "id"),
    )

    id: Mapped[ListingId] = mapped_column(Uuid, primary_key=True, default=new_id)
    seller_id: Mapped[SellerId] = mapped_column(Uuid, ForeignKey(Seller.id))
    contact_id: Mapped[ContactId] = mapped_column(Uuid)
    """The seller's, kept here because every search leaves out the buyer's own."""
    reference: Mapped[str] = mapped_column(Exact(24))
    thing: Mapped[str] = mapped_column(String(80))
    """In the seller's words."""
    quantity: Mapped[Decimal] = mapped_column(Thousandths)
    unit: Mapped[str] = mapped_column(String(16))
    size: Mapped[Decimal | None] = mapped_column(Thousandths)
    size_unit: Mapped[str] = mapped_column(String(16), default="")
    """"3 bags of 50 kg" has size 50 and size unit kg."""
    price: Mapped[Decimal] = mapped_column(Thousandths)
    currency: Mapped[str] = mapped_column(String(3))
    basis: Mapped[str] = mapped_column(String(8))
    """A `Basis`: the price is for each, or for all."""
    price_each: Mapped[Decimal] = mapped_column(Thousandths)
    """The price of one, to compare by."""
    place_id: Mapped[str] = mapped_column(Exact(64))
    place_name: Mapped[str] = mapped_column(String(80))
    latitude: Mapped[float] = mapped_column(Double)
    longitude: Mapped[float] = mapped_column(Double)
    photo_id: Mapped[MediaId | None] = mapped_column(Uuid, index=True)
    """A file that the `Shelf` keeps for it."""
    photo_awaited: Mapped[RequestId | None] = mapped_column(Uuid)
    """The request that fetches its photo."""
    state: Mapped[str] = mapped_column(Exact(12), default=ListingState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    """Grows with each change, so that none is made to what the contact did not see."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    remind_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the seller is next asked about it, or told that it ran out; None: not any more."""
    asked_at: Mapped[datetime | None]
    """When the seller was asked whether it is still for sale; None: not since it was renewed."""


class ListingToken(Base):
    """A word or noun by which an open listing is found; gone when the listing is."""

    __tablename__ = "listing_tokens"
    __table_args__ = (
        Index("ix_listing_tokens_place", "merchant_id", "token", "place_id", "listing_id"),
        Index("ix_listing_tokens_listing", "listing_id"),
    )

    merchant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    token: Mapped[str] = mapped_column(Exact(48), primary_key=True)
    listing_id: Mapped[ListingId] = mapped_column(Uuid, ForeignKey(Listing.id), primary_key=True)
    place_id: Mapped[str] = mapped_column(Exact(64))


class BuyRequest(MerchantScoped, Base):
    """Something a buyer looks for that nobody offered yet."""

    __tablename__ = "buy_requests"
    __table_args__ = (
        UniqueConstraint("merchant_id", "reference"),
        Index("ix_buy_requests_contact", "merchant_id", "contact_id", "id"),
    )

    id: Mapped[BuyRequestId] = mapped_column(Uuid, primary_key=True, default=new_id)
    contact_id: Mapped[ContactId] = mapped_column(Uuid)
    reference: Mapped[str] = mapped_column(Exact(24))
    thing: Mapped[str] = mapped_column(String(80))
    meaning: Mapped[str] = mapped_column(Exact(191))
    """Its tokens in order: the same wish in other words is the same request."""
    needed: Mapped[int] = mapped_column(SmallInteger)
    """How many tokens a listing must share with it."""
    quantity: Mapped[Decimal | None] = mapped_column(Thousandths)
    unit: Mapped[str] = mapped_column(String(16), default="")
    max_price: Mapped[Decimal | None] = mapped_column(Thousandths)
    currency: Mapped[str] = mapped_column(String(3), default="")
    place_id: Mapped[str | None] = mapped_column(Exact(64))
    place_name: Mapped[str] = mapped_column(String(80), default="")
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    state: Mapped[str] = mapped_column(Exact(12), default=RequestState.OPEN)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    remind_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the buyer is told that it ran out; None: they were."""


class RequestToken(Base):
    """A token that a listing must have to fit an open request; gone when the request is."""

    __tablename__ = "request_tokens"
    __table_args__ = (Index("ix_request_tokens_request", "request_id"),)

    merchant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    token: Mapped[str] = mapped_column(Exact(48), primary_key=True)
    request_id: Mapped[BuyRequestId] = mapped_column(
        Uuid, ForeignKey(BuyRequest.id), primary_key=True
    )


class Alert(MerchantScoped, Base):
    """A seller was told of a buyer's request, once."""

    __tablename__ = "alerts"
    __table_args__ = (UniqueConstraint("request_id", "contact_id"),)

    id: Mapped[AlertId] = mapped_column(Uuid, primary_key=True, default=new_id)
    request_id: Mapped[BuyRequestId] = mapped_column(Uuid, ForeignKey(BuyRequest.id))
    contact_id: Mapped[ContactId] = mapped_column(Uuid)
    """The seller's."""
    wave: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class RequestOffer(MerchantScoped, Base):
    """A listing that came for a request, as the buyer's own turn noted it."""

    __tablename__ = "request_offers"
    __table_args__ = (UniqueConstraint("request_id", "listing_id"),)

    id: Mapped[RequestOfferId] = mapped_column(Uuid, primary_key=True, default=new_id)
    request_id: Mapped[BuyRequestId] = mapped_column(Uuid, ForeignKey(BuyRequest.id))
    listing_id: Mapped[ListingId] = mapped_column(Uuid, ForeignKey(Listing.id))
    created_at: Mapped[datetime]
    shown_at: Mapped[datetime | None]
    """When the buyer saw it; None: it waits for others, to be seen beside them."""


class Introduction(MerchantScoped, Base):
    """A buyer wants to meet a seller over a listing; numbers change hands when both agree."""

    __tablename__ = "introductions"
    __table_args__ = (UniqueConstraint("listing_id", "buyer_id"),)

    id: Mapped[IntroductionId] = mapped_column(Uuid, primary_key=True, default=new_id)
    listing_id: Mapped[ListingId] = mapped_column(Uuid, ForeignKey(Listing.id))
    buyer_id: Mapped[ContactId] = mapped_column(Uuid)
    seller_id: Mapped[ContactId] = mapped_column(Uuid)
    """Contact id of the seller."""
    state: Mapped[str] = mapped_column(Exact(12), default=IntroductionState.ASKED)
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    pay_state: Mapped[str] = mapped_column(Exact(12), default=PayState.NONE, server_default="")
    pay_amount: Mapped[Decimal | None] = mapped_column(Thousandths)
    pay_currency: Mapped[str] = mapped_column(String(3), default="", server_default="")
    pay_round: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    """How often the buyer was asked to pay: an answer is to the last time only."""
