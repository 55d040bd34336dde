"""Loads the demo booking desk: providers, and what their customers said of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, Field

from sokoni.capabilities.booking.service.areas import Area
from sokoni.capabilities.booking.service.providers import NewProvider, Providers
from sokoni.capabilities.booking.settings import NAME, BookingSettings
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.demo.loading import DemoDataError, Loading
from sokoni.language.reading import KnownPlace
from sokoni.places.gazetteer import Gazetteer


class DemoProvider(BaseModel, frozen=True, extra="forbid"):
    """A provider; the first area is where they are, unless `base` says otherwise."""

    name: str
    phone: str
    services: tuple[str, ...] = Field(min_length=1)
    areas: tuple[str, ...] = Field(min_length=1)
    base: str = ""
    address: str = ""
    language: str = ""
    stars: tuple[int, ...] = ()
    lead_minutes: int = 0
    buffer_minutes: int = 0
    status: ProviderStatus = ProviderStatus.ACTIVE


class DemoData(BaseModel, frozen=True, extra="forbid"):
    """The booking desk's part of a demo file."""

    providers: tuple[DemoProvider, ...] = ()


async def load_demo(loading: Loading, data: Mapping[str, Any]) -> None:
    """Load providers with their hours and ratings."""
    said = DemoData.model_validate(data)
    settings = loading.merchant.settings(NAME, BookingSettings)
    places = Gazetteer()
    for number, one in enumerate(said.providers):
        await _provider(loading, settings, places, one, number)


async def _provider(
    loading: Loading,
    settings: BookingSettings,
    places: Gazetteer,
    said: DemoProvider,
    number: int,
) -> None:
    unknown = set(said.services) - set(settings.trades)
    if unknown:
        raise DemoDataError(f"{said.name} does {', '.join(sorted(unknown))}, which nobody offers")
    areas = [_place(loading, places, name) for name in said.areas]
    registered = loading.clock() - timedelta(days=200 - number)
    providers = Providers(loading.session, loading.vault, loading.merchant.id, registered)
    new = NewProvider(
        name=said.name,
        services=said.services,
        areas=tuple(Area.of(place) for place in areas),
        base=_place(loading, places, said.base) if said.base else areas[0],
        hours=settings.usual_hours,
        address=said.address,
        lead_minutes=said.lead_minutes,
        buffer_minutes=said.buffer_minutes,
        status=said.status,
    )
    contact_id = await loading.contact(said.phone, said.name, said.language)
    provider = await providers.register(contact_id, new)
    for stars in said.stars:
        await providers.is_rated(provider, stars)


def _place(loading: Loading, places: Gazetteer, name: str) -> KnownPlace:
    place = places.named(name, loading.merchant.country)
    if place is None:
        raise DemoDataError(f"{name} is no place we know")
    return place
