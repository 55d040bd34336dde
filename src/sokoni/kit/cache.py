"""Something that keeps bytes for a while, and may forget any of them at any time."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Protocol

from typing_extensions import override


class Cache(Protocol):
    """Whoever puts something in says how to tell that it is still true, and can do without."""

    async def get(self, key: str) -> bytes | None: ...

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep the value for so long at most."""


class NoCache(Cache):
    """Keeps nothing."""

    @override
    async def get(self, key: str) -> bytes | None:
        return None

    @override
    async def put(self, key: str, value: bytes, seconds: float) -> None:
        pass


class LocalCache(Cache):
    """Keeps the latest in this process's memory."""

    def __init__(self, most: int = 10_000, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    @override
    async def get(self, key: str) -> bytes | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept[0] <= self._clock():
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return kept[1]

    @override
    async def put(self, key: str, value: bytes, seconds: float) -> None:
        self._kept[key] = self._clock() + seconds, value
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
