"""How much one merchant's conversations do, and how much of it goes wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.days import Days
from sokoni.kit.ids import ConversationId, MerchantId
from sokoni.messaging.models import Conversation, EventState, InboxEvent, Message, MessageState
from sokoni.messaging.seats import LAST_WRITTEN_FIRST

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts over all time, and over the last day where it says so."""

    conversations: int
    active_in_a_day: int
    held_by_people: int
    heard_in_a_day: int
    sent_in_a_day: Mapping[str, int]
    """By how far they got."""
    events: Mapping[str, int]
    """Due and waiting, and set aside; timers that fall due in days are no work that waits."""


class Statistics:
    """Counts; opens nothing but dialogue states, which it leaves sealed."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now
        self._since = now - _DAY

    async def figures(self) -> Figures:
        messages = await self._messages()
        return Figures(
            conversations=await self._count(),
            active_in_a_day=await self._count(Conversation.last_inbound_at > self._since),
            held_by_people=await self._count(Conversation.holder == "person"),
            heard_in_a_day=messages.get((False, MessageState.RECEIVED), 0),
            sent_in_a_day={
                MessageState(state).name.lower(): count
                for (outbound, state), count in sorted(messages.items())
                if outbound
            },
            events=await self._events(),
        )

    async def steps(self) -> Mapping[str, int]:
        """Count the conversations that stand at a question, by it."""
        counting = (
            select(Conversation.step, func.count())
            .where(*self._conversations(), Conversation.step != "")
            .group_by(Conversation.step)
        )
        rows = await self._session.execute(counting)
        return {step: count for step, count in rows if step}

    async def states_without_step(self, *, limit: int) -> Sequence[tuple[ConversationId, bytes]]:
        """Return the sealed dialogue states of which that is not known yet, the busiest."""
        statement = (
            select(Conversation.id, Conversation.state)
            .where(
                *self._conversations(),
                Conversation.state.is_not(None),
                Conversation.step.is_(None),
            )
            .order_by(*LAST_WRITTEN_FIRST)
            .limit(limit)
        )
        rows = (await self._session.execute(statement)).all()
        return [(row.id, row.state) for row in rows]

    async def by_day(self, days: Days) -> Mapping[str, Mapping[date, int]]:
        """Count the conversations that began, and those in which contacts wrote, by day."""
        began, wrote = days.day_of(Conversation.created_at), days.day_of(Message.created_at)
        begun = (
            select(began, func.count())
            .where(*self._conversations(), Conversation.created_at >= days.since)
            .group_by(began.name)
        )
        busy = (
            select(wrote, func.count(Message.conversation_id.distinct()))
            .where(
                Message.merchant_id == self._merchant_id,
                Message.outbound.is_(False),
                Message.created_at >= days.since,
            )
            .group_by(wrote.name)
        )
        return {
            name: days.counted(await self._session.execute(statement))
            for name, statement in (("conversations_begun", begun), ("conversations_busy", busy))
        }

    async def _count(self, *conditions: ColumnElement[bool]) -> int:
        statement = select(func.count()).where(*self._conversations(), *conditions)
        return await self._session.scalar(statement) or 0

    async def _messages(self) -> dict[tuple[bool, int], int]:
        statement = (
            select(Message.outbound, Message.state, func.count())
            .where(Message.merchant_id == self._merchant_id, Message.created_at > self._since)
            .group_by(Message.outbound, Message.state)
        )
        rows = (await self._session.execute(statement)).all()
        return {(outbound, state): count for outbound, state, count in rows}

    async def _events(self) -> dict[str, int]:
        shown = (EventState.WAITING, EventState.PARKED, EventState.UNREADABLE)
        statement = (
            select(InboxEvent.state, func.count())
            .where(
                InboxEvent.merchant_id == self._merchant_id,
                InboxEvent.state.in_([int(state) for state in shown]),
                InboxEvent.due_at <= self._now,
            )
            .group_by(InboxEvent.state)
        )
        rows = (await self._session.execute(statement)).all()
        found = {state: count for state, count in rows}  # noqa: C416 - rows are no plain pairs
        return {state.name.lower(): found.get(int(state), 0) for state in shown}

    def _conversations(self) -> tuple[ColumnElement[bool], ...]:
        """Scope of every query over conversations here."""
        return (
            Conversation.merchant_id == self._merchant_id,
            Conversation.merged_into.is_(None),
        )
