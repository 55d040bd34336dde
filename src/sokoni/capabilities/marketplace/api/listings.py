"""Listings, for programs: read, put up for a contact, changed, taken down."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from sokoni.capabilities.marketplace.api.said import ListingChange, ListingSaid, Reference
from sokoni.capabilities.marketplace.api.shown import ListingShown
from sokoni.capabilities.marketplace.flows.sell import SellFlow, SellForm
from sokoni.capabilities.marketplace.flows.withdraw import WithdrawOneFlow
from sokoni.capabilities.marketplace.models import Basis, ListingId, SellerId
from sokoni.capabilities.marketplace.service.listings import Listings
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.errors import AppError
from sokoni.kit.money import Money
from sokoni.language.reading import KnownPlace, Price, Quantity
from sokoni.web.behalf import Change, Changing, contact_named, filled, on_behalf_of
from sokoni.web.once import OnlyOnce
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading
from sokoni.web.places import place_named
from sokoni.web.principal import Reader

router = APIRouter(prefix="/listings")


class ListingUnknownError(AppError):
    """No open listing has this reference."""

    code = "listing_unknown"
    http_status = 404


@dataclass(frozen=True, slots=True)
class Only:
    """Which listings are wanted, where not all of them are."""

    seller_id: SellerId | None
    place: str


async def _only(
    seller: Annotated[UUID | None, Query(description="What this seller has up")] = None,
    place: Annotated[str, Query(max_length=80, description="What is in just this place")] = "",
) -> Only:
    return Only(None if seller is None else SellerId(seller), place)


OnlyWanted = Annotated[Only, Depends(_only)]


@router.get("")
async def listings(
    principal: Reader, parts: Parts, session: Reading, wanted: PageWanted, only: OnlyWanted
) -> Page[ListingShown]:
    """Return what is on offer, oldest first."""
    service = Listings(session, principal.merchant_id, parts.clock())
    offers = await service.page(
        after=None if wanted.after is None else ListingId(wanted.after),
        limit=wanted.one_more,
        seller_id=only.seller_id,
        place_id=place_named(principal, parts, only.place).id if only.place else "",
    )
    return page_of(offers, wanted, lambda one: ListingShown.of(parts, one), lambda one: one.id)


@router.get("/{reference}")
async def listing(
    reference: Reference, principal: Reader, parts: Parts, session: Reading
) -> ListingShown:
    """Return one listing by what people quote."""
    service = Listings(session, principal.merchant_id, parts.clock())
    return ListingShown.of(parts, await _get(service, reference))


@router.post("", status_code=201)
async def put_up(said: ListingSaid, change: Changing, once: OnlyOnce) -> ListingShown:
    """Put a listing up for a contact, as if they had said yes to it; who waits for it is told."""

    async def act() -> ListingShown:
        contact_id = await contact_named(change, said.contact)
        async with on_behalf_of(change, contact_id) as context:
            flow = SellFlow(context)
            form = await filled(flow, SellForm, said.known(change))
            listed = await flow.put_up(form)
        return ListingShown.of(change.parts, await _get(_service(change), listed.reference))

    return await once.do(change, ListingShown, act)


@router.patch("/{reference}")
async def revise(reference: Reference, said: ListingChange, change: Changing) -> ListingShown:
    """Change how much there is, or what it costs."""
    service = _service(change)
    offer = await _get(service, reference)
    async with on_behalf_of(change, offer.contact_id) as context:
        form = await filled(SellFlow(context), SellForm, _known(change, offer, said))
    money = Money(Decimal(form.price.amount), form.price.currency)
    quantity, basis = said.quantity or offer.quantity, Basis(form.price.basis)
    await service.change(offer.contact_id, offer, quantity, money, basis)
    return ListingShown.of(change.parts, await _get(service, reference))


@router.delete("/{reference}", status_code=204)
async def take_down(reference: Reference, change: Changing) -> None:
    """Withdraw a listing; buyers who wait for the seller's answer are told."""
    offer = await _get(_service(change), reference)
    async with on_behalf_of(change, offer.contact_id) as context:
        await WithdrawOneFlow(context).take_down(offer)


def _service(change: Change) -> Listings:
    return Listings(change.session, change.principal.merchant_id, change.now)


async def _get(service: Listings, reference: str) -> Offer:
    offer = await service.find(reference)
    if offer is None:
        raise ListingUnknownError(reference)
    return offer


def _known(change: Change, offer: Offer, said: ListingChange) -> dict[str, Any]:
    """Return the slots of `SellForm`, as the listing has them and as they become different."""
    size = None if offer.size is None else float(offer.size)
    quantity = float(said.quantity or offer.quantity)
    price = Price(str(offer.price), offer.currency, offer.basis)
    if said.price is not None:
        fresh = said.price.value(offer.currency)
        price = replace(fresh, basis=fresh.basis or offer.basis)
    return {
        "thing": offer.thing,
        "quantity": Quantity(quantity, offer.unit, size, offer.size_unit),
        "price": price,
        "place": KnownPlace(
            id=offer.place_id,
            name=offer.place_name,
            town=offer.place_name,
            country=change.principal.merchant.country,
            latitude=offer.latitude,
            longitude=offer.longitude,
        ),
    }
