"""What follows when messages that the provider took could not be delivered after all.

The same as when it refuses them at once: `Verdicts` decides there, by the same names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Row, Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.channels.accounts import Accounts
from sokoni.channels.errors import ChannelDownError, OptedOutError
from sokoni.db.vault import Vault
from sokoni.kit.ids import AccountId, ContactId, OutboxId
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.models import Conversation, Message, MessageState
from sokoni.messaging.numbers import REPORTED
from sokoni.messaging.outbox import Lost, patience_for
from sokoni.messaging.outbox_sql import pause_accounts, stop_marketing
from sokoni.messaging.statuses import TRIED_AGAIN, Failure
from sokoni.messaging.undelivered import CONCERNING, UndeliveredMessages
from sokoni.workers.figures import UNDELIVERED
from sokoni.workers.simpler import SimplerForms
from sokoni.workers.verdicts import pause

_MOST_TRIES: Final = 3
_MESSAGES: Final = cast("Table", Message.__table__)
_M: Final = _MESSAGES.c
_TRIES: Final = select(_M.id, _M.purpose, _M.attempts, _M.created_at).where(
    _M.id.in_(bindparam("ids", expanding=True))
)
_AGAIN: Final = (
    update(_MESSAGES)
    .where(_M.id == bindparam("b_id"), _M.state == MessageState.FAILED.value)
    .values(state=MessageState.WAITING.value, due_at=bindparam("b_due"))
)


@dataclass(slots=True)
class Followed:
    """What others must hear of, once it is committed."""

    paused: Mapping[AccountId, str] = field(default_factory=dict)
    again: bool = False
    """There is something to send again."""
    told: bool = False
    """Conversations have something to turn to."""


class Failures:
    """Works in the transaction that marks the messages failed."""

    def __init__(self, vault: Vault, inbox: Inbox, accounts: Accounts) -> None:
        self._undelivered = UndeliveredMessages(vault, inbox)
        self._simpler = SimplerForms(vault, accounts)

    async def follow(
        self, connection: AsyncConnection, failed: Sequence[Failure], now: datetime
    ) -> Followed:
        """Try again, in a simpler form too, pause, stop and tell, as each failure asks."""
        for one in failed:
            UNDELIVERED.labels(one.kind or "other").inc()
        paused = {
            one.account_id: f"{REPORTED}{one.reason}"
            for one in failed
            if one.kind == ChannelDownError.code
        }
        if paused:
            await pause_accounts(connection, paused)
        lost = [Lost(one.message_id, one.kind, one.code) for one in failed if _concerns(one)]
        if lost:
            await self._undelivered.tell(connection, lost, now)
        await _stop_marketing(connection, failed, now)
        again = await _try_again(connection, failed, now)
        over = [one for one in failed if one.message_id not in again]
        simpler = await self._simpler.send(connection, over, now)
        return Followed(paused=paused, again=bool(again) or simpler, told=bool(lost))


def _concerns(one: Failure) -> bool:
    return one.kind in CONCERNING


async def _try_again(
    connection: AsyncConnection, failed: Sequence[Failure], now: datetime
) -> frozenset[OutboxId]:
    """Have those wait again that may pass another time, and return them: nothing arrived."""
    passing = {one.message_id: one for one in failed if one.kind in TRIED_AGAIN}
    if not passing:
        return frozenset()
    rows = (await connection.execute(_TRIES, {"ids": list(passing)})).all()
    due = {row.id: _due_again(row, passing[row.id], now) for row in rows}
    again = [{"b_id": one, "b_due": at} for one, at in sorted(due.items()) if at is not None]
    if again:
        await connection.execute(_AGAIN, again)
    return frozenset(one["b_id"] for one in again)


def _due_again(row: Row[*tuple[Any, ...]], failure: Failure, now: datetime) -> datetime | None:
    if failure.kind == ChannelDownError.code:
        # The number itself says when.
        return now
    due = now + timedelta(seconds=pause(row.attempts))
    late = row.attempts >= _MOST_TRIES or due > row.created_at + patience_for(row.purpose)
    return None if late else due


async def _stop_marketing(
    connection: AsyncConnection, failed: Sequence[Failure], now: datetime
) -> None:
    stopped = [one.message_id for one in failed if one.kind == OptedOutError.code]
    for contact_id in await _contacts_of(connection, stopped):
        await stop_marketing(connection, contact_id, now)


async def _contacts_of(
    connection: AsyncConnection, message_ids: Sequence[OutboxId]
) -> Sequence[ContactId]:
    if not message_ids:
        return ()
    rows = await connection.scalars(
        select(Conversation.contact_id)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Message.id.in_(message_ids))
        .distinct()
    )
    return rows.all()
