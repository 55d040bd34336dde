"""What is on offer and what is looked for, for programs. Nobody's number is given here."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from sokoni.capabilities.marketplace.models import BuyRequest, BuyRequestId, ListingId, SellerId
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.buy_requests import BuyRequests
from sokoni.capabilities.marketplace.service.distance import kilometres
from sokoni.capabilities.marketplace.service.listings import Listings
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.service.search import Search, Wish
from sokoni.capabilities.marketplace.service.sellers import Sellers
from sokoni.contacts.directory import ContactDirectory, opened_name
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.language.reading import KnownPlace
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading
from sokoni.web.principal import Principal, Reader

router = APIRouter(tags=["marketplace"])


class ListingUnknownError(AppError):
    """No open listing has this reference."""

    code = "listing_unknown"
    http_status = 404


class PlaceUnknownError(AppError):
    """The place asked for is none that we know."""

    code = "place_unknown"
    http_status = 422


class ListingShown(BaseModel, frozen=True):
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
    created_at: datetime
    expires_at: datetime
    distance_km: float | None = None
    """From the place that was asked for."""


class BuyRequestShown(BaseModel, frozen=True):
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


class SellerShown(BaseModel, frozen=True):
    """Somebody who sells."""

    id: UUID
    name: str
    place: str
    joined_at: datetime


@router.get("/listings")
async def listings(
    principal: Reader, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[ListingShown]:
    """Return what is on offer, oldest first."""
    service = Listings(session, principal.merchant_id, parts.clock())
    after = None if wanted.after is None else ListingId(wanted.after)
    offers = await service.page(after=after, limit=wanted.one_more)
    return page_of(offers, wanted, lambda one: _listing(parts.vault, one), lambda one: one.id)


@router.get("/listings/{reference}")
async def listing(
    reference: str, principal: Reader, parts: Parts, session: Reading
) -> ListingShown:
    """Return one listing by what people quote."""
    service = Listings(session, principal.merchant_id, parts.clock())
    offer = await service.find(reference)
    if offer is None:
        raise ListingUnknownError(reference)
    return _listing(parts.vault, offer)


@router.get("/buy_requests")
async def buy_requests(
    principal: Reader, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[BuyRequestShown]:
    """Return what buyers look for and nobody offers yet, oldest first."""
    service = BuyRequests(session, principal.merchant_id, parts.clock())
    after = None if wanted.after is None else BuyRequestId(wanted.after)
    requests = await service.page(after=after, limit=wanted.one_more)
    return page_of(requests, wanted, _request, lambda one: one.id)


@router.get("/sellers")
async def sellers(
    principal: Reader, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[SellerShown]:
    """Return who sells, in the order in which they joined."""
    service = Sellers(session, principal.merchant_id, parts.clock())
    after = None if wanted.after is None else SellerId(wanted.after)
    found = await service.page(after=after, limit=wanted.one_more)
    directory = ContactDirectory(session, parts.vault, principal.merchant_id)
    names = await directory.names_of(one.contact_id for one in found)
    return page_of(
        found,
        wanted,
        lambda one: SellerShown(
            id=one.id,
            name=names.get(one.contact_id, ""),
            place=one.place_name,
            joined_at=one.joined_at,
        ),
        lambda one: one.id,
    )


class Searched(BaseModel, frozen=True):
    """What is searched for."""

    q: str = Field(min_length=1, max_length=80, description="The thing, in any words")
    place: str = Field("", description="Nearest to this place first")
    max_price: Decimal | None = Field(None, gt=0, description="For one")
    limit: int = Field(18, ge=1, le=90)


@router.get("/search")
async def search(
    principal: Reader, parts: Parts, session: Reading, searched: Annotated[Searched, Query()]
) -> Sequence[ListingShown]:
    """Search what is on offer, as buyers do."""
    here = _place(principal, parts, searched.place) if searched.place else None
    wish = Wish(
        tokens=meaning_of(searched.q).required,
        buyer_id=None,
        place=here,
        max_each=searched.max_price,
        currency=principal.merchant.currency,
    )
    service = Search(session, principal.merchant_id, parts.clock())
    offers = await service.offers(wish, limit=searched.limit)
    return [_listing(parts.vault, one, here) for one in offers]


def _place(principal: Principal, parts: Parts, name: str) -> KnownPlace:
    known = parts.places.of(principal.merchant_id)
    place = known.named(name, principal.merchant.country)
    if place is None:
        raise PlaceUnknownError(name)
    return place


def _listing(vault: Vault, offer: Offer, here: KnownPlace | None = None) -> ListingShown:
    return ListingShown(
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
        seller=opened_name(vault, offer.contact_id, offer.sealed_name),
        created_at=offer.created_at,
        expires_at=offer.expires_at,
        distance_km=here and round(kilometres(here, offer.latitude, offer.longitude), 1),
    )


def _request(request: BuyRequest) -> BuyRequestShown:
    return BuyRequestShown(
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
