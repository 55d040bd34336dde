"""Alerts: which sellers are told of a buyer's request, in waves, each seller once.

Told first are those from whom an offer is likeliest: who sells just that, is near, and answers.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Table,
    Update,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import (
    Alert,
    BuyRequest,
    BuyRequestId,
    Seller,
    SellerId,
    SellerTrade,
)
from sokoni.capabilities.marketplace.service.distance import kilometres, nearness, nearness_to
from sokoni.contacts.models import Contact
from sokoni.db.session import insert_once, rows_changed
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.language.reading import KnownPlace

PER_DAY: Final = 3
"""Most requests that one seller is told of in a day."""
_ALERTS: Final = cast("Table", Alert.__table__)
_SELLERS: Final = cast("Table", Seller.__table__)
_LOOKED_AT: Final = 200
"""The nearest so many are held against each other."""
_JUST_THAT, _SUCH_THINGS, _NEIGHBOUR = 1.0, 0.4, 0.1
"""How likely they are to have it: who dealt in just that, in its category, in anything nearby."""
_NEAR_KM: Final = 50.0
_SOON_MINUTES: Final = 480.0
_USUAL_MINUTES: Final = 60.0


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a request concerns: who deals in such things, and who sells nearby."""

    trades: tuple[str, ...]
    place: KnownPlace | None
    within_km: int
    exact: tuple[str, ...] = ()
    """Those of the trades that are the thing itself, and not only its category."""


@dataclass(frozen=True, slots=True)
class Wave:
    """Sellers to be told now, and whether there are more for later."""

    number: int
    contact_ids: tuple[ContactId, ...]
    more: bool
    tomorrow: bool = False
    """There are more, but all of them were told of enough for today."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A seller who may be told."""

    id: SellerId
    contact_id: ContactId
    promise: float
    """How likely they are to make an offer, against the others."""
    full: bool
    """They were told of enough for today."""


