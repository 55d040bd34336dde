"""The turn worker: many conversations in one transaction, each failing alone (design §3)."""

import asyncio
import heapq
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from structlog.contextvars import bind_contextvars, unbind_contextvars

from sokoni.db.faults import is_passing
from sokoni.db.writing import writing
from sokoni.dialogue.journeys import Mark
from sokoni.kit.ids import ConversationId, MerchantId, trace_of
from sokoni.messaging.models import EventKind, EventState
from sokoni.messaging.turn_rows import Claimed, Handled, NewMessage, TurnSql, WaitingEvent, Writes
from sokoni.messaging.wakeups import INBOX, REQUESTS, Hints
from sokoni.workers.aftermath import Aftermath
from sokoni.workers.conversing import ConversationTurn
from sokoni.workers.figures import PARKED, TURN_FAILURES
from sokoni.workers.looping import keep_running
from sokoni.workers.parts import TurnParts
from sokoni.workers.read_marks import ReadMarks
from sokoni.workers.suspicion import Suspicion
from sokoni.workers.turned import Turned

_POLL_SECONDS: Final = 1.0
_FORESEEN: Final = timedelta(minutes=1)
"""What is put off for longer, a poll finds."""
_LONGEST_BACKOFF: Final = timedelta(minutes=1)
_log = structlog.get_logger(__name__)
_switch: Final = logging.getLogger(__name__)
"""Asked before a line that nearly nobody wants is put together."""


class SpoiledBatchError(Exception):
    """A turn in a batch failed for a reason of its own: each is to be done alone."""

    def __init__(self, ids: Sequence[ConversationId]) -> None:
        super().__init__(len(ids))
        self.ids = ids


