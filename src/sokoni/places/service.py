"""One merchant's own places: registered by contacts and staff, checked and removed by staff."""

import re
from collections.abc import Sequence
from typing import ClassVar, Final, cast

from sqlalchemy import Select, Table, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.language.reading import KnownPlace
from sokoni.places.borders import inside
from sokoni.places.distance import Point
from sokoni.places.gazetteer import Gazetteer
from sokoni.places.models import PlaceId, RegisteredPlace
from sokoni.places.registered import place_of, rows_of
from sokoni.places.rows import key_of
from sokoni.places.together import Together

MOST_UNCHECKED: Final = 10
"""Places of one contact that nobody has checked: more are not taken from them."""

_LONGEST: Final = 60
# No figures to call and no addresses to open: other contacts read these names.
_NAME: Final = re.compile(r"[^\W\d_](?:[^\W_]|[ '\u2019/&()-]|\.(?!\S))+")
_MANY_FIGURES: Final = re.compile(r"\d{4}")
_PLACES: Final = cast("Table", RegisteredPlace.__table__)


class PlaceError(AppError):
    """A place cannot be registered, or is not there."""


class PlaceKnownError(PlaceError):
    """The name means a place already."""

    code: ClassVar[str] = "place_known"

    def __init__(self, place: KnownPlace) -> None:
        super().__init__(f"{place.name} is known already: {place.id}")
        self.place = place


class PlaceUnusableError(PlaceError):
    """The name is no name, or the point lies outside the country."""

    code: ClassVar[str] = "place_unusable"
    http_status: ClassVar[int] = 422


class TooManyPlacesError(PlaceError):
    """The contact has registered many that nobody has checked."""

    code: ClassVar[str] = "too_many_places"
    http_status: ClassVar[int] = 429


class PlaceMissingError(PlaceError):
    """The merchant has registered no such place."""

    code: ClassVar[str] = "place_missing"
    http_status: ClassVar[int] = 404


class PlacesService:
    """What one merchant knows beyond the places that we ship for its country."""

    def __init__(
        self,
        session: AsyncSession,
        merchant_id: MerchantId,
        country: str,
        *,
        shipped: Gazetteer,
        clock: Clock,
    ) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._country = country
        self._shipped = shipped
        self._clock = clock

    async def known(self) -> Together:
        """Return everything the merchant's contacts may name, as it is in the database."""
        own = (await self._session.scalars(self._scope())).all()
        return Together(self._shipped, Gazetteer(rows_of(own, self._country, self._shipped.by_id)))

    def shipped_named(self, name: str) -> KnownPlace | None:
        """Return the place that we ship under this name."""
        return self._shipped.named(name, self._country)

    # --- registering --------------------------------------------------------------------------

    async def register(
        self,
        name: str,
        point: Point,
        contact_id: ContactId | None = None,
        *,
        verified: bool = False,
    ) -> KnownPlace:
        """Remember a place of its own; refuse a name that means one already."""
        await self._check(name, contact_id)
        if not inside(point, self._country):
            raise PlaceUnusableError(f"{name} would lie outside the country.")
        near = self._shipped.nearest(point.latitude, point.longitude)
        town = near.town if near else name.strip()
        row = self._made(name, point, contact_id, town=town, verified=verified)
        await self._add(row)
        return place_of(row, self._country)

    async def add_alias(
        self,
        alias: str,
        place: KnownPlace,
        contact_id: ContactId | None = None,
        *,
        verified: bool = False,
    ) -> None:
        """Remember another name of a place that we ship."""
        await self._check(alias, contact_id)
        point = Point(place.latitude, place.longitude)
        row = self._made(alias, point, contact_id, town=place.town, verified=verified)
        row.alias_of = place.id
        await self._add(row)

    async def _check(self, name: str, contact_id: ContactId | None) -> None:
        if len(name) > _LONGEST or not _NAME.fullmatch(name.strip()) or _MANY_FIGURES.search(name):
            raise PlaceUnusableError(f"{name[:_LONGEST]} is no name of a place.")
        known = (await self.known()).named(name, self._country)
        if known is not None:
            raise PlaceKnownError(known)
        if contact_id is not None and await self._unchecked_of(contact_id) >= MOST_UNCHECKED:
            raise TooManyPlacesError(contact_id)

    async def _unchecked_of(self, contact_id: ContactId) -> int:
        own = self._scope().where(
            RegisteredPlace.contact_id == contact_id, RegisteredPlace.verified.is_(False)
        )
        return await self._session.scalar(select(func.count()).select_from(own.subquery())) or 0

    def _made(
        self,
        name: str,
        point: Point,
        contact_id: ContactId | None,
        *,
        town: str,
        verified: bool,
    ) -> RegisteredPlace:
        return RegisteredPlace(
            merchant_id=self._merchant_id,
            name=name.strip(),
            key=key_of(name),
            town=town,
            latitude=round(point.latitude, 2),
            longitude=round(point.longitude, 2),
            contact_id=contact_id,
            verified=verified,
            created_at=self._clock(),
        )

    async def _add(self, row: RegisteredPlace) -> None:
        try:
            async with self._session.begin_nested():
                self._session.add(row)
        except IntegrityError:
            # Somebody else has just registered it, in a transaction that we could not see into.
            other = await self._session.scalar(self._scope().where(RegisteredPlace.key == row.key))
            if other is None:
                raise
            raise PlaceKnownError(place_of(other, self._country)) from None

    # --- what staff see and do ------------------------------------------------------------------

    async def page(
        self, *, unverified: bool = False, after: PlaceId | None = None, limit: int
    ) -> Sequence[RegisteredPlace]:
        """Return the newest first."""
        statement = self._scope().order_by(None).order_by(RegisteredPlace.id.desc()).limit(limit)
        if unverified:
            statement = statement.where(RegisteredPlace.verified.is_(False))
        if after is not None:
            statement = statement.where(RegisteredPlace.id < after)
        return (await self._session.scalars(statement)).all()

    async def get(self, place_id: PlaceId) -> RegisteredPlace:
        """Return one of the merchant's own, or raise `PlaceMissingError`."""
        found = await self._session.scalar(self._scope().where(RegisteredPlace.id == place_id))
        if found is None:
            raise PlaceMissingError(place_id)
        return found

    async def get_named(self, name: str) -> RegisteredPlace:
        """Return the one that was registered by this name, or raise `PlaceMissingError`."""
        found = await self._session.scalar(
            self._scope().where(RegisteredPlace.key == key_of(name))
        )
        if found is None:
            raise PlaceMissingError(f"No place called {name} was registered.")
        return found

    async def verify(self, place: RegisteredPlace) -> None:
        """Note that staff have looked at it."""
        place.verified = True
        await self._session.flush()

    async def remove(self, place: RegisteredPlace) -> None:
        """Know it no more. What was listed there keeps the name and the point."""
        await self._session.execute(delete(_PLACES).where(_PLACES.c.id == place.id))

    def _scope(self) -> Select[RegisteredPlace]:
        """Scope of every query here."""
        statement = select(RegisteredPlace).order_by(RegisteredPlace.id)
        return statement.where(RegisteredPlace.merchant_id == self._merchant_id)


async def merge_contacts(connection: AsyncConnection, old: ContactId, new: ContactId) -> None:
    """Have the places that the first contact registered be the second's: they are one person."""
    moved = update(_PLACES).where(_PLACES.c.contact_id == old).values(contact_id=new)
    await connection.execute(moved)
