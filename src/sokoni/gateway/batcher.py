"""Group commit without a timer: what arrives while one flush runs is the next batch."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from structlog.contextvars import unbind_contextvars

from sokoni.errors import AppError
from sokoni.messaging.inbox import Arrival, Stored

_MOST: Final = 500
_PATIENCE: Final = 10.0
"""Seconds for a flush: providers give up on a webhook soon after."""
_log = structlog.get_logger(__name__)


class NotStoredError(AppError):
    """Nothing was acknowledged: whoever sent it sends it again."""

    code = "not_stored"
    http_status = 503


@dataclass(slots=True)
class _Caller:
    arrivals: Sequence[Arrival]
    done: asyncio.Future[None]


class Batcher:
    """Stores what callers bring, many callers in one transaction, one transaction at a time."""

    def __init__(
        self,
        store: Callable[[Sequence[Arrival]], Awaitable[Stored]],
        flushed: Callable[[int, float, Stored], None],
        *,
        most: int = _MOST,
        patience: float = _PATIENCE,
    ) -> None:
        self._store = store
        self._flushed = flushed
        self._most = most
        self._patience = patience
        self._waiting: deque[_Caller] = deque()
        self._loop: asyncio.Task[None] | None = None
        self._trouble = ""

    async def add(self, arrivals: Sequence[Arrival]) -> None:
        """Return once all are committed, or raise `NotStoredError`."""
        caller = _Caller(arrivals, asyncio.get_running_loop().create_future())
        self._waiting.append(caller)
        if self._loop is None:
            self._loop = asyncio.create_task(self._flush_all())
        await caller.done

    async def _flush_all(self) -> None:
        # It is nobody's in particular, and the first caller's trace came with the task.
        unbind_contextvars("trace")
        try:
            while self._waiting:
                await self._flush(self._next_batch())
        finally:
            self._loop = None

    def _next_batch(self) -> list[_Caller]:
        """Take whole callers up to the limit, at least one."""
        batch = [self._waiting.popleft()]
        size = len(batch[0].arrivals)
        while self._waiting and size + len(self._waiting[0].arrivals) <= self._most:
            batch.append(self._waiting.popleft())
            size += len(batch[-1].arrivals)
        return batch

    async def _flush(self, batch: list[_Caller]) -> None:
        arrivals = [one for caller in batch for one in caller.arrivals]
        loop = asyncio.get_running_loop()
        began = loop.time()
        flush = asyncio.ensure_future(self._store(arrivals))
        _, late = await asyncio.wait({flush}, timeout=self._patience)
        if late:
            flush.cancel()
            self._failed(batch, TimeoutError())
            await asyncio.wait({flush})
        elif error := flush.exception():
            self._failed(batch, error)
        else:
            self._well()
            self._flushed(len(arrivals), loop.time() - began, flush.result())
            _settle(batch, flush.result())

    def _failed(self, batch: list[_Caller], error: BaseException) -> None:
        """Fail the callers; say so once, however many webhooks come while the trouble lasts."""
        trouble = type(error).__name__
        if trouble != self._trouble:
            _log.error("flush failed", error=trouble)
        self._trouble = trouble
        _fail(batch, error)

    def _well(self) -> None:
        if self._trouble:
            _log.info("flush works again", after=self._trouble)
        self._trouble = ""


def _settle(batch: list[_Caller], stored: Stored) -> None:
    place = 0
    for caller in batch:
        end = place + len(caller.arrivals)
        refused = any(place <= one < end for one in stored.refused)
        _answer(caller, NotStoredError("refused") if refused else None)
        place = end


def _fail(batch: list[_Caller], error: BaseException) -> None:
    for caller in batch:
        failure = NotStoredError(type(error).__name__)
        failure.__cause__ = error
        _answer(caller, failure)


def _answer(caller: _Caller, error: NotStoredError | None) -> None:
    if caller.done.done():
        return
    if error is None:
        caller.done.set_result(None)
    else:
        caller.done.set_exception(error)