class TurnWorker:
    """Claims conversations, turns them, commits, and passes on what is to be sent."""

    def __init__(  # noqa: PLR0913 -- the worker's collaborators, each by name
        self,
        *,
        engine: AsyncEngine,
        sql: TurnSql,
        parts: TurnParts,
        aftermath: Aftermath,
        hints: Hints,
        feed: Callable[[Sequence[NewMessage]], None],
        marks: ReadMarks,
        batch: int,
        attempts: int,
        moved: Callable[[Claimed], None] = lambda _: None,
        count: Callable[[MerchantId, date, Sequence[Mark]], None] = lambda *_: None,
    ) -> None:
        self._engine = engine
        self._sql = sql
        self._parts = parts
        self._aftermath = aftermath
        self._hints = hints
        self._feed = feed
        self._marks = marks
        self._batch = batch
        self._attempts = attempts
        self._moved = moved
        self._count_marks = count
        self._suspicion = Suspicion(engine, parts.clock)
        self._put_off: list[datetime] = []
        """When what this worker put off falls due, as a heap."""

    async def beware(self) -> None:
        """Learn whether a worker died: what it may have died of is then handled one by one."""
        await self._suspicion.begin()

    async def run(self, stop: asyncio.Event) -> None:
        """Turn until told to stop; a database that is away is waited for."""
        await keep_running("turns", self._step, stop)

    async def _step(self) -> None:
        looked_at = self._parts.clock()
        if not await self.run_once():
            await self._hints.wait(INBOX, self._patience(looked_at))

    def _patience(self, looked_at: datetime) -> float:
        """Return for how many seconds nothing falls due that this worker knows of."""
        while self._put_off and self._put_off[0] <= looked_at:
            heapq.heappop(self._put_off)
        if not self._put_off:
            return _POLL_SECONDS
        # What fell due since it was looked for is looked for at once.
        seconds = (self._put_off[0] - self._parts.clock()).total_seconds()
        return min(max(seconds, 0.0), _POLL_SECONDS)

    async def run_once(self) -> int:
        """Handle one batch and return how many conversations were looked at."""
        try:
            return await self._one_batch()
        except SpoiledBatchError as spoiled:
            for conversation_id in spoiled.ids:
                await self._alone(conversation_id)
            return len(spoiled.ids)

    # --- together ---------------------------------------------------------------------------

    async def _one_batch(self) -> int:
        now = self._parts.clock()
        async with writing(self._engine) as connection:
            claimed = await self._sql.lock(connection, now, self._batch)
            if not claimed:
                return 0
            await self._sql.read(connection, claimed, now)
            await self._suspicion.look_again(connection)
            suspects = [one.id for one in claimed if self._suspicion.falls_on(one)]
            fine = _one_person_first([one for one in claimed if one.id not in suspects])
            turned, messages = await self._together(connection, fine, now)
        self._pass_on(messages, turned)
        for conversation_id in suspects:
            await self._alone(conversation_id)
        return len(claimed)

    async def _together(
        self, connection: AsyncConnection, claimed: Sequence[Claimed], now: datetime
    ) -> tuple[list[Turned], list[NewMessage]]:
        try:
            turned = await self._turn(connection, claimed)
            return turned, await self._settle(connection, turned, now)
        except Exception as error:
            if is_passing(error):
                raise
            _log.warning("batch_spoiled", error=type(error).__name__, conversations=len(claimed))
            raise SpoiledBatchError([one.id for one in claimed]) from error

    async def _turn(self, connection: AsyncConnection, claimed: Sequence[Claimed]) -> list[Turned]:
        # One session for all: most turns never use theirs, and opening one is not cheap.
        async with _session(connection) as session:
            try:
                return [await self._traced(session, one) for one in claimed]
            finally:
                unbind_contextvars("trace")

    async def _traced(self, session: AsyncSession, one: Claimed) -> Turned:
        bind_contextvars(trace=one.trace)
        turned = await (await self._prepared(session, one)).run()
        if _switch.isEnabledFor(logging.DEBUG):
            traces = [trace_of(event.id) for event in one.events]
            _log.debug("turned", conversation=str(one.id), traces=traces, by=turned.by)
        return turned

    async def _prepared(self, session: AsyncSession, one: Claimed) -> ConversationTurn:
        profile = await self._parts.merchants.get(one.merchant_id)
        account = await self._parts.accounts.get(one.account_id)
        return ConversationTurn(self._parts, one, profile, account, session)

    async def _settle(
        self, connection: AsyncConnection, turned: Sequence[Turned], now: datetime
    ) -> list[NewMessage]:
        """Write the whole batch in a handful of statements."""
        writes = Writes()
        for one in turned:
            writes.extend(one.writes)
        await self._aftermath.follow(connection, turned, now)
        await self._sql.write(connection, writes, now)
        if any(one.merges for one in turned):
            merged = await self._aftermath.merge(connection, turned, now)
            await self._sql.write(connection, merged, now)
        self._foresee(due for _, due in writes.postponed if due < now + _FORESEEN)
        return [message for message in writes.messages if message.to_send]

    def _foresee(self, due: Iterable[datetime]) -> None:
        for at in due:
            heapq.heappush(self._put_off, at)

    def _pass_on(self, messages: Sequence[NewMessage], turned: Sequence[Turned]) -> None:
        for one in turned:
            if one.merges:
                # Before anything more is sent to them: their addresses are others now.
                self._moved(one.claimed)
        if messages:
            self._feed(messages)
        for one in turned:
            self._parts.places.learn(one.claimed.merchant_id, one.places)
            self._marks.offer(one.claimed.account_id, one.read, typing=one.typing)
            if one.marks:
                self._count_marks(one.claimed.merchant_id, one.day, one.marks)
        if any(one.whispers or one.for_staff or one.moved for one in turned):
            self._hints.notify(INBOX)
        if any(one.asks for one in turned):
            self._hints.notify(REQUESTS)

    # --- alone ------------------------------------------------------------------------------

    async def _alone(self, conversation_id: ConversationId) -> None:
        """Handle the first waiting event of one conversation, counted before it is tried."""
        one = await self._count(conversation_id)
        if one is None:
            return
        event = one.events[0]
        if event.attempts > self._attempts:
            await self._park(conversation_id, "it ended the process that handled it")
            return
        try:
            await self._try(conversation_id)
        except Exception as error:
            if is_passing(error):
                await self._uncount(one)
                raise
            await self._failed(one, error)

    async def _count(self, conversation_id: ConversationId) -> Claimed | None:
        """Count the attempt in a transaction of its own: a message that kills is counted too."""
        now = self._parts.clock()
        async with writing(self._engine) as connection:
            one = await self._claim_first(connection, conversation_id, now)
            if one is None:
                return None
            event = one.events[0]
            if event.due_at > now and event.attempts:
                later = Writes(postponed=[(other.id, event.due_at) for other in one.events])
                await self._sql.write(connection, later, now)
                return None
            await self._sql.count_attempts(connection, [event.id], 1)
            event.attempts += 1
            return one

    async def _claim_first(
        self, connection: AsyncConnection, conversation_id: ConversationId, now: datetime
    ) -> Claimed | None:
        claimed = await self._sql.lock_one(connection, conversation_id)
        if not claimed:
            return None
        await self._sql.read(connection, claimed, now)
        return claimed[0] if claimed[0].events else None

    async def _try(self, conversation_id: ConversationId) -> None:
        now = self._parts.clock()
        async with writing(self._engine) as connection:
            one = await self._claim_first(connection, conversation_id, now)
            if one is None:
                return
            turned = await self._turn(connection, [replace(one, events=one.events[:1])])
            messages = await self._settle(connection, turned, now)
        self._pass_on(messages, turned)

    async def _uncount(self, one: Claimed) -> None:
        async with writing(self._engine) as connection:
            await self._sql.count_attempts(connection, [one.events[0].id], -1)

    async def _failed(self, one: Claimed, error: Exception) -> None:
        event = one.events[0]
        TURN_FAILURES.labels(type(error).__name__).inc()
        _log.error(
            "turn_failed",
            trace=trace_of(event.id),
            event_id=str(event.id),
            attempts=event.attempts,
            exc_info=error,
        )
        reason = f"{type(error).__name__}: {error}"
        if event.attempts >= self._attempts:
            await self._park(one.id, reason)
            return
        now = self._parts.clock()
        later = now + min(timedelta(seconds=2.0 ** (event.attempts - 1)), _LONGEST_BACKOFF)
        async with writing(self._engine) as connection:
            postponed = Writes(postponed=[(other.id, later) for other in one.events])
            await self._sql.write(connection, postponed, now)

    async def _park(self, conversation_id: ConversationId, reason: str) -> None:
        PARKED.inc()
        try:
            await self._park_and_apologise(conversation_id, reason)
        except Exception as error:
            if is_passing(error):
                raise
            # What made the turn fail may spoil the apology too: the others must go on.
            _log.error("apology_failed", conversation=str(conversation_id), exc_info=error)
            await self._set_aside(conversation_id, reason)

    async def _set_aside(self, conversation_id: ConversationId, reason: str) -> None:
        now = self._parts.clock()
        async with writing(self._engine) as connection:
            one = await self._claim_first(connection, conversation_id, now)
            if one is not None:
                parked = Handled(one.events[0].id, EventState.PARKED, reason[:400])
                await self._sql.write(connection, Writes(handled=[parked]), now)

    async def _park_and_apologise(self, conversation_id: ConversationId, reason: str) -> None:
        now = self._parts.clock()
        async with writing(self._engine) as connection:
            one = await self._claim_first(connection, conversation_id, now)
            if one is None:
                return
            await self._aftermath.tell_staff_of_parked(connection, one, now)
            async with _session(connection) as session:
                turned = (await self._prepared(session, one)).park(reason)
            await self._settle(connection, [turned], now)
        self._hints.notify(INBOX)


def _one_person_first(claimed: Sequence[Claimed]) -> Sequence[Claimed]:
    """Leave all others to the next batch where one finds two contacts to be one person.

    What waits to be told to both would otherwise be told to each before they are one.
    """
    finds = [one for one in claimed if any(_finds(event) for event in one.events)]
    return finds[:1] or claimed


def _finds(event: WaitingEvent) -> bool:
    return event.kind == EventKind.ADDRESS_CHANGE


def _session(connection: AsyncConnection) -> AsyncSession:
    """Open a session inside the batch's transaction, which stays open when it closes."""
    return AsyncSession(connection, join_transaction_mode="rollback_only", expire_on_commit=False)
