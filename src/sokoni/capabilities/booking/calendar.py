"""The booking desk's calendar: limits, reminders, and the question how it went."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.capabilities.booking.desk import NEWS, Desk, news_of
from sokoni.capabilities.booking.flows.waiting import FREED
from sokoni.capabilities.booking.machine import ASKED, Move, Party, Status
from sokoni.capabilities.booking.models import Booking, BookingId, BookingNotice, BookingWait
from sokoni.capabilities.booking.service.moves import (
    BookingMovedError,
    BookingUnknownError,
    Moves,
)
from sokoni.capabilities.booking.service.notices import NoticeKind, Pace
from sokoni.capabilities.booking.wording import move, news, words_of
from sokoni.db.base import UtcDateTime
from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.manifest import Calendar
from sokoni.kit.ids import MerchantId
from sokoni.messaging.events import Timer, TimerFor
from sokoni.messaging.prompts import Prompt

NOTICE: Final = "booking.notice"
ASKED_HOW: Final = "booking.asked_how"
"""How the job went is asked by day; what a booking's own time brings cannot wait."""
_NOTICES: Final = cast("Table", BookingNotice.__table__)
_BOOKINGS: Final = cast("Table", Booking.__table__)
_DUE: Final = (
    select(
        _NOTICES.c.id,
        _NOTICES.c.merchant_id,
        _NOTICES.c.booking_id,
        _NOTICES.c.kind,
        _NOTICES.c.due_at,
        _BOOKINGS.c.customer_id,
        _BOOKINGS.c.doer_id,
    )
    .join(_BOOKINGS, _BOOKINGS.c.id == _NOTICES.c.booking_id)
    .where(_NOTICES.c.due_at <= bindparam("now", type_=UtcDateTime()))
    .order_by(_NOTICES.c.due_at, _NOTICES.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=_NOTICES)
)
_NEXT: Final = select(_NOTICES.c.due_at).order_by(_NOTICES.c.due_at).limit(1)
_WAITS: Final = cast("Table", BookingWait.__table__)
_WAITING: Final = (
    select(_WAITS.c.id, _WAITS.c.merchant_id, _WAITS.c.contact_id, _WAITS.c.due_at)
    .where(_WAITS.c.due_at <= bindparam("now", type_=UtcDateTime()))
    .order_by(_WAITS.c.due_at, _WAITS.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_NEXT_WAIT: Final = (
    select(_WAITS.c.due_at).where(_WAITS.c.due_at.is_not(None)).order_by(_WAITS.c.due_at).limit(1)
)
_ENDS: Final[Mapping[str, Move]] = {
    NoticeKind.LIMIT: Move.EXPIRE,
    NoticeKind.CLOSE: Move.COMPLETE,
}


async def _take(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[TimerFor]:
    """Take what is due. What a limit ends is ended here, though nobody may be told of it."""
    timers = await _notices(connection, now, limit)
    return [*timers, *await _freed(connection, now, limit)]


async def _notices(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[TimerFor]:
    rows = (await connection.execute(_DUE, {"now": now, "limit": limit})).all()
    timers: list[TimerFor] = []
    for row in rows:
        await connection.execute(delete(_NOTICES).where(_NOTICES.c.id == row.id))
        name = ASKED_HOW if row.kind == NoticeKind.DONE else NOTICE
        timer = Timer(name=name, data={"booking": str(row.booking_id), "kind": row.kind})
        once = f"{row.kind}:{row.booking_id.hex}:{row.due_at.isoformat()}"
        if row.kind in _ENDS:
            booking = await _ended(connection, row.merchant_id, row.booking_id, row.kind, now)
            if booking is None:
                continue
            timer = news_of(booking)
            once = f"{NEWS}:{booking.id.hex}:{booking.version}"
        timers += [
            TimerFor(merchant_id=row.merchant_id, contact_id=who, timer=timer, once=once)
            for who in (row.customer_id, row.doer_id)
        ]
    return timers


async def _freed(connection: AsyncConnection, now: datetime, limit: int) -> list[TimerFor]:
    """Return what has those told who wait for time that may be free now."""
    rows = (await connection.execute(_WAITING, {"now": now, "limit": limit})).all()
    for row in rows:
        heard = update(_WAITS).where(_WAITS.c.id == row.id).values(due_at=None)
        await connection.execute(heard)
    return [
        TimerFor(
            merchant_id=row.merchant_id,
            contact_id=row.contact_id,
            timer=Timer(name=FREED, data={"wait": str(row.id)}),
            once=f"freed:{row.id.hex}:{row.due_at.isoformat()}",
        )
        for row in rows
    ]


async def _ended(
    connection: AsyncConnection,
    merchant_id: MerchantId,
    booking_id: BookingId,
    kind: str,
    now: datetime,
) -> Booking | None:
    """End what is over, None where it has moved on."""
    async with AsyncSession(
        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    ) as session:
        moves = Moves(session, merchant_id, now, Pace())
        try:
            booking = await moves.make(booking_id, _ENDS[kind], Party.TIME)
        except (BookingMovedError, BookingUnknownError):
            return None
        await session.commit()
        return booking


async def tell_notice(context: TurnContext, timer: Timer) -> Prompt | None:
    """Remind one side of a booking, or ask them how it went, if that is still of use."""
    desk = Desk(context)
    found = await desk.of_timer(timer)
    return None if found is None else await _said(desk, *found, timer.data["kind"])


async def _said(desk: Desk, booking: Booking, side: Party, kind: str) -> Prompt | None:
    status, now = Status(booking.status), desk.context.now
    if kind == NoticeKind.NUDGE:
        prompt = await news(desk, booking, side) if status in ASKED else None
        return prompt if prompt is not None and prompt.choices else None
    if status is not Status.CONFIRMED:
        return None
    words = await words_of(desk, booking)
    if kind == NoticeKind.DONE:
        choices = (move(booking, Move.COMPLETE), move(booking, Move.MISS))
        return Prompt(f"booking.done.{side}", words, choices)
    return Prompt(f"booking.reminder.{side}", words) if now < booking.starts_at else None


CALENDAR: Final = Calendar((_NEXT, _NEXT_WAIT), _take)
