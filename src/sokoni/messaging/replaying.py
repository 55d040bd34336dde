"""Puts events that were set aside on their way again, and says what became of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.accounts import AccountNotFoundError, Accounts, LiveAccount
from sokoni.channels.bodies import read_items
from sokoni.channels.inbound import Arrived, Inbound, Unreadable
from sokoni.db.writing import reading, writing
from sokoni.kit.clock import Clock
from sokoni.kit.ids import AccountId
from sokoni.messaging.inbox import Arrival, Inbox
from sokoni.messaging.inbox_rows import kept
from sokoni.messaging.models import EventState, InboxEvent
from sokoni.messaging.parked import Aside, ParkedEvents
from sokoni.messaging.strays import is_stray, shown

_ITEM: Final[msgspec.json.Decoder[Inbound]] = msgspec.json.Decoder(Inbound)
_Key: TypeAlias = tuple[AccountId, str]


class Outcome(StrEnum):
    """What became of an event."""

    IN_LINE = "in_line"
    """It was parked: it waits for its turn again."""
    READ = "read"
    """It could not be read, and now could: what was in it is stored."""
    UNREADABLE = "unreadable"
    """It still cannot be read, and stays where it was."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """An event, and what became of it."""

    event: Aside
    outcome: Outcome
    items: int = 0
    """How many things were in what could be read."""
    why: str = ""


class Replaying:
    """Replays for whoever may see the events: a merchant's staff, or the operator."""

    def __init__(
        self,
        *,
        engine: AsyncEngine,
        events: ParkedEvents,
        inbox: Inbox,
        accounts: Accounts,
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._events = events
        self._inbox = inbox
        self._accounts = accounts
        self._clock = clock

    async def replay(self, event: Aside) -> Replayed:
        """Put a parked event back in line; read an unreadable one anew."""
        if event.state is EventState.UNREADABLE:
            return await self._read_again(event)
        async with writing(self._engine) as connection:
            await self._events.replay(connection, event, self._clock())
        return Replayed(event, Outcome.IN_LINE)

    async def _read_again(self, event: Aside) -> Replayed:
        try:
            arrivals, strays = await self._arrivals(event)
        except AccountNotFoundError:
            return Replayed(event, Outcome.UNREADABLE, why="its channel is not there any more")
        legible = [one for one in arrivals if not isinstance(one.item, Unreadable)]
        if legible:
            await self._inbox.store(arrivals)
            if not await self._all_stored(legible):
                return Replayed(event, Outcome.UNREADABLE, why="what is in it cannot be stored")
        if strays:
            why = f"{shown(strays[0])} is no account of this merchant"
            return Replayed(event, Outcome.UNREADABLE, why=why)
        if not legible:
            return Replayed(event, Outcome.UNREADABLE, why=_reason(arrivals))
        async with writing(self._engine) as connection:
            await self._events.settle(connection, event, self._clock())
        return Replayed(event, Outcome.READ, len(legible))

    async def _arrivals(self, event: Aside) -> tuple[list[Arrival], list[str]]:
        """Return what is in the event, as if it came now; it keeps the time at which it came.

        With it come the accounts that the rest is for, which are not the merchant's.
        """
        account = await self._accounts.get(event.account_id)
        async with AsyncSession(self._engine) as session:
            raw = await self._events.content(session, event.id)
        now, since = self._clock(), event.received_at
        arrivals, strays = [], []
        for one in _items(account, raw):
            owner = await self._owner(account, one)
            if owner is None:
                strays.append(one.account_key)
            elif owner is not account or not is_stray(event.key):
                arrivals.append(
                    Arrival(account=owner, item=one.item, received_at=since, due_at=now)
                )
        return arrivals, strays

    async def _owner(self, account: LiveAccount, one: Arrived) -> LiveAccount | None:
        """Return whose item it is: nobody's but this merchant's, whose secret signed the body."""
        if one.account_key in {"", account.key}:
            return account
        other = await self._accounts.by_key(account.channel.name, one.account_key)
        mine = other is not None and other.merchant_id == account.merchant_id
        return other if mine else None

    async def _all_stored(self, arrivals: Sequence[Arrival]) -> bool:
        """Tell whether all is there, be it from an earlier time: what was sent twice is once."""
        wanted = set(_keys(arrivals))
        there = select(InboxEvent.account_id, InboxEvent.key).where(
            InboxEvent.account_id.in_({account for account, _ in wanted}),
            InboxEvent.key.in_({key for _, key in wanted}),
            InboxEvent.state != int(EventState.UNREADABLE),
        )
        async with reading(self._engine) as connection:
            found = {(row.account_id, row.key) for row in await connection.execute(there)}
        return wanted <= found


def _items(account: LiveAccount, raw: bytes) -> Sequence[Arrived]:
    """Read a provider's body, or an item of ours that the database once refused."""
    items = read_items(account.channel, raw)
    if any(not isinstance(one.item, Unreadable) for one in items):
        return items
    try:
        return [Arrived(account_key="", item=_ITEM.decode(raw))]
    except msgspec.MsgspecError:
        return items


def _keys(arrivals: Sequence[Arrival]) -> Iterator[_Key]:
    for one in arrivals:
        yield one.account.id, kept(one.item).key


def _reason(arrivals: Sequence[Arrival]) -> str:
    reasons = (one.item.reason for one in arrivals if isinstance(one.item, Unreadable))
    return next(reasons, "there is nothing in it")
