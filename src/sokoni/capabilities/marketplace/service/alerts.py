"""Alerts: which sellers are told of a buyer's request, in waves, each seller once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Row, Select, Table, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import (
    Alert,
    BuyRequest,
    BuyRequestId,
    Seller,
    SellerTrade,
)
from sokoni.capabilities.marketplace.service.distance import kilometres, nearness, nearness_to
from sokoni.contacts.models import Contact
from sokoni.db.session import insert_once
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.language.reading import KnownPlace

_ALERTS: Final = cast("Table", Alert.__table__)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a request concerns: who deals in such things, and who sells nearby."""

    trades: tuple[str, ...]
    place: KnownPlace | None
    within_km: int


@dataclass(frozen=True, slots=True)
class Wave:
    """Sellers to be told now, and whether there are more for later."""

    number: int
    contact_ids: tuple[ContactId, ...]
    more: bool


class Alerts:
    """One merchant's alerts."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def next_wave(
        self, request: BuyRequest, audience: Audience, *, size: int, cap: int
    ) -> Wave:
        """Note the next sellers as told of the request, and return them."""
        told, last = await self._so_far(request.id)
        room = max(0, min(size, cap - told))
        wanted = room + 1 if told + room < cap else room
        sellers = await self._candidates(request, audience, wanted) if wanted else []
        wave = Wave(last + 1, tuple(sellers[:room]), more=len(sellers) > room)
        await self._note(request.id, wave)
        return wave

    async def _so_far(self, request_id: BuyRequestId) -> tuple[int, int]:
        """Return how many sellers were told of the request, and the last wave's number."""
        statement = select(func.count(), func.coalesce(func.max(Alert.wave), 0)).where(
            Alert.merchant_id == self._merchant_id, Alert.request_id == request_id
        )
        told, last = (await self._session.execute(statement)).one()
        return told, last

    async def _candidates(
        self, request: BuyRequest, audience: Audience, limit: int
    ) -> list[ContactId]:
        """Return sellers of such things, nearest first, then whoever sells nearby."""
        here = audience.place
        rows = await self._read(self._dealing(request, audience), here, limit)
        if len(rows) < limit and here is not None:
            nearby = await self._read(self._reachable(request), here, limit + len(rows))
            rows += [
                row
                for row in nearby
                if kilometres(here, row.latitude, row.longitude) <= audience.within_km
            ]
        return list(dict.fromkeys(row.contact_id for row in rows))[:limit]

    async def _read(
        self, statement: Select[*tuple[Any, ...]], here: KnownPlace | None, limit: int
    ) -> list[Row[Any]]:
        ordered = _ordered(statement, here).limit(limit)
        return list((await self._session.execute(ordered)).all())

    def _dealing(self, request: BuyRequest, audience: Audience) -> Select[*tuple[Any, ...]]:
        return self._reachable(request).where(
            Seller.id.in_(
                select(SellerTrade.seller_id).where(
                    SellerTrade.merchant_id == self._merchant_id,
                    SellerTrade.trade.in_(audience.trades),
                )
            )
        )

    def _reachable(self, request: BuyRequest) -> Select[*tuple[Any, ...]]:
        """Select sellers who may be told: not the buyer, not told yet, nobody who opted out."""
        told = exists().where(
            Alert.request_id == request.id, Alert.contact_id == Seller.contact_id
        )
        return (
            select(Seller.contact_id, Seller.latitude, Seller.longitude)
            .join(Contact, Contact.id == Seller.contact_id)
            .where(
                *self._scope(),
                Seller.contact_id != request.contact_id,
                Contact.opted_out_at.is_(None),
                Contact.blocked_at.is_(None),
                ~told,
            )
        )

    def _scope(self) -> tuple[ColumnElement[bool], ...]:
        """Scope of every query over sellers here."""
        return (Seller.merchant_id == self._merchant_id,)

    async def _note(self, request_id: BuyRequestId, wave: Wave) -> None:
        rows = [
            {
                "id": new_id(),
                "merchant_id": self._merchant_id,
                "request_id": request_id,
                "contact_id": contact_id,
                "wave": wave.number,
                "created_at": self._now,
            }
            for contact_id in wave.contact_ids
        ]
        await insert_once(self._session, _ALERTS, rows)


def _ordered(
    statement: Select[*tuple[Any, ...]], place: KnownPlace | None
) -> Select[*tuple[Any, ...]]:
    if place is None:
        return statement.order_by(Seller.id.desc())
    distance = nearness(Seller.latitude.expression, Seller.longitude.expression)
    return statement.order_by(distance, Seller.id.desc()).params(**nearness_to(place))
