"""How the API shows what the marketplace keeps."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field

from sokoni.capabilities.marketplace.api import examples
from sokoni.capabilities.marketplace.models import BuyRequest, Seller
from sokoni.capabilities.marketplace.service.distance import kilometres
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.contacts.directory import opened_name
from sokoni.language.reading import KnownPlace
from sokoni.media.references import FileRef
from sokoni.reviews.models import Role
from sokoni.reviews.ratings import Opinion
from sokoni.web.parts import WebParts


class ListingShown(BaseModel, frozen=True, json_schema_extra=examples.LISTING_SHOWN):
    """Something on offer."""

    id: UUID
    reference: str
    thing: str
    quantity: Decimal
    unit: str
    size: Decimal | None
    size_unit: str
    price_each: Decimal
    total: Decimal
    currency: str
    basis: str
    """`each` or `total`: how the seller meant the price."""
    place: str
    seller: str
    photo: str
    """Where it is had, for a while; empty without one."""
    created_at: datetime
    expires_at: datetime
    distance_km: float | None = None
    """From the place that was asked for."""

    @classmethod
    def of(cls, parts: WebParts, offer: Offer, here: KnownPlace | None = None) -> "ListingShown":
        """Return an offer as it is shown, with its distance from `here`."""
        return cls(
            id=offer.id,
            reference=offer.reference,
            thing=offer.thing,
            quantity=offer.quantity,
            unit=offer.unit,
            size=offer.size,
            size_unit=offer.size_unit,
            price_each=offer.each.amount,
            total=offer.total.amount,
            currency=offer.currency,
            basis=offer.basis,
            place=offer.place_name,
            seller=opened_name(parts.vault, offer.contact_id, offer.sealed_name),
            photo="" if offer.photo_id is None else parts.file_url(FileRef(offer.photo_id)),
            created_at=offer.created_at,
            expires_at=offer.expires_at,
            distance_km=here and round(kilometres(here, offer.latitude, offer.longitude), 1),
        )


class BuyRequestShown(BaseModel, frozen=True, json_schema_extra=examples.BUY_REQUEST_SHOWN):
    """Something that a buyer looks for."""

    id: UUID
    reference: str
    thing: str
    quantity: Decimal | None
    unit: str
    max_price: Decimal | None
    currency: str
    place: str
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, request: BuyRequest) -> "BuyRequestShown":
        """Return a request as it is shown."""
        return cls(
            id=request.id,
            reference=request.reference,
            thing=request.thing,
            quantity=request.quantity,
            unit=request.unit,
            max_price=request.max_price,
            currency=request.currency,
            place=request.place_name,
            created_at=request.created_at,
            expires_at=request.expires_at,
        )


class SellerShown(BaseModel, frozen=True, json_schema_extra=examples.SELLER_SHOWN):
    """Somebody who sells."""

    id: UUID
    contact_id: UUID
    name: str
    place: str
    joined_at: datetime

    @classmethod
    def of(cls, seller: Seller, name: str) -> "SellerShown":
        """Return a seller as they are shown."""
        return cls(
            id=seller.id,
            contact_id=seller.contact_id,
            name=name,
            place=seller.place_name,
            joined_at=seller.joined_at,
        )


class ProfileShown(BaseModel, frozen=True, json_schema_extra=examples.PROFILE_SHOWN):
    """What speaks for a seller: reasons, of which whoever shows them makes words."""

    id: UUID
    name: str
    place: str
    joined_at: datetime
    deals: int
    """That both sides confirmed."""
    raters: int
    """People who rated them; each counts once, by what they said last."""
    content: int
    """How many of these gave 4 or 5 of 5."""
    reply_minutes: int | None
    """How long they take to answer a buyer, as a rule; null: too little is known."""


class ReviewShown(BaseModel, frozen=True, json_schema_extra=examples.REVIEW_SHOWN):
    """What one side of a deal said of the other."""

    id: UUID
    rated_id: UUID
    """Contact of whom it was said."""
    role: Role
    """What they were in the deal: who sold is the provider."""
    stars: int = Field(ge=1, le=5)
    text: str
    thing: str
    """What the deal was about."""
    by: str
    created_at: datetime

    @classmethod
    def of(cls, opinion: Opinion, by: str) -> "ReviewShown":
        """Return a review as it is shown."""
        return cls(
            id=opinion.id,
            rated_id=opinion.rated_id,
            role=Role(opinion.role),
            stars=opinion.stars,
            text=opinion.text,
            thing=opinion.thing,
            by=by,
            created_at=opinion.created_at,
        )
