"""Performs requests: leased by a guarded update, retried with backoff, answered by an event.

The broker only spreads the work; `kick_due` finds by their rows what it forgot.
"""

import asyncio
from datetime import timedelta
from secrets import SystemRandom
from typing import Final

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.db.writing import reading, writing
from sokoni.kit.clock import Clock
from sokoni.kit.text import clean
from sokoni.messaging.events import Answer
from sokoni.messaging.inbox import Inbox, Own
from sokoni.messaging.requests import (
    Asked,
    Kick,
    Performer,
    Performers,
    RequestDelayedError,
    RequestOutcomeUnknownError,
    RequestRefusedError,
    Taken,
    due_requests,
    end,
    opened,
    postpone,
    put_off_kick,
    take,
)
from sokoni.messaging.wakeups import INBOX, REQUESTS, Hints
from sokoni.workers.broker import QUEUE, BrokerAwayError, Kicks
from sokoni.workers.figures import REQUESTS as COUNTED
from sokoni.workers.looping import keep_running, patiently

_POLL_SECONDS: Final = 1.0
_WRITING_SECONDS: Final = 25.0
_FIRST_PAUSE: Final = 2.0
_LONGEST_PAUSE: Final = 300.0
_RANDOM: Final = SystemRandom()
_log = structlog.get_logger(__name__)


class RequestWorker:
    """Runs requests by their performers, and kicks those that fell due."""

    def __init__(  # noqa: PLR0913 -- its collaborators, each by name
        self,
        *,
        engine: AsyncEngine,
        vault: Vault,
        clock: Clock,
        inbox: Inbox,
        hints: Hints,
        performers: Performers,
        redis_url: str = "",
        queue: str = QUEUE,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._inbox = inbox
        self._hints = hints
        self._performers = performers
        self._kicks = Kicks(self.perform, redis_url, queue)

    async def run(self, stop: asyncio.Event) -> None:
        """Kick what falls due and perform what is kicked, until told to stop."""
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self._kicks.receive(stop))
            loops.create_task(keep_running("requests", self._step, stop))
        await self.close()

    async def close(self) -> None:
        """Finish what this process runs and hang up on the broker."""
        await self._kicks.close()

    async def _step(self) -> None:
        if not await self.kick_due():
            await self._hints.wait(REQUESTS, _POLL_SECONDS)

    async def run_once(self) -> int:
        """Perform everything that is due now, here and without a broker; return how many ran."""
        ran = 0
        while due := await self._due():
            for kick in due:
                await self.perform(kick)
            ran += len(due)
        return ran

    async def kick_due(self) -> int:
        """Have what is due run, here or elsewhere; what the broker loses is due again soon."""
        due = await self._due()
        for kick in due:
            async with writing(self._engine) as connection:
                mine = await put_off_kick(connection, kick, self._clock())
            if mine:
                await self._kick(kick)
        return len(due)

    async def perform(self, kick: Kick) -> None:
        """Run one request, if it is still to be had; its end and its answer are one commit."""
        async with writing(self._engine) as connection:
            taken = await take(connection, kick, self._clock(), self._performers)
        if taken is not None:
            await self._run(taken)

    # --- a run ------------------------------------------------------------------------------

    async def _run(self, taken: Taken) -> None:
        request, performer = taken.request, self._performers.get(taken.request.kind)
        if performer is None:
            await self._answer(request, "failed", "no_performer")
        elif taken.left_behind and not performer.repeatable:
            await self._answer(request, "unknown", RequestOutcomeUnknownError.code)
        else:
            await self._open_and_try(performer, request)

    async def _open_and_try(self, performer: Performer, request: Asked) -> None:
        try:
            readable = opened(self._vault, request)
        except (KeyUnknownError, TamperedError) as error:
            _log.error("request_unreadable", request_id=str(request.id), exc_info=error)
            await self._answer(request, "failed", "unreadable")
        else:
            await self._try(performer, readable)

    async def _try(self, performer: Performer, request: Asked) -> None:
        try:
            async with asyncio.timeout(performer.seconds):
                done = await performer.perform(request)
        except RequestRefusedError as error:
            await self._answer(request, "failed", error.reason, error.data)
        except RequestDelayedError as error:
            await self._later(performer, request, str(error), error.retry_after)
        except (RequestOutcomeUnknownError, TimeoutError) as error:
            await self._unknown(performer, request, error)
        except Exception as error:  # noqa: BLE001 -- a bug may strike after it was done
            _log.error("performer_broke", kind=request.kind, exc_info=error)
            await self._unknown(performer, request, error)
        else:
            await self._answer(request, "done", "", done.data)

    async def _unknown(self, performer: Performer, request: Asked, error: Exception) -> None:
        reason = f"{RequestOutcomeUnknownError.code} {type(error).__name__}"
        if performer.repeatable:
            await self._later(performer, request, reason, 0)
        else:
            await self._answer(request, "unknown", reason)

    async def _later(
        self, performer: Performer, request: Asked, reason: str, retry_after: float
    ) -> None:
        if request.attempt >= performer.tries:
            await self._answer(request, "failed", reason)
            return
        COUNTED.labels(request.kind, "delayed").inc()
        due_at = self._clock() + timedelta(seconds=retry_after or _pause(request.attempt))

        async def write() -> None:
            async with writing(self._engine) as connection:
                await postpone(connection, request, due_at, clean(reason)[:300])

        await patiently(write, _WRITING_SECONDS)

    async def _answer(self, request: Asked, outcome: str, error: str, data: object = None) -> None:
        """Write the end and insert the answer event; a lease that was lost writes neither."""
        own = self._own(request, outcome, error, data)

        async def write() -> None:
            async with writing(self._engine) as connection:
                if await end(connection, request, outcome, clean(error)[:300]):
                    await self._inbox.store_own(connection, [own])

        # It happened: a database that is away for a moment must not make it unknown.
        await patiently(write, _WRITING_SECONDS)
        COUNTED.labels(request.kind, outcome).inc()
        self._hints.notify(INBOX)

    def _own(self, request: Asked, outcome: str, error: str, data: object) -> Own:
        now = self._clock()
        told = {"reason": error, "data": data} if outcome != "done" else data
        return Own(
            merchant_id=request.merchant_id,
            account_id=request.account_id,
            conversation_id=request.conversation_id,
            key=f"answer:{request.id.hex}",
            event=Answer(
                kind=request.kind,
                request_id=str(request.id),
                outcome=outcome,
                data=msgspec.Raw(msgspec.json.encode(told)),
            ),
            received_at=now,
            due_at=now,
        )

    # --- kicks ------------------------------------------------------------------------------

    async def _due(self) -> list[Kick]:
        async with reading(self._engine) as connection:
            return await due_requests(connection, self._clock())

    async def _kick(self, kick: Kick) -> None:
        try:
            await self._kicks.kick(kick)
        except BrokerAwayError as error:
            # Without the broker there is still this worker.
            _log.warning("broker_away", error=str(error))
            await self.perform(kick)


def _pause(attempts: int) -> float:
    longest = min(_FIRST_PAUSE * 2.0 ** (attempts - 1), _LONGEST_PAUSE)
    return _RANDOM.uniform(longest / 2, longest)
