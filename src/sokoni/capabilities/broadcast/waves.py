"""Sends broadcasts out in waves: a few recipients at a time, never more than can soon be sent.

A wave and its marks are one transaction: whoever dies in between has done nothing, and who goes
on goes on exactly there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias, cast

from sqlalchemy import Row, Select, Table, and_, bindparam, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.capabilities.broadcast.models import Broadcast, Recipient, State, Step
from sokoni.capabilities.broadcast.numbers import Numbers
from sokoni.capabilities.broadcast.rule import Reason
from sokoni.capabilities.broadcast.settings import NAME, BroadcastSettings
from sokoni.capabilities.broadcast.telling import LOST, SAY, TEXT
from sokoni.capabilities.broadcast.troubles import is_probing, trouble
from sokoni.capabilities.broadcast.withdrawing import (
    note_withheld,
    take_back,
    waits_to_be_sent,
    withhold_offers,
)
from sokoni.channels.errors import ContactThrottledError, ThrottledError
from sokoni.db.base import UtcDateTime
from sokoni.dialogue.manifest import Calendar, Told
from sokoni.kit.ids import AccountId, EventId, MerchantId, new_id
from sokoni.merchants.directory import profile_of
from sokoni.merchants.models import ChannelAccount, Merchant
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.events import StaffNews, Tell, TellStaff, TellTo, Timer, TimerFor
from sokoni.messaging.models import Message, MessageState, Purpose
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.tells import Whisper

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
_AGAIN: Final = timedelta(seconds=1)
_TOMORROW: Final = timedelta(minutes=10)
"""So often is looked whether somebody may be written to first again."""
_SOON: Final = timedelta(milliseconds=100)
_IN_LINE: Final = 150
"""So many of a broadcast at most wait for their own turn: whoever writes meanwhile waits behind
them. In the outbox replies overtake."""
_GRACE: Final = timedelta(hours=1)
"""So long after the end those are waited for who are in line."""
_FASTER: Final = 1.05
_BROADCASTS: Final = cast("Table", Broadcast.__table__)
_RECIPIENTS: Final = cast("Table", Recipient.__table__)
_B, _R = _BROADCASTS.c, _RECIPIENTS.c
_NEXT: Final[Select[Any]] = select(func.min(_B.due_at))
_DUE: Final[Select[*tuple[Any, ...]]] = (
    select(_BROADCASTS)
    .where(_B.due_at <= bindparam("now", type_=UtcDateTime()))
    .order_by(_B.due_at, _B.id)
    .limit(20)
    .with_for_update(skip_locked=True)
)
_TO_SEND: Final = (MessageState.WAITING.value, MessageState.SENDING.value)
_SLOWEST: Final[Mapping[str, float]] = {
    ThrottledError.code: 1 / 16,
    ContactThrottledError.code: 1 / 2,
}
"""What part of the usual pace is left while messages wait for this: a number's own limit stays
until it is kept, one contact's says little of the others."""
_QUEUE: Final = (
    update(_RECIPIENTS)
    .where(_R.id == bindparam("b_id"))
    .values(step=Step.QUEUED.value, tries=_R.tries + 1, event_id=bindparam("b_event"))
)


