"""The inbox: stores what happened once, in the conversation it belongs to."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, cast

import structlog
from sqlalchemy import Table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.channels.inbound import Address, AddressChange, Inbound, TemplateNews
from sokoni.db.bulk import insert_many_once
from sokoni.db.faults import is_passing
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.clock import Clock
from sokoni.kit.ids import AccountId, ConversationId, EventId, MerchantId, trace_of
from sokoni.messaging.events import OwnEvent
from sokoni.messaging.inbox_postgresql import PostgresInboxSql
from sokoni.messaging.inbox_rows import (
    Kept,
    Where,
    kept,
    kept_own,
    new_event_id,
    row,
    unreadable,
)
from sokoni.messaging.inbox_sql import InboxSql, PortableInboxSql
from sokoni.messaging.models import EventKind, InboxEvent
from sokoni.messaging.routing import Owner, Route, RouteMemory, Sender, profile_name, sender_of
from sokoni.messaging.search import Search, parts_of
from sokoni.messaging.seats import Seated

_INBOX: Final = cast("Table", InboxEvent.__table__)
_SAID_BY_SOMEONE: Final = frozenset(
    {EventKind.MESSAGE, EventKind.ECHO, EventKind.ADDRESS_CHANGE, EventKind.PREFERENCE}
)
_A_MOMENT: Final = timedelta(microseconds=1)
_PAUSES: Final = (0.02, 0.1)
"""Seconds before a batch that met a passing fault is tried again."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An inbound item on its way into the inbox."""

    account: Owner
    item: Inbound
    received_at: datetime
    due_at: datetime
    id: EventId = field(default_factory=new_event_id)
    """Known before it is stored, so that what is logged of it can name it."""

    @property
    def trace(self) -> str:
        return trace_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """An event that we make ourselves; `key` makes it happen once."""

    merchant_id: MerchantId
    account_id: AccountId
    conversation_id: ConversationId | None
    key: str
    event: OwnEvent | AddressChange | TemplateNews
    received_at: datetime
    due_at: datetime
    id: EventId | None = None
    """None: it is made when it is stored."""

    @classmethod
    def to(
        cls,
        one: Seated,
        event: OwnEvent,
        *,
        key: str,
        at: datetime,
        event_id: EventId | None = None,
    ) -> "Own":
        """Return the event of a conversation, as if it came in at that time."""
        return cls(
            merchant_id=one.merchant_id,
            account_id=one.account_id,
            conversation_id=one.id,
            key=key,
            event=event,
            received_at=at,
            due_at=at,
            id=event_id,
        )


@dataclass(frozen=True, slots=True)
class Stored:
    """How storing went: how many were new (as far as the database tells), which it refused."""

    new: int
    refused: frozenset[int] = frozenset()
    """Positions of arrivals that the database will never take."""


