"""Wake-ups by Redis's publish and subscribe."""

import secrets
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError
from typing_extensions import override

from sokoni.kit.cancelling import cancellable
from sokoni.messaging.wakeups.remote import Line, RemoteHints

_CHANNEL: Final = "sokoni:hints"
_PROBE: Final = 30


class RedisHints(RemoteHints):
    """See `Hints`: one subscription, made again when it breaks."""

    faults = (OSError, TimeoutError, RedisError)

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    @override
    @asynccontextmanager
    async def open(self) -> AsyncIterator[Line]:
        redis = Redis.from_url(
            self._url,
            health_check_interval=_PROBE,
            socket_connect_timeout=5,
            decode_responses=True,
        )
        async with redis, redis.pubsub() as subscription:
            await cancellable(subscription.subscribe(_CHANNEL))
            yield _RedisLine(redis, subscription)


class _RedisLine:
    def __init__(self, redis: Redis, subscription: PubSub) -> None:
        self._redis = redis
        self._subscription = subscription
        self._own = secrets.token_hex(8)

    async def send(self, topics: Collection[str]) -> None:
        said = f"{self._own} {' '.join(topics)}"
        await cancellable(self._redis.publish(_CHANNEL, said))

    async def heard(self) -> AsyncIterator[str]:
        while True:
            said: dict[str, Any] | None = await cancellable(
                self._subscription.get_message(ignore_subscribe_messages=True, timeout=_PROBE)
            )
            if said is None:
                continue
            sender, *topics = str(said["data"]).split()
            if sender == self._own:
                continue
            for topic in topics:
                yield topic
