"""Finds who does a job at a place: nearest first where that is known, then the best rated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import cos, radians
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Double, Integer, Table, Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import Provider, ProviderId, ProviderReach
from sokoni.capabilities.booking.service.areas import keys_for
from sokoni.capabilities.booking.service.availability import Availability
from sokoni.capabilities.booking.service.providers import NAME_COLUMN
from sokoni.db.prepared import Prepared
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.language.reading import KnownPlace
from sokoni.places.distance import Point, km_between

_PROVIDERS: Final = cast("Table", Provider.__table__)
_REACH: Final = cast("Table", ProviderReach.__table__)
_TOWN: Final = "town"
_NOBODY: Final = "-"
_CIRCLES: Final = (0.01, 0.03, 0.1, 1.0, 400.0)
"""Degrees around the job, the last of them around the world."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A provider as a contact chooses among them."""

    id: ProviderId
    contact_id: ContactId
    reference: str
    name: str
    place_name: str
    stars: float | None
    """None: nobody has rated them."""
    ratings: int
    km: float | None
    """From the job, where it is known where in the town that is."""
    next_free: datetime | None


class Search:
    """Finds providers of one merchant who take jobs."""

    def __init__(
        self,
        session: AsyncSession,
        vault: Vault,
        merchant_id: MerchantId,
        now: datetime,
        zone: ZoneInfo,
    ) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id
        self._availability = Availability(session, merchant_id, now, zone)

    async def near(
        self, service: str, place: KnownPlace, minutes: int, *, limit: int, offset: int = 0
    ) -> list[Candidate]:
        """Return who comes to the place, always in the same order."""
        bound = self._bound(service, place) | {"limit": limit, "offset": offset}
        if not is_near(place):
            rows = await _in_town().rows(self._session, bound)
        else:
            rows = await self._nearest(bound, limit)
        return await self._candidates(rows, place, minutes)

    async def _nearest(self, bound: dict[str, Any], limit: int) -> Sequence[Sequence[Any]]:
        """Look further and further away: whoever is in a circle is nearer than all outside."""
        rows: Sequence[Sequence[Any]] = ()
        for degrees in _CIRCLES:
            around = {
                "south": bound["here_latitude"] - degrees,
                "north": bound["here_latitude"] + degrees,
                "reach": degrees * degrees,
            }
            rows = await _in_part().rows(self._session, bound | around)
            if len(rows) >= limit:
                break
        return rows

    async def named(
        self, service: str, place: KnownPlace, minutes: int, provider_id: ProviderId
    ) -> Candidate | None:
        """Return one provider, where they do the job and come to the place."""
        bound = self._bound(service, place) | {"provider": provider_id}
        found = await self._candidates(await _one().rows(self._session, bound), place, minutes)
        return found[0] if found else None

    def _bound(self, service: str, place: KnownPlace) -> dict[str, Any]:
        first, *others = keys_for(place)
        here = point_of(place)
        return {
            "merchant": self._merchant_id,
            "service": service,
            "area": first,
            "part": others[0] if others else _NOBODY,
            "here_latitude": here.latitude,
            "here_longitude": here.longitude,
            "here_shrink": cos(radians(here.latitude)),
        }

    async def _candidates(
        self, rows: Sequence[Sequence[Any]], place: KnownPlace, minutes: int
    ) -> list[Candidate]:
        ids = [ProviderId(row[0]) for row in rows]
        free = await self._availability.next_free(ids, minutes) if ids else {}
        return [self._candidate(row, place, free.get(ProviderId(row[0]))) for row in rows]

    def _candidate(
        self, row: Sequence[Any], place: KnownPlace, next_free: datetime | None
    ) -> Candidate:
        (provider_id, contact_id, reference, name, place_name, total, count, *point) = row
        return Candidate(
            id=provider_id,
            contact_id=contact_id,
            reference=reference,
            name=self._vault.open_text(NAME_COLUMN, provider_id, name),
            place_name=place_name,
            stars=total / count if count else None,
            ratings=count,
            km=km_between(point_of(place), Point(*point)) if is_near(place) else None,
            next_free=next_free,
        )


def is_near(place: KnownPlace) -> bool:
    """Tell whether it is known where in the town a job is: by a pin, or at least by its suburb."""
    return place.pin is not None or place.kind != _TOWN


def point_of(place: KnownPlace) -> Point:
    """Return from where distances count: the contact's pin, else the middle of the place."""
    return Point(*place.pin) if place.pin else Point(place.latitude, place.longitude)


_COLUMNS: Final = (
    _PROVIDERS.c.id,
    _PROVIDERS.c.contact_id,
    _PROVIDERS.c.reference,
    _PROVIDERS.c.name,
    _PROVIDERS.c.place_name,
    _PROVIDERS.c.stars_sum,
    _PROVIDERS.c.stars_count,
    _PROVIDERS.c.latitude,
    _PROVIDERS.c.longitude,
)
_WANTED: Final = (
    _REACH.c.merchant_id == bindparam("merchant", type_=Uuid()),
    _REACH.c.service == bindparam("service"),
)


@cache
def _in_town() -> Prepared:
    """Build once what goes along the index of the best: only those shown are read."""
    found = (
        select(_REACH.c.provider_id, _REACH.c.shortfall)
        .where(*_WANTED, _REACH.c.area == bindparam("area"))
        .order_by(_REACH.c.shortfall, _REACH.c.provider_id)
        .limit(bindparam("limit", type_=Integer()))
        .offset(bindparam("offset", type_=Integer()))
        .subquery("found")
    )
    statement = select(*_COLUMNS).join(found, found.c.provider_id == _PROVIDERS.c.id)
    return Prepared(statement.order_by(found.c.shortfall, found.c.provider_id))


@cache
def _in_part() -> Prepared:
    """Build once what sorts by plane geometry, which every database has."""
    up = _REACH.c.latitude - bindparam("here_latitude", type_=Double())
    right = (_REACH.c.longitude - bindparam("here_longitude", type_=Double())) * bindparam(
        "here_shrink", type_=Double()
    )
    far = (up * up + right * right).label("far")
    found = (
        select(_REACH.c.provider_id, _REACH.c.shortfall, far)
        .where(
            *_WANTED,
            _REACH.c.area.in_([bindparam("area"), bindparam("part")]),
            _REACH.c.latitude.between(
                bindparam("south", type_=Double()), bindparam("north", type_=Double())
            ),
            up * up + right * right <= bindparam("reach", type_=Double()),
        )
        .order_by(far, _REACH.c.shortfall, _REACH.c.provider_id)
        .limit(bindparam("limit", type_=Integer()))
        .offset(bindparam("offset", type_=Integer()))
        .subquery("found")
    )
    statement = select(*_COLUMNS).join(found, found.c.provider_id == _PROVIDERS.c.id)
    return Prepared(statement.order_by(found.c.far, found.c.shortfall, found.c.provider_id))


@cache
def _one() -> Prepared:
    statement = (
        select(*_COLUMNS)
        .join(_REACH, _REACH.c.provider_id == _PROVIDERS.c.id)
        .where(
            *_WANTED,
            _REACH.c.area.in_([bindparam("area"), bindparam("part")]),
            _REACH.c.provider_id == bindparam("provider", type_=Uuid()),
        )
        .limit(1)
    )
    return Prepared(statement)