class Alerts:
    """One merchant's alerts."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def next_wave(
        self,
        request: BuyRequest,
        audience: Audience,
        *,
        size: int,
        cap: int,
        per_day: int = PER_DAY,
        today: str = "",
    ) -> Wave:
        """Note the next sellers as told of the request, and return them.

        `today` is the day where the merchant is; nobody is told of more than `per_day` in it.
        """
        told, last = await self._so_far(request.id)
        room = max(0, min(size, cap - told))
        day = _Day(today or self._now.date().isoformat(), per_day)
        found = await self._candidates(request, audience, day) if room else []
        free = [one for one in found if not one.full]
        chosen = await self._counted(free, room, day)
        goes_on = told + len(chosen) < cap
        wave = Wave(
            last + 1,
            tuple(one.contact_id for one in chosen),
            more=goes_on and len(free) > len(chosen),
            tomorrow=goes_on and len(free) <= len(chosen) and len(found) > len(free),
        )
        await self._note(request.id, wave)
        return wave

    async def answered(self, request_id: BuyRequestId, contact_id: ContactId) -> None:
        """Note that the seller answered what they were told, if they were; once."""
        alerts = _ALERTS.c
        theirs = (
            alerts.merchant_id == self._merchant_id,
            alerts.request_id == request_id,
            alerts.contact_id == contact_id,
            alerts.answered_at.is_(None),
        )
        told_at = await self._session.scalar(select(alerts.created_at).where(*theirs))
        answering = update(_ALERTS).where(*theirs).values(answered_at=self._now)
        if told_at is None or not await rows_changed(self._session, answering):
            return
        minutes = int((self._now - told_at).total_seconds() // 60)
        noting = (
            update(_SELLERS)
            .where(*self._scope(), _SELLERS.c.contact_id == contact_id)
            .values(
                answered=_SELLERS.c.answered + 1,
                answer_minutes=_SELLERS.c.answer_minutes + minutes,
            )
        )
        await self._session.execute(noting)

    async def _counted(self, free: list[_Candidate], room: int, day: "_Day") -> list[_Candidate]:
        """Count an alert of each of the best, as long as it is not one too many for the day."""
        chosen: set[SellerId] = set()
        waiting = list(free)
        while waiting and len(chosen) < room:
            best, waiting = waiting[: room - len(chosen)], waiting[room - len(chosen) :]
            # In one order everywhere, so that two waves never wait for each other in a circle.
            for one in sorted(best, key=lambda one: one.id):
                if await rows_changed(self._session, day.count(self._merchant_id, one.id)):
                    chosen.add(one.id)
        return [one for one in free if one.id in chosen]

    async def _so_far(self, request_id: BuyRequestId) -> tuple[int, int]:
        """Return how many sellers were told of the request, and the last wave's number."""
        statement = select(func.count(), func.coalesce(func.max(Alert.wave), 0)).where(
            Alert.merchant_id == self._merchant_id, Alert.request_id == request_id
        )
        told, last = (await self._session.execute(statement)).one()
        return told, last

    async def _candidates(
        self, request: BuyRequest, audience: Audience, day: "_Day"
    ) -> list[_Candidate]:
        """Return who may be told, the likeliest first: sellers of such things, then neighbours."""
        here = audience.place
        rows = await self._read(self._dealing(request, audience, day), here)
        found = {row.contact_id: _candidate(row, here, _dealt(row)) for row in rows}
        if len(rows) < _LOOKED_AT and here is not None:
            for row in await self._read(self._reachable(request, audience, day), here):
                near = kilometres(here, row.latitude, row.longitude) <= audience.within_km
                if near and row.contact_id not in found:
                    found[row.contact_id] = _candidate(row, here, _NEIGHBOUR)
        # Of two alike the one who joined last, who had less of a chance so far.
        newest = sorted(found.values(), key=lambda one: one.id, reverse=True)
        return sorted(newest, key=lambda one: -one.promise)

    async def _read(
        self, statement: Select[*tuple[Any, ...]], here: KnownPlace | None
    ) -> list[Row[Any]]:
        ordered = _ordered(statement, here).limit(_LOOKED_AT)
        return list((await self._session.execute(ordered)).all())

    def _dealing(
        self, request: BuyRequest, audience: Audience, day: "_Day"
    ) -> Select[*tuple[Any, ...]]:
        dealers = self._dealers(audience.trades)
        return self._reachable(request, audience, day).where(Seller.id.in_(dealers))

    def _dealers(self, trades: tuple[str, ...]) -> Select[SellerId]:
        return select(SellerTrade.seller_id).where(
            SellerTrade.merchant_id == self._merchant_id, SellerTrade.trade.in_(trades)
        )

    def _reachable(
        self, request: BuyRequest, audience: Audience, day: "_Day"
    ) -> Select[*tuple[Any, ...]]:
        """Select sellers who may be told: not the buyer, not told yet, nobody who opted out."""
        told = exists().where(
            Alert.request_id == request.id, Alert.contact_id == Seller.contact_id
        )
        return (
            select(
                Seller.id,
                Seller.contact_id,
                Seller.latitude,
                Seller.longitude,
                Seller.alerted,
                Seller.answered,
                Seller.answer_minutes,
                Seller.id.in_(self._dealers(audience.exact)).label("just_that"),
                day.is_full().label("full"),
            )
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


@dataclass(frozen=True, slots=True)
class _Day:
    """A day where the merchant is, and of how many requests one seller is told in it."""

    name: str
    most: int

    def is_full(self) -> ColumnElement[bool]:
        return (Seller.alert_day == self.name) & (Seller.alerts_today >= self.most)

    def count(self, merchant_id: MerchantId, seller_id: SellerId) -> Update:
        """Count one alert more, in one guarded UPDATE: many requests race for a seller's day."""
        columns = _SELLERS.c
        same = columns.alert_day == self.name
        counted = (
            update(_SELLERS)
            .where(columns.merchant_id == merchant_id, columns.id == seller_id)
            .where(or_(columns.alert_day != self.name, columns.alerts_today < self.most))
        )
        # In this order: MariaDB and MySQL see what was set before.
        return counted.ordered_values(
            (columns.alerts_today, case((same, columns.alerts_today + 1), else_=literal(1))),
            (columns.alert_day, self.name),
            (columns.alerted, columns.alerted + 1),
        )


def _dealt(row: Row[Any]) -> float:
    return _JUST_THAT if row.just_that else _SUCH_THINGS


def _candidate(row: Row[Any], here: KnownPlace | None, has: float) -> _Candidate:
    """Hold a seller against the others: has it, answers, soon, and is near."""
    # Who was told of little yet counts as answering every other time.
    answers = (row.answered + 1) / (row.alerted + 2)
    minutes = (row.answer_minutes + _USUAL_MINUTES) / (row.answered + 1)
    far = kilometres(here, row.latitude, row.longitude) if here is not None else 0.0
    promise = has * answers / (1 + minutes / _SOON_MINUTES) / (1 + far / _NEAR_KM)
    return _Candidate(row.id, row.contact_id, promise, bool(row.full))
