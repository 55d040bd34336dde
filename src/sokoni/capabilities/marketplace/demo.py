"""Loads the demo marketplace: sellers with what they sell, and buyers with what they look for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pydantic import BaseModel, Field

from sokoni.capabilities.marketplace.models import Basis
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.buy_requests import BuyRequests, NewRequest
from sokoni.capabilities.marketplace.service.listings import Listings
from sokoni.capabilities.marketplace.service.offers import NewListing
from sokoni.capabilities.marketplace.service.sellers import Sellers
from sokoni.capabilities.marketplace.settings import NAME, MarketplaceSettings
from sokoni.contacts.register import PHONE, find_contact
from sokoni.demo.loading import DemoDataError, Loading
from sokoni.kit.ids import ContactId
from sokoni.language.reading import KnownPlace, Price, Quantity
from sokoni.places.gazetteer import Gazetteer
from sokoni.reviews.deals import Deals, NewDeal
from sokoni.reviews.models import Said
from sokoni.reviews.ratings import Ratings

_OLDEST_DAYS: Final = 20
"""Listings are spread over so many days, so that "newest first" shows."""


class DemoSeller(BaseModel, frozen=True, extra="forbid"):
    """A seller; a listing is `thing | quantity | price`, the price for each unless it says all."""

    name: str
    phone: str
    place: str
    language: str = ""
    sells: tuple[str, ...]


class DemoRequest(BaseModel, frozen=True, extra="forbid"):
    """A buyer who waits for something."""

    name: str
    phone: str
    place: str
    language: str = ""
    thing: str
    quantity: str = ""


class DemoDeal(BaseModel, frozen=True, extra="forbid"):
    """A deal of two of them, by their numbers, and what the buyer said of it."""

    seller: str
    buyer: str
    thing: str
    stars: int = Field(ge=1, le=5)
    words: str = ""


class DemoData(BaseModel, frozen=True, extra="forbid"):
    """The marketplace's part of a demo file."""

    sellers: tuple[DemoSeller, ...] = ()
    requests: tuple[DemoRequest, ...] = ()
    deals: tuple[DemoDeal, ...] = ()


@dataclass(frozen=True, slots=True)
class _Loader:
    loading: Loading
    places: Gazetteer
    settings: MarketplaceSettings

    async def seller(self, said: DemoSeller, number: int) -> None:
        contact_id = await self.loading.contact(said.phone, said.name, said.language)
        place = self._place(said.place)
        merchant, now = self.loading.merchant, self.loading.clock()
        sellers = Sellers(self.loading.session, merchant.id, now)
        seller = await sellers.enrol(contact_id, place)
        new = [self._listing(line, place) for line in said.sells]
        trades = {trade for one in new for trade in meaning_of(one.thing).trades}
        await sellers.deals_in(seller.id, sorted(trades))
        for turn, one in enumerate(new):
            age = timedelta(days=(number * 7 + turn * 3) % _OLDEST_DAYS, minutes=number)
            listings = Listings(self.loading.session, merchant.id, now - age)
            prefix = merchant.reference_prefix or "LST"
            await listings.create(
                seller,
                one,
                meaning_of(one.thing),
                prefix=prefix,
                days=self.settings.listing_days,
                ask_days=self.settings.renew_days,
            )

    async def request(self, said: DemoRequest) -> None:
        contact_id = await self.loading.contact(said.phone, said.name, said.language)
        merchant, now = self.loading.merchant, self.loading.clock()
        new = NewRequest(
            thing=said.thing,
            meaning=meaning_of(said.thing),
            quantity=_quantity(said.quantity) if said.quantity else None,
            place=self._place(said.place),
        )
        requests = BuyRequests(self.loading.session, merchant.id, now)
        await requests.keep(contact_id, new, days=self.settings.request_days)

    async def deal(self, said: DemoDeal, number: int) -> None:
        seller_id, buyer_id = await self._known(said.seller), await self._known(said.buyer)
        merchant, at = self.loading.merchant, self.loading.clock() - timedelta(days=number + 1)
        deals = Deals(self.loading.session, merchant.id, at)
        new = NewDeal(
            capability=NAME,
            subject=f"demo {number}",
            thing=said.thing,
            provider_id=seller_id,
            customer_id=buyer_id,
        )
        deal = await deals.open(new, days=self.settings.deal_days)
        for side in (seller_id, buyer_id):
            await deals.answer(deal.id, side, Said.YES)
        ratings = Ratings(self.loading.session, self.loading.vault, merchant.id, at)
        days = self.settings.review_days
        await ratings.give(deal.id, buyer_id, said.stars, said.words, days=days)

    async def _known(self, phone: str) -> ContactId:
        hashed = self.loading.vault.hash(PHONE, phone)
        merchant_id = self.loading.merchant.id
        found = await find_contact(self.loading.session, merchant_id, PHONE, hashed)
        if found is None:
            raise DemoDataError(f"{phone} of a deal is nobody's")
        return found

    def _listing(self, line: str, place: KnownPlace) -> NewListing:
        thing, quantity, price = _parts(line)
        amount, _, basis = price.partition(" ")
        return NewListing(
            thing=thing,
            quantity=_quantity(quantity),
            price=Price(amount, self.loading.merchant.currency),
            basis=Basis.TOTAL if basis == "all" else Basis.EACH,
            place=place,
        )

    def _place(self, name: str) -> KnownPlace:
        place = self.places.named(name, self.loading.merchant.country)
        if place is None:
            raise DemoDataError(f"{name} is no place we know")
        return place


async def load_demo(loading: Loading, data: Mapping[str, Any]) -> None:
    """Load sellers, listings and buy requests."""
    said = DemoData.model_validate(data)
    settings = loading.merchant.settings(NAME, MarketplaceSettings)
    loader = _Loader(loading, Gazetteer(), settings)
    for number, seller in enumerate(said.sellers):
        await loader.seller(seller, number)
    for request in said.requests:
        await loader.request(request)
    for number, deal in enumerate(said.deals):
        await loader.deal(deal, number)


_QUANTITY: Final = re.compile(r"([\d.]+)(?: ([a-z]+))?(?: ([\d.]+)([a-z]+))?")


def _quantity(text: str) -> Quantity:
    """Read "10", "3 bag" or "3 bag 50kg"; units are our own ids."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        raise DemoDataError(f"{text} is no quantity")
    amount, unit, size, size_unit = found.groups()
    return Quantity(float(amount), unit or "", float(size) if size else None, size_unit or "")


def _parts(line: str) -> Sequence[str]:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 3:
        raise DemoDataError(f"{line} is not `thing | quantity | price`")
    return parts
