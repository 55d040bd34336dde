"""What waited while a worker died is handled with care; what waits beside a living one is not."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.vault import Vault
from sokoni.messaging.leases import LEASE, Leases
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE
from tests.workers.town import Town, town


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Town]:
    async with town(engine, vault, clock) as made:
        yield made


@pytest.fixture
async def other(place: Town) -> Leases:
    """Another worker's leases, held when ours begins."""
    leases = Leases(place.engine, place.clock, "other", alone=False)
    await leases.renew()
    return leases


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_waited_while_a_worker_may_have_died_is_handled_alone(
    place: Town, other: Leases
) -> None:
    await place.hear("hello")
    await place.worker.beware()

    await place.turn()

    assert await _attempts(place) == [1]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_worker_that_extends_its_leases_has_not_died(place: Town, other: Leases) -> None:
    await place.hear("hello")
    await place.worker.beware()
    place.clock.advance(LEASE / 3)
    await other.renew()

    await place.turn()

    assert await _attempts(place) == [0]


async def test_a_worker_that_gives_its_leases_back_has_not_died(
    place: Town, other: Leases
) -> None:
    await place.hear("hello")
    await place.worker.beware()
    place.clock.advance(LEASE / 3)
    await other.release()

    await place.turn()

    assert await _attempts(place) == [0]


async def test_a_worker_whose_leases_another_took_over_has_died(
    place: Town, other: Leases
) -> None:
    await place.hear("hello")
    await place.worker.beware()
    place.clock.advance(LEASE + timedelta(seconds=1))
    await Leases(place.engine, place.clock, "heir", alone=False).renew()

    await place.turn()

    assert await _attempts(place) == [1]


async def test_what_comes_after_the_start_is_nobodys_end(place: Town, other: Leases) -> None:
    await place.worker.beware()
    place.clock.advance(timedelta(seconds=1))
    await place.hear("hello")

    await place.turn()

    assert await _attempts(place) == [0]


async def _attempts(place: Town) -> list[int]:
    return [event.attempts for event in await place.events()]
