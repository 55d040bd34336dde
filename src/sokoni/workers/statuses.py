"""Applies delivery statuses in bulk.

Applied statuses are deleted, not kept: the message's row holds what they said, and one that
comes again finds a state that is no earlier than its own and changes nothing.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.channels.accounts import Accounts
from sokoni.channels.inbound import Status
from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.db.writing import writing
from sokoni.dialogue.manifest import ReachedHandler
from sokoni.kit.clock import Clock
from sokoni.kit.ids import AccountId, EventId, OutboxId
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.dialects import status_sql
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.models import EventState, MessageState
from sokoni.messaging.pricing import Price, count_prices
from sokoni.messaging.statuses import EARLY, Folded, StatusEvent, fold, ours
from sokoni.messaging.wakeups import INBOX, OUTBOX, Hints
from sokoni.messaging.wakeups import STATUSES as TOPIC
from sokoni.workers.failures import Failures, Followed
from sokoni.workers.figures import STATUSES
from sokoni.workers.looping import keep_running

_BATCH: Final = 500
_POLL_SECONDS: Final = 1.0
_PUT_OFF: Final = timedelta(seconds=5)
_DECODER: Final = msgspec.json.Decoder(Status)
_UNRESOLVED: Final = frozenset({MessageState.WAITING, MessageState.SENDING, MessageState.UNKNOWN})

Read = list[tuple[StatusEvent, Status]]


class StatusWorker:
    """Claims waiting statuses, folds them into their messages, and tells the sender."""

    def __init__(  # noqa: PLR0913 -- the worker's collaborators, each by name
        self,
        *,
        engine: AsyncEngine,
        vault: Vault,
        clock: Clock,
        hints: Hints,
        inbox: Inbox,
        accounts: Accounts,
        resolved: Callable[[Iterable[OutboxId]], None],
        paused: Callable[[Mapping[AccountId, str]], None] = lambda _: None,
        reached: Sequence[ReachedHandler] = (),
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._hints = hints
        self._resolved = resolved
        self._paused = paused
        self._reached = reached
        self._failures = Failures(vault, inbox, accounts)
        self._sql = status_sql(engine)

    async def run(self, stop: asyncio.Event) -> None:
        """Apply until told to stop; a database that is away is waited for."""
        await keep_running("statuses", self._step, stop)

    async def _step(self) -> None:
        if not await self.run_once():
            await self._hints.wait(TOPIC, _POLL_SECONDS)

    async def run_once(self) -> int:
        """Apply one batch of statuses that are due; return how many there were."""
        now = self._clock()
        async with writing(self._engine) as connection:
            events = await self._sql.claim(connection, now, _BATCH)
            if not events:
                return 0
            read, broken = self._opened(events)
            folded = await self._folded(connection, read)
            written = await self._write(connection, folded, now)
            failed = [one for one in folded.failed if one.message_id in written]
            followed = await self._failures.follow(connection, failed, now) if failed else None
            if folded.reached:
                for hook in self._reached:
                    await hook(connection, folded.reached, now)
            await self._end(connection, broken, EventState.PARKED, now)
            # Last: whoever counts for the same number waits until the commit.
            await count_prices(connection, _prices(folded, written))
        self._report(folded, written)
        if followed is not None:
            self._pass_on(followed)
        return len(events)

    def _opened(self, events: Iterable[StatusEvent]) -> tuple[Read, list[EventId]]:
        read: Read = []
        broken: list[EventId] = []
        for event in events:
            try:
                opened = self._vault.open(PLACE, event.id, event.payload)
                read.append((event, _DECODER.decode(opened)))
            except (KeyUnknownError, TamperedError, msgspec.DecodeError):
                broken.append(event.id)
        return read, broken

    async def _folded(self, connection: AsyncConnection, read: Read) -> Folded:
        """Match by our own id first; by the provider's where it brought none of ours."""
        ids = sorted({name for _, status in read if (name := ours(status))})
        names = sorted({status.provider_id for _, status in read if not ours(status)})
        targets = await self._sql.targets(connection, [UUID(hex=one) for one in ids], names)
        return fold(read, targets)

    async def _write(
        self, connection: AsyncConnection, folded: Folded, now: datetime
    ) -> set[OutboxId]:
        written: set[OutboxId] = set()
        if folded.advances:
            written = await self._sql.advance(connection, folded.advances, now)
        changed_meanwhile = {one.id for one in folded.advances} - written
        # Those are read again: their events stay.
        done = [
            event
            for message_id, events in folded.done.items()
            if message_id not in changed_meanwhile
            for event in events
        ]
        if done:
            await self._sql.delete(connection, done)
        await self._put_off(connection, folded.early, now)
        return written

    async def _put_off(
        self, connection: AsyncConnection, early: Sequence[StatusEvent], now: datetime
    ) -> None:
        waiting = [event.id for event in early if event.received_at + EARLY > now]
        over = [event.id for event in early if event.received_at + EARLY <= now]
        if waiting:
            await self._sql.put_off(connection, waiting, now + _PUT_OFF)
        await self._end(connection, over, EventState.IGNORED, now)

    async def _end(
        self, connection: AsyncConnection, ids: Sequence[EventId], state: int, now: datetime
    ) -> None:
        if ids:
            await self._sql.end(connection, ids, state, now)

    def _report(self, folded: Folded, written: set[OutboxId]) -> None:
        STATUSES.labels("applied").inc(sum(len(events) for events in folded.done.values()))
        STATUSES.labels("early").inc(len(folded.early))
        came = [one.id for one in folded.advances if one.id in written and _was_open(one.before)]
        if came:
            self._resolved(came)

    def _pass_on(self, followed: Followed) -> None:
        if followed.paused:
            self._paused(followed.paused)
        if followed.again:
            self._hints.notify(OUTBOX)
        if followed.told:
            self._hints.notify(INBOX)


def _prices(folded: Folded, written: set[OutboxId]) -> list[Price]:
    return [one.price for one in folded.advances if one.price and one.id in written]


def _was_open(state: int) -> bool:
    return state in _UNRESOLVED
