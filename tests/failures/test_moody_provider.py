"""A provider that refuses, stalls, babbles and hangs up at random: order kept, nothing doubled."""

import asyncio
import random
import sys
from collections import Counter

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from sokoni.testing.fake_graph import (
    FakeGraph,
    Reporting,
    Scripted,
    cut,
    fake_graph,
    garbage,
    http_error,
    refused,
    silence,
    slow,
)
from tests.failures.accounts import faults
from tests.failures.crowd import Crowd
from tests.failures.place import NUMBERS, SECRET, door, number_id
from tests.failures.served import served

pytestmark = pytest.mark.kill

_MOODS = {
    "taken, answered late": slow(1),
    "taken, cut off": cut(),
    "taken, garbage": garbage(),
    "taken, never answered": silence(),
    "not taken, never answered": silence(taken=False),
    "not taken, cut off": cut(taken=False),
    "not taken, garbage": garbage(taken=False),
    "not taken, 500": http_error(500),
    "not taken, 503": http_error(503, b""),
    "busy": refused(131016, 500),
    "number throttled": refused(130429, 429, retry_after="1"),
    "429 without a word": http_error(429, retry_after="1"),
    "contact throttled": refused(131056),
}
_HOW_OFTEN = 0.25


class Moody(FakeGraph):
    """Is in a mood for every fourth message; who met one is served well the next time."""

    def __init__(self, seed: int) -> None:
        super().__init__(app_secret=SECRET, reporting=Reporting())
        self.chance = random.Random(seed)
        self.moods: Counter[str] = Counter()
        self._met: set[str] = set()

    @override
    def _next_step(self, to: str) -> Scripted | None:
        if to in self._met or self.chance.random() > _HOW_OFTEN:
            self._met.discard(to)
            return None
        self._met.add(to)
        mood = self.chance.choice(list(_MOODS))
        self.moods[mood] += 1
        return _MOODS[mood]


async def test_a_moody_provider_gets_every_message_once_and_in_order(
    database_url: str, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = Moody(seed=7)
    async with (
        fake_graph(graph),
        served(database_url, graph, unknown_after_seconds=2) as here,
    ):
        graph.reporting.urls = {
            number_id(number): door(here.port, number) for number in range(NUMBERS)
        }
        crowd = Crowd(graph, here.http, here.port, random.Random(7))
        writing = asyncio.create_task(crowd.converse(contacts=40, hasty=20))
        await asyncio.sleep(5)
        crowd.enough.set()
        await writing
        await graph.reported()
        await here.idle()

        with capsys.disabled():
            sys.stdout.write(f"\n{len(graph.taken)} messages through {dict(graph.moods)}\n")
        assert await faults(engine, graph, crowd) == []
        assert set(graph.moods) == set(_MOODS)
