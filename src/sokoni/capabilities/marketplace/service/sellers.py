"""Sellers: who sells, where, and what they have dealt in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Select, Table, Uuid, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import Seller, SellerId, SellerTrade
from sokoni.db.prepared import Prepared
from sokoni.db.session import insert_once
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.language.reading import KnownPlace

_SELLERS: Final = cast("Table", Seller.__table__)
_TRADES: Final = cast("Table", SellerTrade.__table__)
_THEIRS: Final = Prepared(
    select(
        _SELLERS.c.id,
        _SELLERS.c.contact_id,
        _SELLERS.c.place_id,
        _SELLERS.c.place_name,
        _SELLERS.c.latitude,
        _SELLERS.c.longitude,
    ).where(
        _SELLERS.c.merchant_id == bindparam("merchant", type_=Uuid()),
        _SELLERS.c.contact_id == bindparam("contact", type_=Uuid()),
    )
)
"""Built once: it runs at the start of most tasks."""


class SellerUnknownError(AppError):
    """The merchant has no such seller."""

    code = "seller_unknown"
    http_status = 404


@dataclass(frozen=True, slots=True)
class Stall:
    """A seller and where they sell."""

    id: SellerId
    contact_id: ContactId
    place_id: str
    place_name: str
    latitude: float
    longitude: float

    def home(self, country: str) -> KnownPlace:
        """Return where the seller lives, as a reader would."""
        return KnownPlace(
            id=self.place_id,
            name=self.place_name,
            town=self.place_name,
            country=country,
            latitude=self.latitude,
            longitude=self.longitude,
        )


class Sellers:
    """One merchant's sellers."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def find(self, contact_id: ContactId) -> Stall | None:
        bound = {"merchant": self._merchant_id, "contact": contact_id}
        rows = await _THEIRS.rows(self._session, bound)
        return Stall(*rows[0]) if rows else None

    async def get(self, seller_id: SellerId) -> Seller:
        """Return a seller, or raise `SellerUnknownError`."""
        found = await self._session.scalar(self._sellers().where(Seller.id == seller_id))
        if found is None:
            raise SellerUnknownError(str(seller_id))
        return found

    async def page(self, *, after: SellerId | None, limit: int) -> Sequence[Seller]:
        """Return sellers in the order in which they joined, for the API and pages."""
        statement = self._sellers().order_by(Seller.id).limit(limit)
        if after is not None:
            statement = statement.where(Seller.id > after)
        return (await self._session.scalars(statement)).all()

    async def enrol(self, contact_id: ContactId, place: KnownPlace) -> Stall:
        """Make the contact a seller, or return the one they are already."""
        found = await self.find(contact_id)
        if found is None:
            await self._create(contact_id, place)
            # Read again: a program may have made them one in the same moment.
            found = await self.find(contact_id)
        if found is None:
            raise SellerUnknownError("erased in this moment")
        return found

    async def move(self, stall: Stall, place: KnownPlace) -> None:
        """Have the seller live in another place from now on; listings stay where they are."""
        moving = update(_SELLERS).where(
            _SELLERS.c.merchant_id == self._merchant_id, _SELLERS.c.id == stall.id
        )
        await self._session.execute(moving.values(**_columns(place)))

    async def deals_in(self, seller_id: SellerId, trades: Sequence[str]) -> None:
        """Remember what the seller deals in, for buyers' requests to come."""
        rows = [
            {"merchant_id": self._merchant_id, "trade": trade, "seller_id": seller_id}
            for trade in trades
        ]
        await insert_once(self._session, _TRADES, rows)

    async def _create(self, contact_id: ContactId, place: KnownPlace) -> None:
        row = {
            "id": new_id(),
            "merchant_id": self._merchant_id,
            "contact_id": contact_id,
            "joined_at": self._now,
            **_columns(place),
        }
        await insert_once(self._session, _SELLERS, [row])

    def _sellers(self) -> Select[Seller]:
        """Scope of every query for whole sellers."""
        return select(Seller).where(Seller.merchant_id == self._merchant_id)


def _columns(place: KnownPlace) -> dict[str, object]:
    return {
        "place_id": place.id,
        "place_name": place.name,
        "latitude": place.latitude,
        "longitude": place.longitude,
    }
