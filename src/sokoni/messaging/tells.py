"""Carries tells and timers into the conversations they are for (design §3, point 2)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol, cast

import msgspec
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.contacts.models import Contact
from sokoni.db.session import insert_once
from sokoni.kit.ids import (
    AccountId,
    ContactId,
    EventId,
    MerchantId,
)
from sokoni.messaging.events import TellTo, TimerIn
from sokoni.messaging.inbox import Inbox, Own
from sokoni.messaging.models import Conversation, EventState, InboxEvent
from sokoni.messaging.seats import Seat, Seated, new_conversation, seats_of

_CONVERSATIONS: Final = cast("Table", Conversation.__table__)
_INBOX: Final = cast("Table", InboxEvent.__table__)
_TOLD: Final = select(InboxEvent.id, InboxEvent.key, InboxEvent.state).where(
    InboxEvent.account_id.in_(bindparam("accounts", expanding=True)),
    # Bounds that hold in every collation, for the index; then exactly those.
    InboxEvent.key.between(bindparam("first"), bindparam("last")),
    InboxEvent.key.startswith(bindparam("first")),
)

_MERGED: Final = select(Contact.id, Contact.merged_into).where(
    Contact.id.in_(bindparam("ids", expanding=True)), Contact.merged_into.is_not(None)
)


class Teller(Protocol):
    """Where a tell comes from: a conversation, or news of an account."""

    @property
    def merchant_id(self) -> MerchantId: ...
    @property
    def account_id(self) -> AccountId: ...


@dataclass(frozen=True, slots=True)
class Whisper:
    """A tell on its way: whose turn it came from, so that it goes out on the same number."""

    merchant_id: MerchantId
    account_id: AccountId
    told: TellTo

    @classmethod
    def of(cls, one: Teller, told: TellTo) -> "Whisper":
        return cls(one.merchant_id, one.account_id, told)


class Tells:
    """Inserts tells as inbox rows, making the conversation of a contact who never wrote."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def carry(
        self, connection: AsyncConnection, whispers: Sequence[Whisper], now: datetime
    ) -> None:
        """Insert each once per contact and `once`, in the turn's own transaction."""
        if not whispers:
            return
        seats = await _seats(connection, whispers)
        if _missing(whispers, seats):
            whispers = await _to_kept(connection, whispers)
            seats = await _seats(connection, whispers)
        if missing := _missing(whispers, seats):
            await self._open_conversations(connection, missing.values(), now)
            seats = await _seats(connection, whispers)
        # Who was erased has no seat, and is told nothing.
        there = [one for one in whispers if one.told.contact_id in seats]
        events = [_own(one, _seat(one, seats[one.told.contact_id]), now) for one in there]
        await self._inbox.store_own(connection, events)

    async def set_timers(
        self, connection: AsyncConnection, one: Seated, timers: Sequence[TimerIn], now: datetime
    ) -> None:
        """Insert timers of the conversation's own, each once."""
        await self._inbox.store_own(connection, [_timer(one, timer, now) for timer in timers])

    async def _open_conversations(
        self, connection: AsyncConnection, whispers: Iterable[Whisper], now: datetime
    ) -> None:
        # In one order everywhere, so that two workers never wait in a circle.
        whispers = sorted(whispers, key=lambda one: one.told.contact_id.hex)
        rows = [
            new_conversation(one.merchant_id, one.account_id, one.told.contact_id, now)
            for one in whispers
        ]
        await insert_once(connection, _CONVERSATIONS, rows)


async def tells_become_one(
    connection: AsyncConnection,
    accounts: Collection[AccountId],
    gone: ContactId,
    kept: ContactId,
    now: datetime,
) -> None:
    """Have what was told to the first contact count as told to the second: nothing twice."""
    told = {once for once, _, _ in await _told(connection, accounts, kept)}
    for once, event_id, state in await _told(connection, accounts, gone):
        theirs = update(_INBOX).where(_INBOX.c.id == event_id)
        if once not in told:
            told.add(once)
            await connection.execute(theirs.values(key=_key(kept, once)))
        elif state == EventState.WAITING:
            over = {"state": EventState.IGNORED, "handled_at": now}
            await connection.execute(theirs.values(over))


async def _told(
    connection: AsyncConnection, accounts: Collection[AccountId], who: ContactId
) -> list[tuple[str, EventId, int]]:
    """Return what the contact was told, or waits to be told, on these numbers."""
    first = _key(who, "")
    bounds = {"accounts": list(accounts), "first": first, "last": _key(who, "zzzz")}
    rows = await connection.execute(_TOLD, bounds)
    return [(row.key.removeprefix(first), row.id, row.state) for row in rows]


async def _seats(
    connection: AsyncConnection, whispers: Iterable[Whisper]
) -> Mapping[ContactId, Sequence[Seat]]:
    return await seats_of(connection, {one.told.contact_id for one in whispers})


def _seat(one: Whisper, theirs: Sequence[Seat]) -> Seat:
    """Return where it is told: on the teller's number, else where they last wrote."""
    same_number = (seat for seat in theirs if seat.account_id == one.account_id)
    return next(same_number, theirs[0])


def _missing(
    whispers: Sequence[Whisper], seats: Mapping[ContactId, Sequence[Seat]]
) -> dict[ContactId, Whisper]:
    return {one.told.contact_id: one for one in whispers if one.told.contact_id not in seats}


async def _to_kept(connection: AsyncConnection, whispers: Sequence[Whisper]) -> list[Whisper]:
    """Return the whispers to whoever their contacts were merged into meanwhile."""
    ids = list({one.told.contact_id for one in whispers})
    kept = {row.id: row.merged_into for row in await connection.execute(_MERGED, {"ids": ids})}
    return [
        replace(one, told=msgspec.structs.replace(one.told, contact_id=kept[one.told.contact_id]))
        if one.told.contact_id in kept
        else one
        for one in whispers
    ]


def _key(contact_id: ContactId, once: str) -> str:
    return f"tell:{contact_id.hex}:{once}"


def _timer(one: Seated, timer: TimerIn, now: datetime) -> Own:
    due = now + timedelta(seconds=timer.delay_seconds)
    return Own.to(one, timer.timer, key=f"timer:{one.id.hex}:{timer.once}", at=due)


def _own(one: Whisper, seat: Seat, now: datetime) -> Own:
    due = now + timedelta(seconds=one.told.delay_seconds)
    told = one.told
    key = _key(told.contact_id, told.once)
    return Own.to(seat, told.tell, key=key, at=due, event_id=told.event_id)
