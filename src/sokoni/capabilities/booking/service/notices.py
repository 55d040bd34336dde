"""What bookings make due: rows written with them, moved and deleted with them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, cast

from sqlalchemy import Table, delete
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import BookingId, BookingNotice
from sokoni.db.session import insert_once
from sokoni.kit.ids import MerchantId, new_id

_NOTICES: Final = cast("Table", BookingNotice.__table__)


class NoticeKind(StrEnum):
    NUDGE = "nudge"
    """Whoever is asked has not answered yet."""
    LIMIT = "limit"
    """Nobody answered in time."""
    DAY_BEFORE = "day_before"
    SOON = "soon"
    DONE = "done"
    """Both are asked how it went."""
    CLOSE = "close"
    """Nobody said otherwise: it was done."""


ANSWER: Final = frozenset({NoticeKind.NUDGE, NoticeKind.LIMIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long things take, as the merchant set it."""

    answer_hours: int = 12
    remind_hours: tuple[int, ...] = (24, 2)
    """Reminders before a job: the first is that of the day before."""
    ask_minutes: int = 60
    close_days: int = 3

    def limit(self, now: datetime, starts_at: datetime) -> datetime:
        """Return until when an answer is waited for: never until after the job would begin."""
        return min(now + timedelta(hours=self.answer_hours), starts_at)

    def asking(self, now: datetime, limit: datetime) -> Mapping[NoticeKind, datetime]:
        return {NoticeKind.NUDGE: now + (limit - now) / 2, NoticeKind.LIMIT: limit}

    def agreed(self, starts_at: datetime, ends_at: datetime) -> Mapping[NoticeKind, datetime]:
        kinds = (NoticeKind.DAY_BEFORE, NoticeKind.SOON)
        before = zip(kinds, self.remind_hours, strict=False)
        return {
            **{kind: starts_at - timedelta(hours=hours) for kind, hours in before},
            NoticeKind.DONE: ends_at + timedelta(minutes=self.ask_minutes),
            NoticeKind.CLOSE: ends_at + timedelta(days=self.close_days),
        }


class Notices:
    """The rows of one merchant's bookings."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def plan(self, booking_id: BookingId, times: Mapping[NoticeKind, datetime]) -> None:
        """Have these fall due instead of those of the same kinds; what would be past is left."""
        await self.drop(booking_id, times)
        rows = [
            {
                "id": new_id(),
                "merchant_id": self._merchant_id,
                "booking_id": booking_id,
                "kind": kind,
                "due_at": at,
            }
            for kind, at in times.items()
            if at > self._now
        ]
        await insert_once(self._session, _NOTICES, rows)

    async def drop(self, booking_id: BookingId, kinds: Collection[NoticeKind]) -> None:
        its = _NOTICES.c.booking_id == booking_id
        some = _NOTICES.c.kind.in_([str(kind) for kind in kinds])
        await self._session.execute(delete(_NOTICES).where(its, some))

    async def drop_all(self, booking_id: BookingId) -> None:
        await self.drop(booking_id, tuple(NoticeKind))
