"""What waits to be sent is not sent, once a contact said stop or was shut out."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Table, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.contacts.blocking import set_blocked
from sokoni.contacts.consent import MESSAGES, Agreed, record
from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, EventId, MerchantId, OutboxId
from sokoni.messaging.holding import hold
from sokoni.messaging.models import UNASKED, Conversation, Message, MessageState, Purpose

STOPPED: Final = "the contact said stop"
SHUT_OUT: Final = "the contact is shut out"
EVERYTHING: Final = frozenset(Purpose)
_MESSAGES: Final = cast("Table", Message.__table__)
_M: Final = _MESSAGES.c


async def note_consent(connection: AsyncConnection, vault: Vault, agreed: Agreed) -> bool:
    """Write down a yes or no from outside of the chat, and have it hold at once.

    Return False where it says nothing new.
    """
    await hold(connection, agreed.merchant_id, agreed.contact_id)
    new = await record(connection, vault, agreed)
    if new and not agreed.given and agreed.purpose == MESSAGES:
        await withhold(connection, [agreed.contact_id], agreed.at)
    return new


async def shut_out(
    connection: AsyncConnection, merchant_id: MerchantId, contact_id: ContactId, now: datetime
) -> None:
    """Block a contact: they are neither answered nor told anything, from this moment on."""
    await hold(connection, merchant_id, contact_id)
    await set_blocked(connection, merchant_id, contact_id, now)
    await withhold(connection, [contact_id], now, EVERYTHING, SHUT_OUT)


async def withhold(
    connection: AsyncConnection,
    contact_ids: Collection[ContactId],
    now: datetime,
    purposes: Collection[Purpose] = UNASKED,
    reason: str = STOPPED,
) -> None:
    """Take out of the outbox what waits there for these contacts.

    What a provider is just being given cannot be had back: `withhold_again` sees to its next try.
    """
    theirs = select(Conversation.id).where(Conversation.contact_id.in_(contact_ids))
    waiting = (
        _M.conversation_id.in_(theirs),
        _M.state == MessageState.WAITING.value,
        _M.purpose.in_([one.value for one in purposes]),
    )
    await connection.execute(update(_MESSAGES).where(*waiting).values(_cancelled(reason, now)))


async def withhold_answers(
    connection: AsyncConnection, event_ids: Collection[EventId], now: datetime, reason: str
) -> set[EventId]:
    """Take out of the outbox what answers these events; return those of which nothing is said.

    Where a part is with the provider already, or may be, the other parts follow it.
    """
    answers = select(_M.id, _M.event_id, _M.state, _M.resent).where(
        _M.event_id.in_(event_ids), _M.outbound
    )
    # Locked in one order, so that no sender takes one of them meanwhile.
    rows = (await connection.execute(answers.order_by(_M.id).with_for_update())).all()
    begun = {row.event_id for row in rows if row.state != MessageState.WAITING.value or row.resent}
    whole = [row for row in rows if row.event_id not in begun]
    theirs = update(_MESSAGES).where(_M.id.in_([row.id for row in whole]))
    await connection.execute(theirs.values(_cancelled(reason, now)))
    return {row.event_id for row in whole}


async def withhold_again(
    connection: AsyncConnection, message_ids: Collection[OutboxId], now: datetime
) -> None:
    """Take out those of the messages that wait for another try and may not be sent any more."""
    stopped = exists().where(
        Conversation.id == _M.conversation_id,
        Contact.id == Conversation.contact_id,
        or_(Contact.opted_out_at.is_not(None), Contact.blocked_at.is_not(None)),
    )
    waiting = (
        _M.id.in_(list(message_ids)),
        _M.state == MessageState.WAITING.value,
        _M.purpose.in_([one.value for one in UNASKED]),
        stopped,
    )
    await connection.execute(update(_MESSAGES).where(*waiting).values(_cancelled(STOPPED, now)))


def _cancelled(reason: str, now: datetime) -> dict[str, object]:
    return {"state": MessageState.CANCELLED.value, "error": reason, "state_at": now}
