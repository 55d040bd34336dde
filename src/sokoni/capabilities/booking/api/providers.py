"""Providers, who do jobs: found, read, registered, changed."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.api.said import (
    ProviderChange,
    ProviderSaid,
    areas_of,
    service_of,
    services_of,
)
from sokoni.capabilities.booking.api.shown import ProviderShown, Showing
from sokoni.capabilities.booking.flows.register import RegisterFlow, RegisterForm
from sokoni.capabilities.booking.models import Provider, ProviderId
from sokoni.capabilities.booking.service.areas import Area
from sokoni.capabilities.booking.service.listed import ListedProviders
from sokoni.capabilities.booking.service.providers import (
    ProviderKnownError,
    Providers,
    ProviderUnknownError,
)
from sokoni.capabilities.booking.settings import NAME, BookingSettings
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.web.behalf import Change, Changing, contact_named, filled, on_behalf_of
from sokoni.web.contacts import ContactUnknownError, find_contact_named
from sokoni.web.once import OnlyOnce
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading, WebParts
from sokoni.web.places import place_at, place_named
from sokoni.web.principal import Principal, Reader
from sokoni.web.problems import Mistake, MistakenError

router = APIRouter(prefix="/providers")
_OTHER: Final = {
    ProviderStatus.ACTIVE: ProviderStatus.PAUSED,
    ProviderStatus.PAUSED: ProviderStatus.ACTIVE,
}
ServiceNamed = Annotated[str, Path(max_length=60, description="As people call it, or our id")]
NamedProvider = Annotated[
    str, Path(max_length=60, description="Phone number, reference (PRV-4H8N6RT), or contact id")
]


class ProviderStandsError(MistakenError):
    """Staff have not let the provider in, or no more."""

    code = "provider_stands"


class Near(BaseModel, frozen=True):
    """Who is wanted where."""

    location: str = Field("", max_length=80, description="Nearest to this place first")
    limit: int = Field(30, ge=1, le=90)
    offset: int = Field(0, ge=0, le=1000, description="So many are passed over")


@router.get("")
async def providers(
    principal: Reader, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[ProviderShown]:
    """Return who takes jobs, in the order in which they registered."""
    after = None if wanted.after is None else ProviderId(wanted.after)
    found = await _listing(principal, parts, session).page(after=after, limit=wanted.one_more)
    show = Showing(principal, parts, session).provider
    return page_of(found, wanted, show, lambda one: one.provider.id)


@router.get("/service/{service_type}")
async def providers_of(
    service_type: ServiceNamed,
    principal: Reader,
    parts: Parts,
    session: Reading,
    near: Annotated[Near, Query()],
) -> list[ProviderShown]:
    """Return who does such work, as contacts see them; without a place: whoever does it."""
    service = service_of(principal, service_type)
    trade = principal.merchant.settings(NAME, BookingSettings).trades[service]
    listing = _listing(principal, parts, session)
    window = {"limit": near.limit, "offset": near.offset}
    if near.location:
        place = place_named(principal, parts, near.location)
        found = await listing.near(service, place, trade.minutes, **window)
    else:
        found = await listing.doing(service, trade.minutes, **window)
    showing = Showing(principal, parts, session)
    return [showing.provider(one) for one in found]


@router.get("/{provider}")
async def one_provider(
    provider: NamedProvider, principal: Reader, parts: Parts, session: Reading
) -> ProviderShown:
    """Return one provider, whatever staff think of them."""
    found = await provider_named(session, parts, principal, provider)
    return await _shown(principal, parts, session, found)


@router.post("", status_code=HTTPStatus.CREATED)
async def register(said: ProviderSaid, change: Changing, once: OnlyOnce) -> ProviderShown:
    """Register a provider, as if they had said yes to it: staff are told, and let them in."""

    async def act() -> ProviderShown:
        contact_id = await contact_named(change, said.phone_number)
        providers = _providers(change)
        async with on_behalf_of(change, contact_id) as context:
            if await providers.find(contact_id) is not None:
                raise ProviderKnownError(contact_id)
            flow = RegisterFlow(context)
            await flow.complete(await filled(flow, RegisterForm, said.known(change)))
        provider = await providers.find(contact_id)
        if provider is None:
            raise ProviderUnknownError(str(contact_id))
        await _move(change, provider, said.location)
        return await _shown(change.principal, change.parts, change.session, provider)

    return await once.do(change, ProviderShown, act)


@router.put("/{provider}")
async def revise(provider: NamedProvider, said: ProviderChange, change: Changing) -> ProviderShown:
    """Change what a provider is called, does, and serves, or whether they take jobs now."""
    found = await provider_named(change.session, change.parts, change.principal, provider)
    providers = _providers(change)
    if said.name:
        await providers.change(found, name=said.name)
    if said.service_type:
        await providers.does(found, services_of(change.principal, said.service_type))
    if said.location:
        await _move(change, found, said.location)
    if said.areas:
        await providers.serves(found, [Area.of(one) for one in areas_of(change, said.areas)])
    if said.status and said.status != found.status:
        target = ProviderStatus(said.status)
        if not await providers.set_status(found, target, sources=[_OTHER[target]]):
            raise ProviderStandsError([Mistake(where="status", problem=found.status)])
    return await _shown(change.principal, change.parts, change.session, found)


async def provider_named(
    session: AsyncSession, parts: WebParts, principal: Principal, said: str
) -> Provider:
    """Return the provider of this number, reference or contact id, or raise."""
    providers = Providers(session, parts.vault, principal.merchant_id, parts.clock())
    found = await providers.find_quoted(said)
    if found is None:
        try:
            who = await find_contact_named(session, parts.vault, principal.merchant, said)
        except ContactUnknownError:
            raise ProviderUnknownError(said) from None
        found = await providers.find(who)
    if found is None:
        raise ProviderUnknownError(said)
    return found


async def _move(change: Change, provider: Provider, location: str) -> None:
    place, street = place_at(change.principal, change.parts, location)
    await _providers(change).change(provider, base=place, address=location if street else "")


async def _shown(
    principal: Principal, parts: WebParts, session: AsyncSession, provider: Provider
) -> ProviderShown:
    listed = await _listing(principal, parts, session).of([provider])
    return Showing(principal, parts, session).provider(listed[0])


def _listing(principal: Principal, parts: WebParts, session: AsyncSession) -> ListedProviders:
    merchant = principal.merchant
    return ListedProviders(session, parts.vault, merchant.id, parts.clock(), merchant.zone)


def _providers(change: Change) -> Providers:
    scope = (change.session, change.parts.vault, change.principal.merchant_id)
    return Providers(*scope, change.now)
