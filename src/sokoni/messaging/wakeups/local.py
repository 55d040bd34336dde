"""Wake-ups within one process, and the contract of those that reach further."""

import asyncio
from typing import Final, Protocol, Self
from weakref import WeakSet

INBOX: Final = "inbox"
OUTBOX: Final = "outbox"
REQUESTS: Final = "requests"
STATUSES: Final = "statuses"
TOPICS: Final = (INBOX, OUTBOX, REQUESTS, STATUSES)


class Listener:
    """One loop's ear for a topic: what was hinted while the loop was busy, the next wait hears."""

    def __init__(self) -> None:
        self._heard = asyncio.Event()

    def hear(self) -> None:
        self._heard.set()

    async def wait(self, seconds: float) -> bool:
        """Return at once after a hint since the last wait, else at the next one or in vain."""
        try:
            async with asyncio.timeout(seconds):
                await self._heard.wait()
        except TimeoutError:
            return False
        self._heard.clear()
        return True


class Hints(Protocol):
    """Tells loops, here and in other processes, that a topic has work. Hints may get lost."""

    async def __aenter__(self) -> Self:
        """Connect; the hints of other processes are heard from now on."""

    async def __aexit__(self, *error: object) -> None: ...

    def notify(self, topic: str) -> None:
        """Wake those who wait for the topic. Never waits and never fails."""

    async def wait(self, topic: str, timeout: float) -> bool:  # noqa: ASYNC109
        """Wait for a hint, for at most `timeout` seconds; tell whether there was one.

        For one loop per topic and process; a second loop takes a `listener` of its own.
        """

    def listener(self, topic: str) -> Listener:
        """Return a new ear for the topic; it is dropped when nobody holds it any more."""


class LocalHints:
    """See `Hints`: within one process."""

    def __init__(self) -> None:
        self._ears: dict[str, WeakSet[Listener]] = {}
        self._shared = {topic: self.listener(topic) for topic in TOPICS}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        """Nothing is open."""

    def notify(self, topic: str) -> None:
        for ear in self._ears.get(topic, ()):
            ear.hear()

    async def wait(self, topic: str, timeout: float) -> bool:  # noqa: ASYNC109
        return await self._shared[topic].wait(timeout)

    def listener(self, topic: str) -> Listener:
        ear = Listener()
        self._ears.setdefault(topic, WeakSet()).add(ear)
        return ear
