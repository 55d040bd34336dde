"""Wake-ups that cross processes: hints sent in bundles, and a line that mends itself."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol, Self

import structlog
from typing_extensions import override

from sokoni.messaging.wakeups.local import TOPICS, LocalHints

_BUNDLE: Final = 0.003
"""Seconds between two sendings: a hint is worth no more than one message per few milliseconds."""
_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 5.0
_log = structlog.get_logger(__name__)


class Line(Protocol):
    """An open line to the other processes."""

    async def send(self, topics: Collection[str]) -> None:
        """Send hints, or raise what tells that the line is down."""

    def heard(self) -> AsyncIterator[str]:
        """Yield the topics that others hint at; end or raise when the line is down."""


class RemoteHints(LocalHints, ABC):
    """See `Hints`: also between processes. While the line is down, only local ones are heard."""

    faults: tuple[type[Exception], ...] = (OSError, TimeoutError)
    """What a broken line raises."""

    def __init__(self) -> None:
        super().__init__()
        self._due: set[str] = set()
        self._something_due = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()

    @abstractmethod
    def open(self) -> AbstractAsyncContextManager[Line]:
        """Connect."""

    @override
    async def __aenter__(self) -> Self:
        self._keeping = asyncio.create_task(self._keep_open())
        return self

    @override
    async def __aexit__(self, *error: object) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait({self._keeping})

    @override
    def notify(self, topic: str) -> None:
        super().notify(topic)
        self._due.add(topic)
        self._something_due.set()

    async def connected(self) -> None:
        """Wait until the line is open."""
        await self._connected.wait()

    async def _keep_open(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                async with self.open() as line:
                    pause = _FIRST_PAUSE
                    await self._use(line)
            except self.faults as error:
                _log.warning("wake-ups disconnected", error=type(error).__name__)
            finally:
                self._connected.clear()
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _use(self, line: Line) -> None:
        self._connected.set()
        # Whatever was hinted at while the line was down.
        for topic in TOPICS:
            super().notify(topic)
        jobs = {asyncio.create_task(self._send(line)), asyncio.create_task(self._listen(line))}
        try:
            done, _ = await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.wait(jobs)
        for job in done:
            job.result()

    async def _send(self, line: Line) -> None:
        while True:
            await self._something_due.wait()
            self._something_due.clear()
            topics, self._due = self._due, set()
            await line.send(topics)
            await asyncio.sleep(_BUNDLE)

    async def _listen(self, line: Line) -> None:
        async for topic in line.heard():
            super().notify(topic)
