"""What the marketplace offers and looks for, to be read by programs. Numbers are never given."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from sokoni.capabilities.marketplace.models import BuyRequest, BuyRequestId, ListingId
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.buy_requests import BuyRequests
from sokoni.capabilities.marketplace.service.listings import Listings
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.service.search import Search, Wish
from sokoni.capabilities.marketplace.settings import NAME
from sokoni.contacts.directory import opened_name
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.money import Money
from sokoni.language.reading import KnownPlace
from sokoni.web.pagination import MOST, Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading, WebParts
from sokoni.web.principal import Principal, Reader

router = APIRouter(tags=["marketplace"])


class MarketplaceOffError(AppError):
    """The merchant runs no marketplace."""

    code = "capability_off"
    http_status = 404


class PlaceUnknownError(AppError):
    """No place of this name is known; none is made up."""

    code = "place_unknown"
    http_status = 422


class ListingUnknownError(AppError):
    code = "listing_unknown"
    http_status = 404


class Price(BaseModel, frozen=True):
    """An amount in its currency's own precision, as a string, so that nobody rounds it."""

    amount: str
    currency: str


class PlaceShown(BaseModel, frozen=True):
    id: str
    name: str
    latitude: float
    longitude: float


class ListingShown(BaseModel, frozen=True):
    """Something on offer."""

    id: UUID
    reference: str
    thing: str
    quantity: Decimal
    unit: str
    size: Decimal | None
    size_unit: str
    basis: str
    """each or total: what the seller said the price is for."""
    each: Price
    total: Price
    place: PlaceShown
    seller: str
    """By name; "" where the seller gave none."""
    created_at: datetime
    expires_at: datetime


class BuyRequestShown(BaseModel, frozen=True):
    """Something a buyer looks for."""

    id: UUID
    reference: str
    thing: str
    quantity: Decimal | None
    unit: str
    max_each: Price | None
    place: str
    created_at: datetime
    expires_at: datetime


class Found(BaseModel, frozen=True):
    """What fits, the nearest first."""

    items: Sequence[ListingShown]


@router.get("/listings")
async def listings(
    principal: Reader, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[ListingShown]:
    """List what is on offer, oldest first."""
    _check_on(principal)
    service = Listings(session, principal.merchant_id, parts.clock())
    after = ListingId(wanted.after) if wanted.after else None
    found = await service.page(after=after, limit=wanted.one_more)
    return page_of(found, wanted, _showing(parts.vault), lambda one: one.id)


@router.get("/listings/{reference}")
async def listing(
    reference: str, principal: Reader, parts: Parts, session: Reading
) -> ListingShown:
    """Show one listing by its reference."""
    _check_on(principal)
    found = await Listings(session, principal.merchant_id, parts.clock()).find(reference)
    if found is None:
        raise ListingUnknownError(reference)
    return _showing(parts.vault)(found)


@router.get("/buy_requests")
async def buy_requests(
    principal: Reader, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[BuyRequestShown]:
    """List what buyers look for, oldest first."""
    _check_on(principal)
    service = BuyRequests(session, principal.merchant_id, parts.clock())
    after = BuyRequestId(wanted.after) if wanted.after else None
    found = await service.page(after=after, limit=wanted.one_more)
    return page_of(found, wanted, _request, lambda one: one.id)


@router.get("/search")
async def search(
    principal: Reader,
    parts: Parts,
    session: Reading,
    q: Annotated[str, Query(min_length=1, max_length=200, description="in any language")],
    near: Annotated[str, Query(max_length=80, description="a town or suburb")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = 20,
) -> Found:
    """Find what is on offer: goats, mbudzi and imbuzi are one thing."""
    _check_on(principal)
    wish = Wish(
        tokens=meaning_of(q).required,
        buyer_id=None,
        place=_place(parts, principal, near) if near else None,
    )
    service = Search(session, principal.merchant_id, parts.clock())
    offers = await service.offers(wish, limit=limit)
    return Found(items=[_showing(parts.vault)(offer) for offer in offers])


def _check_on(principal: Principal) -> None:
    if NAME not in principal.merchant.capabilities:
        raise MarketplaceOffError(principal.merchant.slug)


def _place(parts: WebParts, principal: Principal, name: str) -> KnownPlace:
    place = parts.places.named(name, principal.merchant.country)
    if place is None:
        raise PlaceUnknownError(name)
    return place


def _showing(vault: Vault) -> Callable[[Offer], ListingShown]:
    def shown(one: Offer) -> ListingShown:
        return ListingShown(
            id=one.id,
            reference=one.reference,
            thing=one.thing,
            quantity=one.quantity,
            unit=one.unit,
            size=one.size,
            size_unit=one.size_unit,
            basis=one.basis,
            each=_price(one.each),
            total=_price(one.total),
            place=PlaceShown(
                id=one.place_id,
                name=one.place_name,
                latitude=one.latitude,
                longitude=one.longitude,
            ),
            seller=opened_name(vault, one.contact_id, one.sealed_name),
            created_at=one.created_at,
            expires_at=one.expires_at,
        )

    return shown


def _request(one: BuyRequest) -> BuyRequestShown:
    most = None if one.max_price is None else _price(Money(one.max_price, one.currency))
    return BuyRequestShown(
        id=one.id,
        reference=one.reference,
        thing=one.thing,
        quantity=one.quantity,
        unit=one.unit,
        max_each=most,
        place=one.place_name,
        created_at=one.created_at,
        expires_at=one.expires_at,
    )


def _price(money: Money) -> Price:
    return Price(amount=str(money.amount), currency=money.currency)
