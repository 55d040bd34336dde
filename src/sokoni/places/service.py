"""Registers places that contacts know and we did not, for one merchant."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.language.reading import KnownPlace
from sokoni.places.borders import inside
from sokoni.places.distance import Point
from sokoni.places.gazetteer import Gazetteer
from sokoni.places.models import RegisteredPlace
from sokoni.places.rows import Row, key_of

_SMALL: Final = 9
_SOURCE: Final = "a contact"


class PlaceError(AppError):
    """A place cannot be registered."""


class PlaceKnownError(PlaceError):
    """The name means a place already."""

    code: ClassVar[str] = "place_known"

    def __init__(self, place: KnownPlace) -> None:
        super().__init__(place.id)
        self.place = place


class PlaceUnusableError(PlaceError):
    """The name is no name, or the point lies outside the country."""

    code: ClassVar[str] = "place_unusable"
    http_status: ClassVar[int] = 422


class PlacesService:
    """The places of one merchant: those we ship for its country, and its own."""

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

    async def gazetteer(self) -> Gazetteer:
        """Return everything the merchant's contacts may name."""
        own = await self._own()
        return self._shipped.with_more(self._rows(own)) if own else self._shipped

    async def register(self, name: str, point: Point, contact_id: ContactId | None) -> KnownPlace:
        """Remember a place of its own; refuse a name that means one already."""
        await self._check_new(name)
        if not inside(point, self._country):
            raise PlaceUnusableError(name)
        near = self._shipped.nearest(point.latitude, point.longitude)
        row = self._made(name, point, contact_id, town=near.town if near else name)
        await self._add(row)
        return self._place(row)

    async def add_alias(self, alias: str, place: KnownPlace, contact_id: ContactId | None) -> None:
        """Remember another name of a place that we ship."""
        await self._check_new(alias)
        point = Point(place.latitude, place.longitude)
        row = self._made(alias, point, contact_id, town=place.town)
        row.alias_of = place.id
        await self._add(row)

    async def _check_new(self, name: str) -> None:
        key = key_of(name)
        if len(key) < 2 or len(name) > 80 or key.isdigit():
            raise PlaceUnusableError(name)
        known = (await self.gazetteer()).named(name, self._country)
        if known is not None:
            raise PlaceKnownError(known)

    def _made(
        self, name: str, point: Point, contact_id: ContactId | None, *, town: str
    ) -> RegisteredPlace:
        return RegisteredPlace(
            merchant_id=self._merchant_id,
            name=name.strip(),
            key=key_of(name),
            town=town,
            latitude=round(point.latitude, 2),
            longitude=round(point.longitude, 2),
            contact_id=contact_id,
            created_at=self._clock(),
        )

    async def _add(self, row: RegisteredPlace) -> None:
        self._session.add(row)
        await self._session.flush()

    async def _own(self) -> Sequence[RegisteredPlace]:
        statement = self._scope().order_by(RegisteredPlace.created_at, RegisteredPlace.id)
        return (await self._session.scalars(statement)).all()

    def _scope(self) -> Select[RegisteredPlace]:
        return select(RegisteredPlace).where(RegisteredPlace.merchant_id == self._merchant_id)

    def _rows(self, own: Sequence[RegisteredPlace]) -> Iterator[Row]:
        shipped = {row.place.id: row.place for row in self._shipped.rows}
        for row in own:
            place = shipped.get(row.alias_of)
            if place is None:
                yield Row(self._place(row), (), _SMALL, _SOURCE)
            else:
                yield Row(place, (row.name, *self._shipped.aliases(place.id)), _SMALL, _SOURCE)

    def _place(self, row: RegisteredPlace) -> KnownPlace:
        return KnownPlace(
            id=str(row.id),
            name=row.name,
            town=row.town,
            country=self._country,
            latitude=row.latitude,
            longitude=row.longitude,
        )
