"""What was set aside can be replayed, and nothing about it keeps others from being answered."""

from collections.abc import AsyncIterator

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.messaging.models import EventState, InboxEvent
from sokoni.messaging.parked import ParkedEvents
from sokoni.testing.clock import StoppedClock
from tests.workers.town import BEN, Town, town


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Town]:
    async with town(engine, vault, clock) as made:
        yield made


async def park(place: Town) -> None:
    """Let every attempt fail."""
    for _ in range(7):
        await place.later(30)


async def replay(place: Town) -> None:
    parked = ParkedEvents(place.vault, None)
    async with AsyncSession(place.engine) as session:
        found = await parked.page(session, states=(EventState.PARKED,), limit=9)
    async with writing(place.engine) as connection:
        for event in found:
            await parked.replay(connection, event, place.clock())


async def states(place: Town, kind: str = "message") -> list[int]:
    return [event.state for event in await place.events() if event.kind == kind]


async def test_what_was_parked_is_answered_once_the_cause_is_mended(
    place: Town,
) -> None:
    await place.hear("boom")
    await park(place)
    place.parrot.cures = True

    await replay(place)
    await place.turn()

    assert place.said() == ["dialogue.apology", "boom"]
    assert await states(place) == [EventState.DONE]
    inbound = [row for row in await place.log() if not row.outbound]
    assert len(inbound) == 1


async def test_failures_are_counted_by_their_kind(place: Town) -> None:
    before = counted()
    await place.hear("boom")

    await park(place)

    failures, parked = (after - was for after, was in zip(counted(), before, strict=True))
    assert (failures, parked) == (5, 1)


def counted() -> tuple[float, float]:
    """Return how many turns failed as the parrot's do, and how many events were parked."""
    failed = REGISTRY.get_sample_value("sokoni_turn_failures_total", {"error": "RuntimeError"})
    return failed or 0.0, REGISTRY.get_sample_value("sokoni_parked_total") or 0.0


async def test_what_fails_again_is_parked_again(place: Town) -> None:
    await place.hear("boom")
    await park(place)
    await replay(place)
    await park(place)

    await place.hear("fine", sender=BEN)
    await place.turn()

    assert await states(place) == [EventState.PARKED, EventState.DONE]
    assert "fine" in place.said()


async def test_where_no_apology_can_be_made_the_message_is_set_aside_all_the_same(
    place: Town,
) -> None:
    await place.hear("first")
    await place.turn()
    await _spoil_names(place.engine)
    await place.hear("second")
    await park(place)

    (event,) = [one for one in await place.events() if one.state == EventState.PARKED]
    assert _is_second(event)
    await place.hear("fine", sender=BEN)
    await place.turn()
    assert "fine" in place.said()


def _is_second(event: InboxEvent) -> bool:
    return event.attempts == 5 and "KeyUnknownError" in event.error


async def _spoil_names(engine: AsyncEngine) -> None:
    async with writing(engine) as connection:
        await connection.execute(update(Contact).values(name=b"spoilt"))
