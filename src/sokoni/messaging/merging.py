"""Two addresses found to be one person: their contacts and conversations become one (T-01)."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, TypeAlias, cast

from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.channels.base import Address
from sokoni.contacts.models import Contact, ContactAddress
from sokoni.contacts.register import address_row, find_contact
from sokoni.db.session import insert_once
from sokoni.db.vault import Vault
from sokoni.kit.ids import AccountId, ContactId, ConversationId
from sokoni.messaging.models import Conversation, InboxEvent, Message
from sokoni.messaging.turn_rows import Claimed

MergeHook: TypeAlias = Callable[[AsyncConnection, ContactId, ContactId], Awaitable[None]]
"""Moves a capability's rows from the first contact to the second."""

_ADDRESSES: Final = cast("Table", ContactAddress.__table__)


class Merging:
    """Makes one contact of several, while their conversations are locked."""

    def __init__(self, vault: Vault, hooks: Sequence[MergeHook] = ()) -> None:
        self._vault = vault
        self._hooks = hooks

    async def merge(
        self,
        connection: AsyncConnection,
        one: Claimed,
        addresses: Sequence[Address],
        now: datetime,
    ) -> bool:
        """Give all these addresses to the contact of `one`.

        Returns False, having changed nothing, where another worker has a conversation of theirs.
        """
        named = [pair for address in addresses for pair in _pairs(address)]
        others = await self._others(connection, one, named)
        theirs = await self._locked(connection, others)
        if theirs is None:
            return False
        for conversation in theirs:
            await self._join(connection, one, *conversation)
        for other in others:
            await self._move_person(connection, other, one.contact_id)
        rows = [
            address_row(self._vault, one.merchant_id, one.contact_id, kind, value, now)
            for kind, value in named
        ]
        await insert_once(connection, _ADDRESSES, rows)
        return True

    async def _others(
        self, connection: AsyncConnection, one: Claimed, named: Sequence[tuple[str, str]]
    ) -> list[ContactId]:
        found: dict[ContactId, None] = {}
        for kind, value in named:
            value_hash = self._vault.hash(kind, value)
            contact_id = await find_contact(connection, one.merchant_id, kind, value_hash)
            if contact_id is not None and contact_id != one.contact_id:
                found[contact_id] = None
        return list(found)

    async def _locked(
        self, connection: AsyncConnection, contacts: Sequence[ContactId]
    ) -> list[tuple[ConversationId, AccountId]] | None:
        """Return the conversations of these contacts, locked; None where one is taken."""
        if not contacts:
            return []
        columns = select(Conversation.id, Conversation.account_id)
        theirs = columns.where(
            Conversation.contact_id.in_(contacts), Conversation.merged_into.is_(None)
        ).order_by(Conversation.id)
        there = len((await connection.execute(theirs)).all())
        locked = await connection.execute(theirs.with_for_update(skip_locked=True))
        rows = [(row[0], row[1]) for row in locked]
        return rows if len(rows) == there else None

    async def _join(
        self,
        connection: AsyncConnection,
        one: Claimed,
        conversation_id: ConversationId,
        account_id: AccountId,
    ) -> None:
        if account_id != one.account_id:
            moved = update(Conversation).where(Conversation.id == conversation_id)
            await connection.execute(moved.values(contact_id=one.contact_id))
            return
        closed = update(Conversation).where(Conversation.id == conversation_id)
        await connection.execute(closed.values(merged_into=one.id, wake_at=None))
        await move_waiting(connection, conversation_id, one.id)
        log = update(Message).where(Message.conversation_id == conversation_id)
        await connection.execute(log.values(conversation_id=one.id, shard=one.shard))

    async def _move_person(
        self, connection: AsyncConnection, other: ContactId, kept: ContactId
    ) -> None:
        for hook in self._hooks:
            await hook(connection, other, kept)
        addresses = update(ContactAddress).where(ContactAddress.contact_id == other)
        await connection.execute(addresses.values(contact_id=kept))
        gone = update(Contact).where(Contact.id == other)
        await connection.execute(gone.values(merged_into=kept))


async def move_waiting(
    connection: AsyncConnection, conversation_id: ConversationId, to: ConversationId
) -> None:
    """Give the waiting events of a merged conversation to the one that took its place."""
    waiting = update(InboxEvent).where(
        InboxEvent.conversation_id == conversation_id, InboxEvent.state == 0
    )
    await connection.execute(waiting.values(conversation_id=to))


def _pairs(address: Address) -> list[tuple[str, str]]:
    named = [("user_id", address.user_id), ("phone", address.phone or "")]
    return [(kind, value) for kind, value in named if value]
