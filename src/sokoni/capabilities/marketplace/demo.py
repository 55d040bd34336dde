"""Loads the demo marketplace: sellers with what they sell, and buyers with what they look for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pydantic import BaseModel

from sokoni.capabilities.marketplace.models import Basis
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.buy_requests import BuyRequests, NewRequest
from sokoni.capabilities.marketplace.service.listings import Listings
from sokoni.capabilities.marketplace.service.offers import NewListing
from sokoni.capabilities.marketplace.service.sellers import Sellers
from sokoni.capabilities.marketplace.settings import NAME, MarketplaceSettings
from sokoni.demo.loading import DemoDataError, Loading
from sokoni.language.reading import KnownPlace, Price, Quantity
from sokoni.places.gazetteer import Gazetteer

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


class DemoData(BaseModel, frozen=True, extra="forbid"):
    """The marketplace's part of a demo file."""

    sellers: tuple[DemoSeller, ...] = ()
    requests: tuple[DemoRequest, ...] = ()


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
            days = self.settings.listing_days
            await listings.create(seller, one, meaning_of(one.thing), prefix=prefix, days=days)

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
    settings = MarketplaceSettings.of(loading.merchant.capabilities.get(NAME, {}))
    loader = _Loader(loading, Gazetteer(), settings)
    for number, seller in enumerate(said.sellers):
        await loader.seller(seller, number)
    for request in said.requests:
        await loader.request(request)


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
