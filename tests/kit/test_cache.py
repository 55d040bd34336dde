"""Caches keep bytes for a while; one that is away finds nothing, and disturbs nobody."""

import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import pytest
from redis import Redis
from redis.exceptions import RedisError

from sokoni.kit.cache import Cache, LocalCache, NoCache
from sokoni.kit.redis_cache import RedisCache


class RedisProcess:
    """A Redis of this test's own, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self.start()

    def start(self) -> None:
        line = ["redis-server", "--port", str(self.port), "--save", "", "--bind", "127.0.0.1"]
        self._process = subprocess.Popen(  # noqa: S603 -- a line of our own
            line, cwd=self._folder, stdout=subprocess.DEVNULL
        )
        until = monotonic() + 10
        while not self._answers():
            assert monotonic() < until
            sleep(0.02)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        try:
            with closing(Redis.from_url(self.url)) as redis:
                return bool(redis.ping())
        except RedisError:
            return False


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisProcess]:
    if shutil.which("redis-server") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no redis-server here")
        pytest.skip("no redis-server here")
    process = RedisProcess(tmp_path)
    yield process
    process.kill()


class Time:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def shared(redis: RedisProcess, time: Time) -> AsyncIterator[RedisCache]:
    cache = RedisCache(redis.url, time)
    yield cache
    await cache.close()


async def keeps_what_it_is_given(cache: Cache) -> None:
    assert await cache.get("goats") is None

    await cache.put("goats", b"one", 60)
    await cache.put("sheep", b"two", 60)
    await cache.put("goats", b"three", 60)

    assert await cache.get("goats") == b"three"
    assert await cache.get("sheep") == b"two"


async def test_local_cache_keeps_what_it_is_given() -> None:
    await keeps_what_it_is_given(LocalCache())


async def test_redis_keeps_what_it_is_given(shared: RedisCache) -> None:
    await keeps_what_it_is_given(shared)


async def test_no_cache_keeps_nothing() -> None:
    await NoCache().put("goats", b"one", 60)

    assert await NoCache().get("goats") is None


async def test_what_is_kept_expires(time: Time) -> None:
    cache = LocalCache(clock=time)
    await cache.put("goats", b"one", 60)

    time.now += 59.9
    assert await cache.get("goats") == b"one"
    time.now += 0.1
    assert await cache.get("goats") is None


async def test_local_cache_forgets_what_was_used_least(time: Time) -> None:
    cache = LocalCache(most=2, clock=time)
    await cache.put("goats", b"one", 60)
    await cache.put("sheep", b"two", 60)
    await cache.get("goats")

    await cache.put("cows", b"three", 60)

    assert [await cache.get(one) for one in ("goats", "sheep", "cows")] == [b"one", None, b"three"]


async def test_redis_lets_what_is_kept_expire(redis: RedisProcess, shared: RedisCache) -> None:
    await shared.put("goats", b"one", 60)

    with closing(Redis.from_url(redis.url)) as client:
        (key,) = client.keys()
        assert 0 < client.pttl(key) <= 60_000


async def test_redis_that_was_killed_disturbs_nobody_and_is_found_again(
    redis: RedisProcess, shared: RedisCache, time: Time
) -> None:
    await shared.put("goats", b"one", 60)
    redis.kill()

    began = monotonic()
    assert await shared.get("goats") is None
    await shared.put("goats", b"two", 60)
    for _ in range(1000):
        assert await shared.get("goats") is None
    assert monotonic() - began < 2

    redis.start()
    time.now += 5
    await shared.put("goats", b"three", 60)
    assert await shared.get("goats") == b"three"
