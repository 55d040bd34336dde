"""Sellers: who sells, where, and what they have dealt in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Select, Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import Seller, SellerId, SellerTrade
from sokoni.db.session import insert_once
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.language.reading import KnownPlace

_TRADES: Final = cast("Table", SellerTrade.__table__)


class Sellers:
    """One merchant's sellers."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def find(self, contact_id: ContactId) -> Seller | None:
        statement = self._sellers().where(Seller.contact_id == contact_id)
        return await self._session.scalar(statement)

    async def page(self, *, after: SellerId | None, limit: int) -> Sequence[Seller]:
        """Return sellers in the order in which they joined, for the API and pages."""
        statement = self._sellers().order_by(Seller.id).limit(limit)
        if after is not None:
            statement = statement.where(Seller.id > after)
        return (await self._session.scalars(statement)).all()

    async def enrol(self, contact_id: ContactId, place: KnownPlace) -> Seller:
        """Make the contact a seller, or return the one they are already."""
        return await self.find(contact_id) or await self._create(contact_id, place)

    async def move(self, seller: Seller, place: KnownPlace) -> None:
        """Have the seller live in another place from now on; listings stay where they are."""
        seller.place_id, seller.place_name = place.id, place.name
        seller.latitude, seller.longitude = place.latitude, place.longitude
        await self._session.flush()

    async def deals_in(self, seller_id: SellerId, trades: Sequence[str]) -> None:
        """Remember what the seller deals in, for buyers' requests to come."""
        rows = [
            {"merchant_id": self._merchant_id, "trade": trade, "seller_id": seller_id}
            for trade in trades
        ]
        await insert_once(self._session, _TRADES, rows)

    async def _create(self, contact_id: ContactId, place: KnownPlace) -> Seller:
        seller = Seller(
            merchant_id=self._merchant_id,
            contact_id=contact_id,
            place_id=place.id,
            place_name=place.name,
            latitude=place.latitude,
            longitude=place.longitude,
            joined_at=self._now,
        )
        self._session.add(seller)
        await self._session.flush()
        return seller

    def _sellers(self) -> Select[Seller]:
        """Scope of every query here."""
        return select(Seller).where(Seller.merchant_id == self._merchant_id)


def home_of(seller: Seller, country: str) -> KnownPlace:
    """Return where the seller lives, as a reader would."""
    return KnownPlace(
        id=seller.place_id,
        name=seller.place_name,
        town=seller.place_name,
        country=country,
        latitude=seller.latitude,
        longitude=seller.longitude,
    )
