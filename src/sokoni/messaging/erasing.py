"""Conversations of contacts who are erased: emptied, and left as a sign for what comes late."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.contacts.models import Consent, Contact, ContactAddress, ContactTag
from sokoni.contacts.stops import keep_stops
from sokoni.db.session import insert_once, rows_changed
from sokoni.db.vault import Vault
from sokoni.kit.ids import AccountId, ContactId, ConversationId, MerchantId
from sokoni.merchants.models import ChannelAccount
from sokoni.messaging.decoding import Happening, UndecodableError, decoded
from sokoni.messaging.holding import hold
from sokoni.messaging.inbox_postgresql import PostgresInboxSql
from sokoni.messaging.inbox_sql import InboxSql, PortableInboxSql
from sokoni.messaging.models import (
    Conversation,
    EventKind,
    EventState,
    InboxEvent,
    Message,
    Request,
)
from sokoni.messaging.routing import Sender, profile_name, sender_of
from sokoni.messaging.search import Search
from sokoni.messaging.seats import new_conversation
from sokoni.messaging.turn_rows import Claimed, WaitingEvent

_CONVERSATIONS: Final = cast("Table", Conversation.__table__)
_EMPTY: Final[dict[str, Any]] = {
    "state": None,
    "step": None,
    "holder": "bot",
    "held_until": None,
    "window_until": None,
    "last_inbound_at": None,
    "unreachable_at": None,
    "wake_at": None,
    "rate_count": 0,
    "rate_reset_at": None,
}
_BROUGHT: Final = (
    EventKind.MESSAGE,
    EventKind.ECHO,
    EventKind.ADDRESS_CHANGE,
    EventKind.PREFERENCE,
    EventKind.NOTICE,
)
_OVER: Final[dict[str, Any]] = {"state": EventState.IGNORED, "payload": b"", "error": ""}


@dataclass(frozen=True, slots=True)
class _Owner:
    """The account that a conversation is on."""

    id: AccountId
    merchant_id: MerchantId


async def everyone(
    connection: AsyncConnection, merchant_id: MerchantId, contact_id: ContactId
) -> list[ContactId]:
    """Return the contact, and those who turned out to be the same person."""
    merged = select(Contact.id).where(
        Contact.merchant_id == merchant_id, Contact.merged_into == contact_id
    )
    return [contact_id, *await connection.scalars(merged)]


async def shut(
    connection: AsyncConnection,
    merchant_id: MerchantId,
    contact_ids: Sequence[ContactId],
    now: datetime,
) -> Sequence[ConversationId]:
    """Hold the contacts' conversations and have none of them be theirs any more; return them.

    There is one on every number afterwards, so that nobody opens another while this goes on:
    what comes for it from whoever remembers it is taken up by `begin_anew`.
    """
    accounts = await connection.scalars(
        select(ChannelAccount.id).where(ChannelAccount.merchant_id == merchant_id)
    )
    pairs = sorted((account, who) for account in accounts for who in contact_ids)
    rows = [new_conversation(merchant_id, *pair, now) for pair in pairs]
    await insert_once(connection, _CONVERSATIONS, rows)
    await hold(connection, merchant_id, *contact_ids)
    theirs = select(Conversation.id).where(Conversation.contact_id.in_(contact_ids))
    found = list(await connection.scalars(theirs.order_by(Conversation.id)))
    emptied = update(Conversation).where(Conversation.id.in_(found))
    await connection.execute(emptied.values(merged_into=Conversation.id, **_EMPTY))
    return found


async def forget_said(
    connection: AsyncConnection, conversations: Collection[ConversationId], now: datetime
) -> None:
    """Delete what was said, is to be sent, waits to be handled, or was asked of the world.

    Of what the channel brought the key stays for its time, so that a webhook which is repeated
    does not bring it back.
    """
    for table in (Message, Request):
        theirs = delete(table).where(table.conversation_id.in_(conversations))
        await connection.execute(theirs)
    happened = InboxEvent.conversation_id.in_(conversations)
    await connection.execute(delete(InboxEvent).where(happened, InboxEvent.kind.not_in(_BROUGHT)))
    await connection.execute(
        update(InboxEvent).where(happened).values(_OVER | {"handled_at": now})
    )


async def forget_people(connection: AsyncConnection, contact_ids: Collection[ContactId]) -> bool:
    """Delete names, numbers and consents; who stopped messages stays known by a hash.

    Return False where somebody else has just done so.
    """
    await keep_stops(connection, contact_ids)
    for table in (ContactAddress, Consent, ContactTag):
        await connection.execute(delete(table).where(table.contact_id.in_(contact_ids)))
    people = delete(Contact).where(Contact.id.in_(contact_ids))
    return bool(await rows_changed(connection, people))


def is_erased(one: Claimed) -> bool:
    """Tell whether the conversation is what is left of an erased contact's."""
    return one.merged_into == one.id


async def begin_anew(
    connection: AsyncConnection, vault: Vault, erased: Claimed, now: datetime
) -> None:
    """Give what people wrote to an erased conversation to a new one, of a stranger.

    What we wanted to say or do there ourselves is forgotten.
    """
    # One that a gateway was learning at that moment belongs to nobody.
    orphans = delete(ContactAddress).where(ContactAddress.contact_id == erased.contact_id)
    await connection.execute(orphans)
    for event in erased.events:
        sender, name = _sender(vault, erased, event)
        if sender is None:
            await connection.execute(delete(InboxEvent).where(InboxEvent.id == event.id))
            continue
        search = Search(connection, _sql(connection), vault, now)
        routes, _ = await search.run({sender: name})
        moved = update(InboxEvent).where(InboxEvent.id == event.id)
        await connection.execute(moved.values(conversation_id=routes[sender].conversation_id))


def _sender(vault: Vault, erased: Claimed, event: WaitingEvent) -> tuple[Sender | None, str]:
    try:
        happening: Happening = decoded(vault, event)
    except UndecodableError:
        return None, ""
    owner, item = _Owner(erased.account_id, erased.merchant_id), cast("Any", happening)
    return sender_of(owner, item), profile_name(item)


def _sql(connection: AsyncConnection) -> InboxSql:
    return PostgresInboxSql() if connection.dialect.name == "postgresql" else PortableInboxSql()
