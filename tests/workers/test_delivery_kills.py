"""Senders that end anywhere, again and again: each message is taken once, and in order."""

import asyncio
import random
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.inbound import Status
from sokoni.db.vault import Vault
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_graph import slow
from sokoni.workers.delivery import Delivery
from tests.workers.outgoing import Number, Street, street

LIVES = 12
TALKS = 10
EACH = 5


async def end_anywhere(delivery: Delivery, seconds: float) -> None:
    """Let the sender live for a moment, then end it and all that it has on the wire."""
    task = asyncio.create_task(delivery.run_once())
    await asyncio.sleep(seconds)
    tasks = [task, *delivery._wire._flying]
    for one in tasks:
        one.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def report_what_was_taken(place: Street, number: Number, reported: set[str]) -> None:
    """Have the provider report on everything it took, as it always does in the end."""
    await asyncio.sleep(0.05)
    news = [one for one in place.graph.taken if one.id not in reported]
    reported.update(one.id for one in news)
    await place.report(
        number,
        *(
            Status(provider_id=one.id, status="sent", at=place.clock(), outbox_id=one.outbox_id)
            for one in news
        ),
    )


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_is_lost_doubled_or_out_of_order(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock, seed: int
) -> None:
    drawn, reported = random.Random(seed), set[str]()
    async with street(engine, vault, clock) as place:
        number = await place.add_number("1")
        talks = [await place.add_talk(number, f"+2637710{serial:05}") for serial in range(TALKS)]
        for serial in range(EACH):
            for talk in talks:
                await place.say(talk, f"{talk.phone} {serial}")
        place.graph.script(*(slow(drawn.uniform(0, 0.03)) for _ in range(TALKS * EACH)))

        for life in range(LIVES):
            delivery = await place.sender(f"life {life}")
            await end_anywhere(delivery, drawn.uniform(0, 0.12))
            await report_what_was_taken(place, number, reported)
            place.clock.advance(timedelta(seconds=11))
            while await place.status_worker().run_once():
                pass
        last = await place.sender("last")
        await last.run_once()
        await place.later(last, 120)

        taken = Counter(one.outbox_id for one in place.graph.taken)
        assert len(taken) == TALKS * EACH
        assert set(taken.values()) == {1}
        for talk in talks:
            assert place.said(talk.phone) == [f"{talk.phone} {serial}" for serial in range(EACH)]
