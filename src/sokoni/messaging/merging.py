"""Two addresses found to be one person: their contacts and conversations become one (T-01)."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias, cast

from sqlalchemy import Table, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.channels.inbound import Address, AddressChange
from sokoni.contacts.models import Contact, ContactAddress
from sokoni.contacts.one_person import become_one, latest
from sokoni.contacts.register import PHONE, address_row, find_contact
from sokoni.db.session import insert_once
from sokoni.db.vault import Vault
from sokoni.kit.ids import AccountId, ContactId, ConversationId, PhoneNumber
from sokoni.messaging.models import Conversation, EventKind, InboxEvent, Message
from sokoni.messaging.revealing import left_behind
from sokoni.messaging.tells import tells_become_one
from sokoni.messaging.turn_rows import Claimed

MergeHook: TypeAlias = Callable[[AsyncConnection, ContactId, ContactId], Awaitable[None]]
"""Moves a capability's rows from the first contact to the second."""

_ADDRESSES: Final = cast("Table", ContactAddress.__table__)
_LASTING: Final = (
    "holder",
    "held_until",
    "window_until",
    "last_inbound_at",
    "unreachable_at",
)


class _Talk(NamedTuple):
    """An open conversation, locked."""

    id: ConversationId
    account_id: AccountId
    contact_id: ContactId
    shard: int


class Merging:
    """Makes one contact of several, while their conversations are locked."""

    def __init__(self, vault: Vault, hooks: Sequence[MergeHook] = ()) -> None:
        self._vault = vault
        self._hooks = hooks

    async def merge(
        self,
        connection: AsyncConnection,
        one: Claimed,
        change: AddressChange,
        now: datetime,
    ) -> bool:
        """Give both addresses to the contact of `one`, but for a number that was given up.

        Returns False, having changed nothing, where another worker has a conversation of theirs,
        or where `one` was itself merged away a moment ago: its events have moved on.
        """
        named = [pair for address in (change.old, change.new) for pair in _pairs(address)]
        others = await self._others(connection, one, named)
        talks = await self._locked(connection, [one.contact_id, *others])
        if talks is None or all(talk.id != one.id for talk in talks):
            return False
        accounts = {talk.account_id for talk in talks}
        for other in others:
            await tells_become_one(connection, accounts, other, one.contact_id, now)
        if others:
            await self._join_all(connection, one, talks)
            await become_one(connection, self._vault, others, one.contact_id)
        for other in others:
            await self._move_person(connection, other, one.contact_id)
        rows = [
            address_row(self._vault, one.merchant_id, one.contact_id, kind, value, now)
            for kind, value in named
        ]
        await insert_once(connection, _ADDRESSES, rows)
        await self._outdate(connection, one.contact_id, others)
        await self._give_up(connection, one, left_behind(change))
        return True

    async def _outdate(
        self, connection: AsyncConnection, kept: ContactId, others: Sequence[ContactId]
    ) -> None:
        """Count on from the latest of all: none of their addresses known so far holds."""
        versions = select(func.max(Contact.address_version)).where(Contact.id.in_([kept, *others]))
        latest_version = (await connection.execute(versions)).scalar_one() or 0
        grown = update(Contact).where(Contact.id == kept)
        await connection.execute(grown.values(address_version=latest_version + 1))

    async def _give_up(
        self, connection: AsyncConnection, one: Claimed, phone: PhoneNumber | None
    ) -> None:
        if phone is None:
            return
        theirs = delete(ContactAddress).where(
            ContactAddress.merchant_id == one.merchant_id,
            ContactAddress.kind == PHONE,
            ContactAddress.value_hash == self._vault.hash(PHONE, phone),
        )
        await connection.execute(theirs)

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
    ) -> list[_Talk] | None:
        """Return the conversations of these contacts, locked; None where one is taken."""
        columns = select(*(getattr(Conversation, name) for name in _Talk._fields))
        theirs = columns.where(
            Conversation.contact_id.in_(contacts), Conversation.merged_into.is_(None)
        ).order_by(Conversation.id)
        there = len((await connection.execute(theirs)).all())
        locked = await connection.execute(theirs.with_for_update(skip_locked=True))
        rows = [_Talk(*row) for row in locked]
        return rows if len(rows) == there else None

    async def _join_all(
        self, connection: AsyncConnection, one: Claimed, talks: Sequence[_Talk]
    ) -> None:
        """Leave one conversation on each number: that of the kept contact, where it has one."""
        kept = {talk.account_id: talk for talk in talks if talk.contact_id == one.contact_id}
        for talk in talks:
            if talk.contact_id == one.contact_id:
                continue
            if talk.account_id in kept:
                await _close(connection, talk, kept[talk.account_id])
                continue
            moved = update(Conversation).where(Conversation.id == talk.id)
            await connection.execute(moved.values(contact_id=one.contact_id))
            kept[talk.account_id] = talk

    async def _move_person(
        self, connection: AsyncConnection, other: ContactId, kept: ContactId
    ) -> None:
        for hook in self._hooks:
            await hook(connection, other, kept)
        addresses = update(ContactAddress).where(ContactAddress.contact_id == other)
        await connection.execute(addresses.values(contact_id=kept))
        # Whoever was merged into the other is now one with the kept contact too.
        gone = update(Contact).where(or_(Contact.id == other, Contact.merged_into == other))
        await connection.execute(gone.values(merged_into=kept))


async def _close(connection: AsyncConnection, talk: _Talk, kept: _Talk) -> None:
    await _carry_over(connection, talk, kept)
    closed = update(Conversation).where(Conversation.id == talk.id)
    await connection.execute(closed.values(merged_into=kept.id, wake_at=None, held_until=None))
    await _move_waiting(connection, talk.id, kept.id)
    log = update(Message).where(Message.conversation_id == talk.id)
    await connection.execute(log.values(conversation_id=kept.id, shard=kept.shard))


async def _carry_over(connection: AsyncConnection, talk: _Talk, kept: _Talk) -> None:
    """Keep the service window of either, the person who has either, and that they are reached."""
    both = select(Conversation.id, *(getattr(Conversation, name) for name in _LASTING)).where(
        Conversation.id.in_([talk.id, kept.id])
    )
    rows = {row.id: row for row in await connection.execute(both)}
    closing, staying = rows[talk.id], rows[kept.id]
    held = closing if staying.holder == "bot" else staying
    values = {
        "holder": held.holder,
        "held_until": held.held_until,
        "window_until": latest(closing.window_until, staying.window_until),
        "last_inbound_at": latest(closing.last_inbound_at, staying.last_inbound_at),
        # Whoever can be reached at one of two addresses can be reached.
        "unreachable_at": closing.unreachable_at and staying.unreachable_at,
    }
    staying_on = update(Conversation).where(Conversation.id == kept.id)
    await connection.execute(staying_on.values(values))


async def move_late(connection: AsyncConnection, closed: Claimed, now: datetime) -> None:
    """Give what came too late for a merged conversation to the one that took its place."""
    to = closed.merged_into
    if to is None:
        return
    if any(event.kind == EventKind.TELL for event in closed.events):
        kept = select(Conversation.contact_id).where(Conversation.id == to)
        contact_id = (await connection.execute(kept)).scalar_one()
        accounts = [closed.account_id]
        await tells_become_one(connection, accounts, closed.contact_id, contact_id, now)
    await _move_waiting(connection, closed.id, to)


async def _move_waiting(
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
