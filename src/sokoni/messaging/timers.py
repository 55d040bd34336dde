"""What a passing moment makes due, and what is kept long enough: the sweep's statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Table, and_, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.db.base import MYSQL
from sokoni.kit.ids import AccountId, ConversationId, EventId, MerchantId
from sokoni.messaging.models import (
    Conversation,
    EventState,
    InboxEvent,
    Message,
    MessageState,
    Request,
)

_CONVERSATIONS: Final = cast("Table", Conversation.__table__)
_INBOX: Final = cast("Table", InboxEvent.__table__)
_REQUESTS: Final = cast("Table", Request.__table__)
_MESSAGES: Final = cast("Table", Message.__table__)
_C, _I, _R, _M = _CONVERSATIONS.c, _INBOX.c, _REQUESTS.c, _MESSAGES.c
_PERSON: Final = "person"
_OVER: Final = (EventState.DONE.value, EventState.IGNORED.value)
_TO_SEND: Final = (MessageState.WAITING.value, MessageState.SENDING.value)
_ENDED: Final = ("done", "failed", "unknown")


@dataclass(frozen=True, slots=True)
class Fallen:
    """A conversation whose time has come, and the time it was."""

    id: ConversationId
    merchant_id: MerchantId
    account_id: AccountId
    at: datetime


async def woken(connection: AsyncConnection, now: datetime, limit: int) -> list[Fallen]:
    """Lock conversations whose dialogue wants a timer event by now."""
    return await _fallen(connection, _C.wake_at, _C.wake_at <= now, limit)


async def held_too_long(connection: AsyncConnection, now: datetime, limit: int) -> list[Fallen]:
    """Lock conversations that a person has had for the set time."""
    over = and_(_C.holder == _PERSON, _C.held_until <= now)
    return await _fallen(connection, _C.held_until, over, limit)


async def forget_wake(connection: AsyncConnection, fallen: Sequence[Fallen]) -> None:
    ids = [one.id for one in fallen]
    await connection.execute(update(_CONVERSATIONS).where(_C.id.in_(ids)).values(wake_at=None))


async def forget_hold(connection: AsyncConnection, fallen: Sequence[Fallen]) -> None:
    """Have no end to the hold any more: the event that was made for it gives it back."""
    ids = [one.id for one in fallen]
    await connection.execute(update(_CONVERSATIONS).where(_C.id.in_(ids)).values(held_until=None))


async def prune_events(connection: AsyncConnection, now: datetime, kept: timedelta) -> int:
    """Delete events that were handled so long ago that no provider repeats them."""
    old = select(_I.id).where(_I.handled_at < now - kept, _I.state.in_(_OVER)).limit(500)
    ids: Sequence[EventId] = (await connection.scalars(old)).all()
    if ids:
        await connection.execute(_DROP_EVENTS, {"ids": ids})
    return len(ids)


async def prune_requests(connection: AsyncConnection, now: datetime, kept: timedelta) -> int:
    """Delete requests that ended, long after their idempotency keys can come again."""
    old = select(_R.id).where(_R.created_at < now - kept, _R.state.in_(_ENDED)).limit(500)
    ids = (await connection.scalars(old)).all()
    if ids:
        await connection.execute(_DROP_REQUESTS, {"ids": ids})
    return len(ids)


async def prune_messages(connection: AsyncConnection, now: datetime, kept: timedelta) -> int:
    """Delete the oldest of the log, but nothing that is still to be sent."""
    # Ids are in the order of time, so that only the oldest rows are looked at.
    oldest = select(_M.id, _M.created_at).where(_M.state.not_in(_TO_SEND)).order_by(_M.id)
    rows = (await connection.execute(oldest.limit(500))).all()
    ids = [row.id for row in rows if row.created_at < now - kept]
    if ids:
        await connection.execute(_DROP_MESSAGES, {"ids": ids})
    return len(ids)


_DROP_MESSAGES: Final = delete(_MESSAGES).where(_M.id.in_(bindparam("ids", expanding=True)))
_DROP_EVENTS: Final = delete(_INBOX).where(_I.id.in_(bindparam("ids", expanding=True)))
_DROP_REQUESTS: Final = delete(_REQUESTS).where(_R.id.in_(bindparam("ids", expanding=True)))


async def _fallen(
    connection: AsyncConnection,
    column: Any,  # noqa: ANN401 -- a column of the table
    condition: Any,  # noqa: ANN401 -- a condition on it
    limit: int,
) -> list[Fallen]:
    statement = (
        select(_C.id, _C.merchant_id, _C.account_id, column)
        .where(condition, _C.merged_into.is_(None))
        .order_by(column)
        .limit(limit)
    )
    if connection.dialect.name == "postgresql" or connection.dialect.name in MYSQL:
        # A conversation in a turn is left alone: the turn may well set another time.
        statement = statement.with_for_update(skip_locked=True)
    return [Fallen(*row) for row in await connection.execute(statement)]
