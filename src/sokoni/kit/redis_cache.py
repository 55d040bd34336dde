"""A cache that several processes share, in Redis. Where it is away, nothing is found in it."""

from collections.abc import Callable
from time import monotonic
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from typing_extensions import override

from sokoni.kit.cache import Cache
from sokoni.kit.cancelling import cancellable

_PREFIX: Final = "sokoni:cache:"
_PATIENCE_SECONDS: Final = 0.2
"""Whoever waits longer had better ask the database."""
_AWAY_SECONDS: Final = 5.0
_log = structlog.get_logger(__name__)


class RedisCache(Cache):
    """Asks Redis, and leaves it alone for a while once it did not answer."""

    def __init__(self, url: str, clock: Callable[[], float] = monotonic) -> None:
        self._redis = Redis.from_url(
            url,
            socket_connect_timeout=_PATIENCE_SECONDS,
            socket_timeout=_PATIENCE_SECONDS,
        )
        self._clock = clock
        self._away_until = 0.0

    @override
    async def get(self, key: str) -> bytes | None:
        if self._is_away:
            return None
        try:
            kept = await cancellable(self._redis.get(_PREFIX + key))
        except (OSError, TimeoutError, RedisError) as error:
            self._went_away(error)
            return None
        return kept if isinstance(kept, bytes) else None

    @override
    async def put(self, key: str, value: bytes, seconds: float) -> None:
        if self._is_away:
            return
        milliseconds = max(1, int(seconds * 1000))
        try:
            await cancellable(self._redis.set(_PREFIX + key, value, px=milliseconds))
        except (OSError, TimeoutError, RedisError) as error:
            self._went_away(error)

    async def close(self) -> None:
        await self._redis.aclose()

    @property
    def _is_away(self) -> bool:
        return self._clock() < self._away_until

    def _went_away(self, error: Exception) -> None:
        self._away_until = self._clock() + _AWAY_SECONDS
        _log.warning("cache_away", error=type(error).__name__)
