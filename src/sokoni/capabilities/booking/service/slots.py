"""The time that bookings hold: a row for each quarter of an hour, whose key allows one holder."""

from datetime import datetime
from typing import Final, cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import BookingId, BookingSlot, ProviderId
from sokoni.capabilities.booking.service.availability import quarters
from sokoni.errors import AppError
from sokoni.kit.ids import MerchantId

_SLOTS: Final = cast("Table", BookingSlot.__table__)


class TimeTakenError(AppError):
    """Another booking holds the time."""

    code = "time_taken"


class Slots:
    """The held time of one merchant's providers."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId) -> None:
        self._session = session
        self._merchant_id = merchant_id

    async def hold(
        self, provider_id: ProviderId, booking_id: BookingId, start: datetime, end: datetime
    ) -> None:
        """Hold the time for a booking beside what it holds, or raise `TimeTakenError`.

        The caller's savepoint is over then.
        """
        mine = set(
            await self._session.scalars(
                select(_SLOTS.c.quarter).where(_SLOTS.c.booking_id == booking_id)
            )
        )
        rows = [
            {
                "provider_id": provider_id,
                "quarter": quarter,
                "booking_id": booking_id,
                "merchant_id": self._merchant_id,
            }
            for quarter in quarters(start, end)
            if quarter not in mine
        ]
        if not rows:
            return
        try:
            await self._session.execute(insert(_SLOTS), rows)
        except IntegrityError:
            raise TimeTakenError(provider_id) from None

    async def keep_only(self, booking_id: BookingId, start: datetime, end: datetime) -> None:
        """Free what the booking holds but for this time."""
        kept = quarters(start, end)
        its = _SLOTS.c.booking_id == booking_id
        freed = (_SLOTS.c.quarter < kept.start) | (_SLOTS.c.quarter >= kept.stop)
        await self._session.execute(delete(_SLOTS).where(its, freed))

    async def free(self, booking_id: BookingId) -> None:
        await self._session.execute(delete(_SLOTS).where(_SLOTS.c.booking_id == booking_id))