class Inbox:
    """Stores arrivals in batches, and remembers where senders belong."""

    def __init__(self, engine: AsyncEngine, vault: Vault, clock: Clock) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._memory = RouteMemory(clock)
        postgresql = engine.dialect.name == "postgresql"
        self._sql: InboxSql = PostgresInboxSql() if postgresql else PortableInboxSql()

    async def store(self, arrivals: Sequence[Arrival]) -> Stored:
        """Store all in one transaction, leaving out what was seen before.

        Raise what the database raised where it is away. Where it refuses the batch for what is
        in it, each arrival is stored on its own, so that one bad item spoils no other.
        """
        try:
            return Stored(await self._patiently(arrivals))
        except (SQLAlchemyError, OSError) as error:
            self._memory.forget()
            if is_passing(error):
                raise
        return await self._singly(arrivals)

    async def store_own(self, connection: AsyncConnection, events: Sequence[Own]) -> int:
        """Insert events of our own in the caller's transaction; return how many were new."""
        rows = [
            row(
                self._vault,
                kept_own(one.event, one.key),
                Where(
                    one.merchant_id,
                    one.account_id,
                    one.conversation_id,
                    one.received_at,
                    one.due_at,
                ),
                one.id,
            )
            for one in events
        ]
        return await self._insert(connection, rows)

    async def keep_unreadable(
        self,
        connection: AsyncConnection,
        merchant_id: MerchantId,
        account_id: AccountId,
        raw: bytes,
        reason: str,
    ) -> int:
        """Keep bytes that belong to nobody, for staff, in the caller's transaction."""
        now = self._clock()
        where = Where(merchant_id, account_id, None, now, now)
        return await self._insert(connection, [row(self._vault, unreadable(raw, reason), where)])

    def forget(self, conversations: Sequence[ConversationId]) -> None:
        """Forget who has these conversations, because they are gone."""
        self._memory.forget(conversations)

    async def _patiently(self, arrivals: Sequence[Arrival]) -> int:
        for pause in _PAUSES:
            try:
                return await self._together(arrivals)
            except (SQLAlchemyError, OSError) as error:
                if not is_passing(error):
                    raise
            self._memory.forget()
            await asyncio.sleep(pause)
        return await self._together(arrivals)

    async def _together(self, arrivals: Sequence[Arrival]) -> int:
        senders = [sender_of(one.account, one.item) for one in arrivals]
        names = [profile_name(one.item) for one in arrivals]
        routes, unknown = self._remembered(senders, names)
        async with writing(self._engine) as connection:
            split: set[Sender] = set()
            if unknown:
                search = Search(connection, self._sql, self._vault, self._clock())
                found, split = await search.run(unknown)
                routes |= found
            rows = list(self._rows(arrivals, senders, routes, split))
            new = await self._insert(connection, rows)
        if unknown:
            self._memory.keep({one: routes[one] for one in unknown if one not in split})
        return new

    def _remembered(
        self, senders: Sequence[Sender | None], names: Sequence[str]
    ) -> tuple[dict[Sender, Route], dict[Sender, str]]:
        routes: dict[Sender, Route] = {}
        unknown: dict[Sender, str] = {}
        for sender, name in zip(senders, names, strict=True):
            if sender is None:
                continue
            route = self._memory.find(sender, name)
            if route is None:
                unknown[sender] = name or unknown.get(sender, "")
            else:
                routes[sender] = route
        return routes, unknown

    def _rows(
        self,
        arrivals: Sequence[Arrival],
        senders: Sequence[Sender | None],
        routes: dict[Sender, Route],
        split: set[Sender],
    ) -> Iterator[dict[str, object]]:
        for arrival, sender in zip(arrivals, senders, strict=True):
            where = _where(arrival, routes[sender] if sender else None)
            if sender in split and not isinstance(arrival.item, AddressChange):
                before = where._replace(received_at=where.received_at - _A_MOMENT)
                yield row(self._vault, self._merger(arrival, sender.addresses[0]), before)
            yield row(self._vault, _what(arrival.item, sender), where, arrival.id)

    def _merger(self, arrival: Arrival, address: Address) -> Kept:
        """Return the event by which the turn makes one person of two (T-01)."""
        hashes = [self._vault.hash(kind, value) for kind, value in parts_of(address)]
        change = AddressChange(
            provider_id="merge:" + ":".join(hashes),
            old=Address(phone=address.phone),
            new=Address(user_id=address.user_id),
            sent_at=arrival.received_at,
        )
        return kept_own(change, change.provider_id)

    async def _insert(
        self, connection: AsyncConnection, rows: Sequence[Mapping[str, object]]
    ) -> int:
        # In key order, so that two gateways that store the same webhook never wait in a circle.
        return await insert_many_once(connection, _INBOX, sorted(rows, key=_order))

    async def _singly(self, arrivals: Sequence[Arrival]) -> Stored:
        new, refused = 0, set()
        for place, arrival in enumerate(arrivals):
            try:
                new += await self._alone(arrival)
            except SQLAlchemyError as error:
                if is_passing(error):
                    raise
                _log.exception("arrival refused", account=str(arrival.account.id))
                refused.add(place)
        return Stored(new, frozenset(refused))

    async def _alone(self, arrival: Arrival) -> int:
        try:
            return await self._patiently([arrival])
        except SQLAlchemyError as error:
            if is_passing(error):
                raise
            reason = type(error).__name__
        what = unreadable(kept(arrival.item).payload, reason)
        unread = row(self._vault, what, _where(arrival, None), arrival.id)
        async with writing(self._engine) as connection:
            return await self._insert(connection, [unread])


def _where(arrival: Arrival, route: Route | None) -> Where:
    return Where(
        arrival.account.merchant_id,
        arrival.account.id,
        route.conversation_id if route else None,
        arrival.received_at,
        arrival.due_at,
    )


def _what(item: Inbound, sender: Sender | None) -> Kept:
    what = kept(item)
    if sender is None and what.kind in _SAID_BY_SOMEONE:
        return unreadable(what.payload, "no address")
    return what


def _order(one: Mapping[str, object]) -> tuple[str, str]:
    return str(one["account_id"]), str(one["key"])
