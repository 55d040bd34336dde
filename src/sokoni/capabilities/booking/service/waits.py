"""Who waits for time of a provider's to be free; they hear of it in the order in which they came.

Whatever frees time only notes who may want it: the calendar has them told, one a little after
the other, and what they are told is looked up then. Whoever books first has it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias, cast

import msgspec
from sqlalchemy import Select, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.capabilities.booking.models import BookingWait, ProviderId, WaitId
from sokoni.capabilities.booking.service.hours import Span
from sokoni.db.session import rows_changed
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, new_id

WANTED: Final = "booking_waits.wanted"
HEAD_START: Final = timedelta(minutes=10)
"""Who came first hears of it so long before the next."""
_WAITS: Final = cast("Table", BookingWait.__table__)
_LONGEST_JOB: Final = timedelta(days=1)
_AT_ONCE: Final = 50
_SLOTS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ENCODER: Final = msgspec.json.Encoder()
_Db: TypeAlias = AsyncConnection | AsyncSession


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWait:
    """What a customer waits for: a job of a provider's that begins within the span."""

    contact_id: ContactId
    provider_id: ProviderId
    service: str
    minutes: int
    within: Span
    wanted: Mapping[str, msgspec.Raw]
    """What else is known of it (JSON values of the form's slots)."""


class Waits:
    """Those who wait with one merchant."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant_id: MerchantId, now: datetime
    ) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id
        self._now = now

    async def add(self, new: NewWait) -> None:
        """Have the contact wait; who waits for the same already keeps their place."""
        same = self._of(new.contact_id).where(
            BookingWait.provider_id == new.provider_id,
            BookingWait.service == new.service,
            BookingWait.starts_at == new.within.start,
            BookingWait.ends_at == new.within.end,
        )
        if await self._session.scalar(same) is not None:
            return
        wait_id = WaitId(new_id())
        row = {
            "id": wait_id,
            "merchant_id": self._merchant_id,
            "contact_id": new.contact_id,
            "provider_id": new.provider_id,
            "service": new.service,
            "minutes": new.minutes,
            "starts_at": new.within.start,
            "ends_at": new.within.end,
            "wanted": self._vault.seal(WANTED, wait_id, _ENCODER.encode(new.wanted)),
            "created_at": self._now,
        }
        await self._session.execute(insert(_WAITS), [row])

    async def find(self, wait_id: WaitId, contact_id: ContactId) -> BookingWait | None:
        """Return what the contact waits for, None where that is over."""
        mine = self._of(contact_id).where(
            BookingWait.id == wait_id, BookingWait.ends_at > self._now
        )
        return await self._session.scalar(mine)

    def wanted(self, wait: BookingWait) -> Mapping[str, msgspec.Raw]:
        return _SLOTS.decode(self._vault.open(WANTED, wait.id, wait.wanted))

    async def withdraw(
        self, contact_id: ContactId, service: str = "", day: Span | None = None
    ) -> bool:
        """Have the contact wait no more: for a service on a day, or for nothing at all."""
        theirs = delete(BookingWait).where(
            BookingWait.merchant_id == self._merchant_id, BookingWait.contact_id == contact_id
        )
        if service:
            theirs = theirs.where(BookingWait.service == service)
        if day is not None:
            theirs = theirs.where(
                BookingWait.starts_at < day.end, BookingWait.ends_at >= day.start
            )
        return bool(await rows_changed(self._session, theirs))

    def _of(self, contact_id: ContactId) -> Select[BookingWait]:
        theirs = select(BookingWait).where(
            BookingWait.merchant_id == self._merchant_id, BookingWait.contact_id == contact_id
        )
        return theirs.execution_options(populate_existing=True)


async def may_be_free(
    db: _Db, provider_id: ProviderId, freed: Iterable[Span], now: datetime
) -> None:
    """Have those who wait for some of this time hear of it, each when their turn has come."""
    for span in freed:
        waiting = (
            select(_WAITS.c.id, _WAITS.c.ends_at, _WAITS.c.minutes)
            .where(
                _WAITS.c.provider_id == provider_id,
                _WAITS.c.ends_at > max(now, span.start - _LONGEST_JOB),
                _WAITS.c.starts_at < span.end,
                _WAITS.c.due_at.is_(None),
            )
            .order_by(_WAITS.c.created_at, _WAITS.c.id)
            .limit(_AT_ONCE)
        )
        some = [
            row.id
            for row in await db.execute(waiting)
            if row.ends_at + timedelta(minutes=row.minutes) > span.start
        ]
        for place, wait_id in enumerate(some):
            theirs = update(_WAITS).where(_WAITS.c.id == wait_id)
            await db.execute(theirs.values(due_at=now + place * HEAD_START))


async def tidy_waits(connection: AsyncConnection, now: datetime) -> bool:
    """Delete those whose time is past; True where there may be more of them."""
    over = select(_WAITS.c.id).where(_WAITS.c.ends_at <= now).limit(_AT_ONCE)
    ids = (await connection.scalars(over)).all()
    if ids:
        await connection.execute(delete(_WAITS).where(_WAITS.c.id.in_(ids)))
    return len(ids) == _AT_ONCE
