"""Times that fall due and answers that come while the bot is silent."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.vault import Vault
from sokoni.messaging.events import Answer, OwnEvent, StaffAct, Timer
from sokoni.testing.clock import StoppedClock
from tests.workers.town import Town, town


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Town]:
    async with town(engine, vault, clock) as settled:
        yield settled


async def happens(place: Town, event: OwnEvent, key: str) -> None:
    await place.happen_to(event, key)
    await place.turn()


@pytest.mark.parametrize(
    "event",
    [
        Timer(name="market.wave"),
        Answer(kind="test.look_up", request_id="r1", outcome="done"),
    ],
)
async def test_what_a_flow_waits_for_is_not_lost_while_a_person_answers(
    place: Town, event: OwnEvent
) -> None:
    await place.hear("person")
    await place.turn()
    await happens(place, event, "due")
    assert place.said() == ["person"]

    await happens(place, StaffAct(act="back"), "back")
    await place.later(600)

    assert place.said() == ["person", type(event).__name__]


async def test_a_person_is_not_interrupted_by_a_reminder(place: Town) -> None:
    await place.hear("person")
    await place.turn()
    await happens(place, Timer(name="dialogue"), "due")

    await happens(place, StaffAct(act="back"), "back")
    await place.later(600)

    assert place.said() == ["person"]


async def test_whoever_said_stop_is_not_told_that_a_time_fell_due(place: Town) -> None:
    await place.hear("stop")
    await place.turn()

    await happens(place, Timer(name="market.unanswered"), "due")

    assert place.said() == ["stop"]


@pytest.mark.parametrize(
    ("words", "told"), [(["stop"], []), (["stop", "start"], ["Timer"]), (["goats"], ["Timer"])]
)
async def test_stop_and_start_count_while_a_person_answers(
    place: Town, words: list[str], told: list[str]
) -> None:
    await place.hear("person")
    await place.turn()
    for said in words:
        await place.hear(said)
        await place.turn()
    await happens(place, StaffAct(act="back"), "back")

    await happens(place, Timer(name="market.unanswered"), "due")

    assert place.said() == ["person", *told]


async def test_stop_counts_from_whoever_writes_too_fast(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    async with town(engine, vault, clock, rate=1) as place:
        await place.hear("hello")
        await place.turn()
        await place.hear("stop")
        await place.turn()

        await happens(place, Timer(name="market.unanswered"), "due")

        assert place.said() == ["hello", "dialogue.slow_down"]
