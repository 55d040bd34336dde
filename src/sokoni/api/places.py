"""Places that contacts and staff registered: see them, check them, add some, remove some."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.kit.ids import ContactId
from sokoni.places.distance import Point
from sokoni.places.models import PlaceId, RegisteredPlace
from sokoni.places.service import PlacesService
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading, WebParts, Writing
from sokoni.web.principal import Principal, Surveyor

router = APIRouter(prefix="/places", tags=["places"])


class PlaceShown(BaseModel, frozen=True):
    """A place, or another name of one that we ship."""

    id: UUID
    name: str
    town: str
    latitude: float
    longitude: float
    alias_of: str
    """Id of the shipped place that this is another name of; empty for a place of its own."""
    contact_id: ContactId | None
    """Who registered it; null: a member of staff."""
    verified: bool
    created_at: datetime


class NewPlace(BaseModel, frozen=True, extra="forbid"):
    """A place that readers shall know from now on."""

    name: str = Field(min_length=2, max_length=60)
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    verified: bool = False


@router.get("")
async def list_places(
    principal: Surveyor,
    parts: Parts,
    session: Reading,
    wanted: PageWanted,
    unverified: Annotated[bool, Query(description="only those nobody has checked")] = False,
) -> Page[PlaceShown]:
    """List what was registered, the newest first."""
    after = PlaceId(wanted.after) if wanted.after else None
    places = _places(session, principal, parts)
    found = await places.page(unverified=unverified, after=after, limit=wanted.one_more)
    return page_of(found, wanted, _shown, lambda one: one.id)


@router.post("", status_code=201)
async def add_place(
    new: NewPlace, principal: Surveyor, parts: Parts, writing: Writing
) -> PlaceShown:
    """Register a place: within ten seconds every process knows it."""
    places = _places(writing.session, principal, parts)
    point = Point(new.latitude, new.longitude)
    await places.register(new.name, point, verified=new.verified)
    return _shown(await places.get_named(new.name))


@router.post("/{place_id}/verify")
async def verify(
    place_id: UUID, principal: Surveyor, parts: Parts, writing: Writing
) -> PlaceShown:
    """Note that somebody has looked at it."""
    places = _places(writing.session, principal, parts)
    found = await places.get(PlaceId(place_id))
    await places.verify(found)
    return _shown(found)


@router.delete("/{place_id}", status_code=204)
async def remove(place_id: UUID, principal: Surveyor, parts: Parts, writing: Writing) -> None:
    """Know it no more. What was listed there keeps its name."""
    places = _places(writing.session, principal, parts)
    await places.remove(await places.get(PlaceId(place_id)))


def _places(session: AsyncSession, principal: Principal, parts: WebParts) -> PlacesService:
    return PlacesService(
        session,
        principal.merchant_id,
        principal.merchant.country,
        shipped=parts.places.shipped,
        clock=parts.clock,
    )


def _shown(one: RegisteredPlace) -> PlaceShown:
    return PlaceShown(
        id=one.id,
        name=one.name,
        town=one.town,
        latitude=one.latitude,
        longitude=one.longitude,
        alias_of=one.alias_of,
        contact_id=one.contact_id,
        verified=one.verified,
        created_at=one.created_at,
    )
