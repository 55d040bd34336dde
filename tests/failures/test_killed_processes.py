"""Any process is killed at any point: nothing is lost, nothing doubled (design §9).

`SOKONI_TEST_SEEDS=1,2,3` plays other runs of chance than the usual one.
"""

import asyncio
import os
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.writing import reading
from sokoni.messaging.models import Message, MessageState
from sokoni.testing.fake_graph import slow
from tests.failures.fleet import ready
from tests.failures.town import Town, town
from tests.failures.waiting import until

pytestmark = pytest.mark.kill

KILLS = 8
SEEDS = [int(seed) for seed in os.environ.get("SOKONI_TEST_SEEDS", "1").split(",")]


@dataclass(frozen=True)
class Killed:
    """Who was killed, and how many messages were on their way to the provider just then."""

    name: str
    sending: int


@pytest.mark.parametrize("seed", SEEDS)
async def test_sigkill_under_load_loses_nothing_and_doubles_nothing(
    own_url: str, tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    async with town(own_url, tmp_path, seed) as run:
        # Answers that take a while: a kill catches many messages on the wire.
        run.graph.always(slow(0.4))
        writing = asyncio.create_task(run.crowd.converse(contacts=200, hasty=40))
        showing = asyncio.create_task(run.crowd.show(range(300, 330), range(330, 345)))
        killed = await _kill(run, random.Random(seed))
        await showing
        run.crowd.enough.set()
        await writing

        wrong = await run.faults()
        with capsys.disabled():
            seconds = time.monotonic() - began
            sys.stdout.write(f"\n{own_url[:6]} {seed}: {seconds:.0f} s, {_told(run, killed)}\n")
        assert wrong == [], "\n".join(wrong)


async def _kill(run: Town, chance: random.Random) -> list[Killed]:
    """Kill one process after the other at moments drawn by lot, and start each again."""
    killed: list[Killed] = []
    while len(killed) < KILLS:
        if chance.random() < 0.8:
            await _at_work(run)
        await asyncio.sleep(chance.uniform(0, 1.5))
        name = chance.choice(run.processes.names)
        await run.processes.kill(name)
        killed.append(Killed(name, await _sending(run.engine)))
        await asyncio.sleep(chance.uniform(0, 0.5))
        await run.processes.start(name)
    await ready(run.port)
    return killed


async def _at_work(run: Town) -> None:
    """Return once messages go out (again)."""
    before = len(run.graph.taken)

    async def some() -> bool:
        return len(run.graph.taken) >= before + 30

    await ready(run.port)
    await until(some, 15)


async def _sending(engine: AsyncEngine) -> int:
    async with reading(engine) as connection:
        found = await connection.scalar(
            select(func.count()).where(Message.state == MessageState.SENDING)
        )
        return found or 0


def _told(run: Town, killed: list[Killed]) -> str:
    return (
        f"{len(killed)} kills {[(one.name, one.sending) for one in killed]}, "
        f"{len(run.crowd.wrote)} messages, {len(run.crowd.photos)} photos, "
        f"{len(run.graph.taken)} taken, "
        f"{run.crowd.refused} webhooks posted again"
    )