async def _tell(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[Told]:
    rows = (await connection.execute(_DUE, {"now": now})).all()
    merchants = await _merchants(connection, {row.merchant_id for row in rows})
    due: list[Told] = []
    for row in rows:
        merchant = merchants.get(row.merchant_id)
        if merchant is None:
            off = {"state": State.PAUSED.value, "why": "switched_off"}
            await _write(
                connection, row, due_at=None, **(off if row.state == State.SENDING else {})
            )
            continue
        due += await _Wave(connection, row, merchant, now).go(max(limit - len(due), 0))
    return due


async def _merchants(
    connection: AsyncConnection, ids: set[MerchantId]
) -> Mapping[MerchantId, MerchantProfile]:
    """Return those of the merchants that have broadcasts switched on."""
    if not ids:
        return {}
    table = cast("Table", Merchant.__table__)
    rows = (await connection.execute(select(table).where(table.c.id.in_(list(ids))))).mappings()
    every = [profile_of(Merchant(**row)) for row in rows]
    return {one.id: one for one in every if NAME in one.capabilities}


@dataclass(frozen=True, slots=True)
class _Wave:
    """One broadcast's next step."""

    connection: AsyncConnection
    row: AnyRow
    merchant: MerchantProfile
    now: datetime

    async def go(self, limit: int) -> list[Told]:
        """Put the next recipients in line, or end, or pause where something is wrong."""
        if self.row.state != State.SENDING:
            return await self._sweep()
        await withhold_offers(self.connection, self.row.id, self.now)
        await note_withheld(self.connection, self.row.id)
        numbers = await Numbers.of(self.connection, self.merchant.id, self.settings, self.now)
        wrong = await trouble(self.connection, self.row, numbers, self.row.resumed_at)
        if wrong:
            return await self._pause(wrong)
        if self.row.ends_at <= self.now:
            await self._end()
            return []
        lines = numbers.usable()
        probing = not lines and is_probing(self.row.resumed_at, self.now)
        room, pace = await self._room(numbers.pace, backlog=1 if probing else None)
        left = await numbers.left_today(self.connection, self.merchant.id)
        most = min(limit, room, left or room)
        asked = numbers.asked() if probing else lines
        rows = await self._next(asked, most, freely=left == 0) if most else []
        events = [EventId(new_id()) for _ in rows]
        if rows:
            marks = [
                {"b_id": row.id, "b_event": event} for row, event in zip(rows, events, strict=True)
            ]
            await self.connection.execute(_QUEUE, marks)
        again = _AGAIN if left != 0 else _TOMORROW
        await self._plan(full=len(rows) == most, pace=pace, again=again)
        return [self._told(row, event) for row, event in zip(rows, events, strict=True)]

    @property
    def settings(self) -> BroadcastSettings:
        return self.merchant.settings(NAME, BroadcastSettings)

    def _told(self, row: AnyRow, event_id: EventId) -> Whisper:
        data = {"recipient": row.id.hex}
        tell = Tell(
            prompt=Prompt(TEXT, {"text": ""}),
            purpose=Purpose.CAMPAIGN,
            capability=NAME,
            instead=Timer(name=SAY, data=data),
            lost=Timer(name=LOST, data=data),
        )
        once = f"{NAME}:{row.id.hex}:{row.tries}"
        told = TellTo(contact_id=row.contact_id, tell=tell, once=once, event_id=event_id)
        return Whisper(self.merchant.id, row.account_id, told)

    async def _next(
        self, lines: Sequence[AccountId], most: int, *, freely: bool
    ) -> Sequence[AnyRow]:
        """Return whose turn it is, on numbers that can send: who is meant for another waits.

        Freely: only who wrote of late, where no more may be written to first.
        """
        found = (
            select(_R.id, _R.contact_id, _R.account_id, _R.tries)
            .where(
                _R.broadcast_id == self.row.id,
                _R.proof_number == self.row.proof_number,
                _R.step == Step.PLANNED,
                _R.due_at <= self.now,
                _R.account_id.in_(lines),
            )
            .order_by(_R.due_at, _R.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        if freely:
            found = found.where(_R.verdict == Reason.IN_WINDOW)
        return (await self.connection.execute(found)).all()

    async def _room(self, most: float, backlog: int | None) -> tuple[int, float]:
        """Return how many more may wait, and at what part of the usual pace: at most that."""
        queued = select(func.count()).where(_R.broadcast_id == self.row.id, _R.step == Step.QUEUED)
        times = [
            func.coalesce(func.sum(case((_waits_for(one), 1), else_=0)), 0) for one in _SLOWEST
        ]
        unsent = select(func.count(), *times).where(
            Message.state.in_(_TO_SEND),
            Message.merchant_id == self.merchant.id,
            Message.purpose == Purpose.CAMPAIGN,
        )
        waiting, *throttled = (await self.connection.execute(unsent)).one()
        in_line = await self.connection.scalar(queued) or 0
        found = zip(_SLOWEST.values(), throttled, strict=True)
        pace = self._pace(min((slowest for slowest, count in found if count), default=1.0))
        pace = min(pace, most)
        backlog = backlog or max(int(self.settings.backlog * pace), 1)
        return max(min(backlog - waiting - in_line, _IN_LINE - in_line), 0), pace

    def _pace(self, slowest: float) -> float:
        """Go slower as long as the provider finds us too fast, and faster again by and by."""
        pace: float = self.row.pace
        return min(pace * _FASTER, 1.0) if slowest == 1.0 else max(pace / 2, slowest)

    async def _plan(self, *, full: bool, pace: float, again: timedelta) -> None:
        """Say when the next wave goes, or that there is none. `full`: there may be more."""
        if full:
            soon = _SOON if pace == 1.0 else _AGAIN
            await _write(self.connection, self.row, due_at=self.now + soon, pace=pace)
            return
        left = await self.connection.execute(
            select(func.min(_R.due_at), func.count()).where(
                _R.broadcast_id == self.row.id,
                _R.proof_number == self.row.proof_number,
                _R.step.in_((Step.PLANNED, Step.QUEUED)),
            )
        )
        first, count = left.one()
        if not count and not await waits_to_be_sent(self.connection, self.row.id):
            await self._done()
            return
        soonest = max(first or self.now, self.now + again)
        due_at = min(soonest, max(self.row.ends_at, self.now + _AGAIN))
        await _write(self.connection, self.row, due_at=due_at, pace=pace)

    async def _end(self) -> None:
        """Leave out whoever could not be written to; who is in line has a little longer."""
        over = self.now >= self.row.ends_at + _GRACE
        steps = (Step.PLANNED, Step.QUEUED) if over else (Step.PLANNED,)
        late = update(_RECIPIENTS).where(_R.broadcast_id == self.row.id, _R.step.in_(steps))
        left_out = {"step": Step.LEFT_OUT.value, "verdict": Reason.EXPIRED.value}
        await self.connection.execute(late.values(left_out))
        waits = await self._in_line() or await waits_to_be_sent(self.connection, self.row.id)
        if over or not waits:
            await self._done()
        else:
            await _write(self.connection, self.row, due_at=self.now + timedelta(minutes=1))

    async def _sweep(self) -> list[Told]:
        """Take back what was said while it was paused or stopped, until nobody is in line."""
        await take_back(self.connection, self.row.id, self.row.state, self.now)
        due_at = self.now + _AGAIN if await self._in_line() else None
        await _write(self.connection, self.row, due_at=due_at)
        return []

    async def _in_line(self) -> bool:
        queued = select(_R.id).where(_R.broadcast_id == self.row.id, _R.step == Step.QUEUED)
        return await self.connection.scalar(queued.limit(1)) is not None

    async def _done(self) -> None:
        done = {"state": State.DONE.value, "due_at": None, "ended_at": self.now}
        await _write(self.connection, self.row, **done)

    async def _pause(self, why: str) -> list[Told]:
        paused, swept = State.PAUSED.value, self.now + _AGAIN
        await _write(self.connection, self.row, state=paused, due_at=swept, why=why)
        await take_back(self.connection, self.row.id, paused, self.now)
        words = {"broadcast": self.row.name, "reference": self.row.reference, "why": why}
        told = TellStaff(
            prompt=Prompt("staff.broadcast_paused", words),
            once=f"broadcast:{self.row.id.hex}:{self.now.isoformat()}",
        )
        line = await self._line()
        if line is None:
            return []
        return [StaffNews(merchant_id=self.merchant.id, account_id=line, told=told)]

    async def _line(self) -> AccountId | None:
        """Return the number on which staff are told: one that can send, if there is any."""
        mine = select(ChannelAccount.id).where(ChannelAccount.merchant_id == self.merchant.id)
        first = mine.order_by(ChannelAccount.paused_reason != "", ChannelAccount.id).limit(1)
        found: AccountId | None = await self.connection.scalar(first)
        return found


def _waits_for(code: str) -> Any:  # noqa: ANN401 -- a condition
    return and_(Message.state == MessageState.WAITING.value, Message.error.startswith(code))


async def _write(connection: AsyncConnection, row: AnyRow, **values: object) -> None:
    await connection.execute(update(_BROADCASTS).where(_B.id == row.id).values(**values))


async def _take(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[TimerFor]:  # noqa: ARG001
    return ()


CALENDAR: Final = Calendar((_NEXT,), _take, _tell)
