"""Redis goes away in the middle: searches go on, and nothing is served that was sold meanwhile."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError
from typing_extensions import override

from sokoni.cli.phone import Phone
from sokoni.kit.http import ReqwestClient
from tests.failures.fleet import Fleet, free_port, ready
from tests.failures.place import SLUG, environment, settle
from tests.gateway.away import Relay

pytestmark = pytest.mark.kill

HOST, PORT, DATABASE = "127.0.0.1", 6379, 14
ANSWERED_SECONDS = 15.0
BACK_SECONDS = 40.0


class Watched(Relay):
    """Counts how often the cache is asked, or told, through it."""

    asked = 0

    @override
    def passes(self, data: bytes) -> None:
        self.asked += data.count(b"sokoni:cache:")


@pytest.fixture
async def relay() -> AsyncIterator[Watched]:
    try:
        Redis(HOST, PORT).ping()
    except RedisError as error:
        if os.environ.get("CI") == "true":
            pytest.fail("no redis here")
        pytest.skip(f"no redis here: {type(error).__name__}")
    async with Watched(HOST, PORT) as opened:
        yield opened


@asynccontextmanager
async def served(variables: Mapping[str, str], folder: Path) -> AsyncIterator[str]:
    """Run the server in one process; yield its address."""
    port = free_port()
    up = Fleet({"up": ["up", "--no-demo", "--port", str(port)]}, variables, folder)
    try:
        await up.start("up")
        await ready(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        await up.stop()


async def says(phone: Phone, *lines: str) -> str:
    """Write line by line; return the last answer with its choices."""
    told = ""
    for line in lines:
        async with asyncio.timeout(ANSWERED_SECONDS):
            await phone.write(line)
            news = await phone.news()
            while not news:
                await asyncio.sleep(0.05)
                news = await phone.news()
        told = "\n".join(f"{one.text} {[pick.label for pick in one.choices]}" for one in news)
    return told


async def taken_up_again(relay: Watched, phone: Phone, line: str) -> str:
    """Search until the cache is asked again; return what was found last."""
    before = relay.asked
    async with asyncio.timeout(BACK_SECONDS):
        while relay.asked == before:
            found = await says(phone, line)
            await asyncio.sleep(0.5)
    return found


async def test_searches_go_on_without_redis_and_use_it_when_it_is_back(
    own_url: str, relay: Watched, tmp_path: Path
) -> None:
    redis = f"redis://{HOST}:{relay.port}/{DATABASE}"
    variables = environment(own_url, redis_url=redis, search_cache="true")
    await settle(variables, "http://127.0.0.1:1")
    async with served(variables, tmp_path) as url, ReqwestClient() as http:
        tendai = Phone(http, url, SLUG, "+263771000001")
        bongani = Phone(http, url, SLUG, "+263772000002")
        await says(tendai, "I want to join", "Tendai Moyo", "Gokwe")
        assert "Listed" in await says(tendai, "Selling 10 goats at $20", "yes")
        assert "Tendai" in await says(bongani, "Looking for goats in Gokwe")
        assert relay.asked

        await relay.shut()

        assert "Tendai" in await says(bongani, "Looking for goats in Gokwe")
        assert "Sold" in await says(tendai, "sold", "yes")
        assert "Nobody sells goats" in await says(bongani, "Looking for goats in Gokwe")
        assert "Listed" in await says(tendai, "Selling 4 sheep at $40", "yes")
        assert "Tendai" in await says(bongani, "cancel", "Looking for sheep in Gokwe")

        await relay.open()

        # What Redis remembers of the goats is from before they were sold.
        found = await taken_up_again(relay, bongani, "Looking for goats in Gokwe")
        assert "Nobody sells goats" in found
        assert "Tendai" in await says(bongani, "cancel", "Looking for sheep in Gokwe")
        assert "Sold" in await says(tendai, "sold", "yes")
        assert "Nobody sells sheep" in await says(bongani, "Looking for sheep in Gokwe")
