"""What of a broadcast waits in the outbox: taken out again, and noted where others did so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from sokoni.capabilities.broadcast.models import BroadcastId, Recipient, State, Step
from sokoni.capabilities.broadcast.rule import Reason
from sokoni.contacts.models import Contact
from sokoni.messaging.models import Message, MessageState
from sokoni.messaging.withholding import SHUT_OUT, STOPPED, withhold_answers

_AT_ONCE: Final = 500
_WITHDRAWN: Final = "its broadcast was paused or stopped"
_NO_OFFERS: Final = "the contact wants no offers"
_RECIPIENTS: Final = cast("Table", Recipient.__table__)
_R: Final = _RECIPIENTS.c
_REASONS: Final[Mapping[str, Reason]] = {
    STOPPED: Reason.OPTED_OUT,
    _NO_OFFERS: Reason.OPTED_OUT,
    SHUT_OUT: Reason.BLOCKED,
}
_TO_SEND: Final = (MessageState.WAITING.value, MessageState.SENDING.value)


async def take_back(
    connection: AsyncConnection, broadcast_id: BroadcastId, state: str, now: datetime
) -> None:
    """Take out of the outbox what waits there of a broadcast that was paused, or stopped.

    Who is paused for is written to when it goes on; of whom a part is on its way gets the rest.
    """
    back: dict[str, Any] = {"step": Step.PLANNED.value, "due_at": now}
    if state == State.STOPPED:
        back = {"step": Step.LEFT_OUT.value, "verdict": Reason.STOPPED.value}
    said = select(_R.id, _R.event_id).where(*_unsent(broadcast_id)).order_by(_R.id)
    rows = (await connection.execute(said)).all()
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        events = [row.event_id for row in some]
        had = await withhold_answers(connection, events, now, _WITHDRAWN)
        ids = [row.id for row in some if row.event_id in had]
        theirs = update(_RECIPIENTS).where(_R.id.in_(ids))
        await connection.execute(theirs.values(said_at=None, **back))


async def withhold_offers(
    connection: AsyncConnection, broadcast_id: BroadcastId, now: datetime
) -> None:
    """Take out what waits for those who want no marketing any more since it was put down."""
    unwilling = (
        select(_R.event_id)
        .join(Contact, Contact.id == _R.contact_id)
        .where(
            *_unsent(broadcast_id),
            _R.marketing.is_(True),
            Contact.marketing_stopped_at.is_not(None),
        )
        .limit(_AT_ONCE)
    )
    events = (await connection.scalars(unwilling)).all()
    if events:
        await withhold_answers(connection, events, now, _NO_OFFERS)


async def note_withheld(connection: AsyncConnection, broadcast_id: BroadcastId) -> None:
    """Note who is not told after all: they said stop, say, before it was sent."""
    other = aliased(Message)
    partly = exists().where(
        other.event_id == _R.event_id, other.state != MessageState.CANCELLED.value
    )
    withheld = (
        select(_R.id, Message.error)
        .join(Message, Message.event_id == _R.event_id)
        .where(
            *_unsent(broadcast_id),
            Message.state == MessageState.CANCELLED.value,
            Message.part == 1,
            ~partly,
        )
        .order_by(_R.id)
    )
    for row in (await connection.execute(withheld)).all():
        reason = _REASONS.get(row.error, Reason.STOPPED)
        left_out = {"step": Step.LEFT_OUT.value, "verdict": reason.value, "said_at": None}
        await connection.execute(update(_RECIPIENTS).where(_R.id == row.id).values(left_out))


async def waits_to_be_sent(connection: AsyncConnection, broadcast_id: BroadcastId) -> bool:
    """Tell whether something of the broadcast is still in the outbox."""
    waiting = (
        select(_R.id)
        .join(Message, Message.event_id == _R.event_id)
        .where(*_unsent(broadcast_id), Message.state.in_(_TO_SEND))
        .limit(1)
    )
    return await connection.scalar(waiting) is not None


def _unsent(broadcast_id: BroadcastId) -> tuple[Any, ...]:
    return (
        _R.broadcast_id == broadcast_id,
        _R.step == Step.SAID.value,
        _R.sent_at.is_(None),
        _R.failed_at.is_(None),
    )
