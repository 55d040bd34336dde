"""Several senders at once, hints, stops, and a database that goes away."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.vault import Vault
from sokoni.kit.clock import utc_now
from sokoni.messaging.leases import LEASE, Leases
from sokoni.messaging.models import SHARDS, DeliveryLease, MessageState
from sokoni.messaging.outbox import Claim
from sokoni.messaging.wakeups import OUTBOX
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_graph import refused, slow
from sokoni.workers.delivery import Delivery
from tests.conftest import THREE
from tests.workers.outgoing import Street, Talk, street

ANA = "+263771000001"


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Street]:
    async with street(engine, vault, clock) as opened:
        yield opened


async def talks(place: Street, many: int) -> list[Talk]:
    number = await place.add_number("1")
    return [await place.add_talk(number, f"+2637710{serial:05}") for serial in range(many)]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_shards_are_shared_out_fairly_and_given_back(
    engine: AsyncEngine, clock: StoppedClock
) -> None:
    one = Leases(engine, clock, "one", alone=False)
    two = Leases(engine, clock, "two", alone=False)
    assert len(await one.renew()) == SHARDS

    assert not await two.renew()
    assert len(await one.renew()) == SHARDS // 2
    assert len(await two.renew()) == SHARDS // 2
    assert not one.held() & two.held()

    await one.release()
    assert len(await two.renew()) == SHARDS


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_a_silent_owner_held_is_taken_when_it_ends(
    engine: AsyncEngine, clock: StoppedClock
) -> None:
    dead = Leases(engine, clock, "dead", alone=False)
    heir = Leases(engine, clock, "heir", alone=False)
    await dead.renew()
    await heir.renew()

    clock.advance(LEASE)

    assert not dead.held()
    assert len(await heir.renew()) == SHARDS


async def test_busy_shards_are_given_up_last(engine: AsyncEngine, clock: StoppedClock) -> None:
    one = Leases(engine, clock, "one", alone=False)
    await one.renew()
    await Leases(engine, clock, "two", alone=False).renew()
    busy = set(range(20))

    assert busy <= await one.renew(busy)


async def test_the_only_worker_takes_everything_at_once(
    engine: AsyncEngine, clock: StoppedClock
) -> None:
    await Leases(engine, clock, "killed", alone=True).renew()

    assert len(await Leases(engine, clock, "next", alone=True).renew()) == SHARDS


async def test_a_stop_leaves_no_lease_behind(engine: AsyncEngine, clock: StoppedClock) -> None:
    leases = Leases(engine, clock, "one", alone=False)
    await leases.renew()

    await leases.release()

    async with engine.connect() as connection:
        ends = (await connection.scalars(select(DeliveryLease.until))).all()
    assert max(ends) < clock() - timedelta(days=365)


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_two_workers_keep_every_conversation_in_order(place: Street) -> None:
    everyone = await talks(place, 24)
    for serial in range(6):
        for talk in everyone:
            await place.say(talk, f"{talk.phone} {serial}")
    drawn = random.Random(7)
    place.graph.script(*(drawn.choice([slow(0.03), refused(131016), slow(0)]) for _ in range(100)))
    one, two = await place.sender("one"), await place.sender("two")

    for _ in range(60):
        await asyncio.gather(one.run_once(), two.run_once())
        place.clock.advance(timedelta(seconds=1.5))

    for talk in everyone:
        assert place.said(talk.phone) == [f"{talk.phone} {serial}" for serial in range(6)]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_claim_without_the_lease_is_refused(place: Street) -> None:
    (ana,) = await talks(place, 1)
    messages = await place.say(ana, "one")
    holder = await place.sender("holder")
    await holder.run_once()
    await place.set_message(messages[0], state=int(MessageState.WAITING))

    async with place.engine.begin() as connection:
        claim = Claim([messages[0].id], "somebody else")  # type: ignore[list-item]
        won = await holder._sql.claim(connection, claim, place.clock())

    assert not won


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_claim_whose_answer_was_lost_is_asked_for_again(place: Street) -> None:
    (ana,) = await talks(place, 1)
    messages = await place.say(ana, "one")
    delivery = await place.sender()
    await delivery._leases.renew()
    first = Claim([messages[0].id], "one")  # type: ignore[list-item]
    async with place.engine.begin() as connection:
        assert await delivery._sql.claim(connection, first, place.clock())

    async with place.engine.begin() as connection:
        assert not await delivery._sql.claim(connection, first, place.clock())
        again = Claim(first.ids, "one", first.ids)
        assert await delivery._sql.claim(connection, again, place.clock())


async def test_a_worker_that_lost_its_lease_sends_nothing_more(place: Street) -> None:
    (ana,) = await talks(place, 1)
    slept = await place.sender("slept")
    await slept.run_once()
    messages = await place.say(ana, "one")
    slept.feed(messages)

    place.clock.advance(LEASE)
    heir = await place.sender("heir")
    await heir.run_once()
    await slept.run_once()

    assert place.said() == ["one"]


async def test_rows_of_others_are_hinted_to_them(place: Street) -> None:
    (ana,) = await talks(place, 1)
    ear = place.hints.listener(OUTBOX)
    stranger = await place.sender("stranger")

    stranger.feed(await place.say(ana, "not mine"))

    assert await ear.wait(0)


# --- the running loop -------------------------------------------------------------------------


@pytest.fixture
async def living(engine: AsyncEngine, vault: Vault) -> AsyncIterator[Street]:
    """Open a street on which time passes."""
    async with street(engine, vault, utc_now) as opened:  # type: ignore[arg-type]
        yield opened


async def test_the_loop_sends_what_is_fed_and_what_is_hinted(living: Street) -> None:
    (ana,) = await talks(living, 1)
    delivery, stop = await living.sender(), asyncio.Event()
    task = asyncio.create_task(delivery.run(stop))
    await living.say(ana, "found at the start")
    await living.asked(1)

    delivery.feed(await living.say(ana, "fed"))
    await living.asked(2)
    await living.say(ana, "hinted")
    living.hints.notify(OUTBOX)
    await living.asked(3)
    stop.set()
    await task

    assert living.said() == ["found at the start", "fed", "hinted"]


async def test_the_loop_outlives_a_database_that_goes_away(
    living: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ana,) = await talks(living, 1)
    delivery, stop = await living.sender(), asyncio.Event()
    task = asyncio.create_task(delivery.run(stop))
    first = await living.say(ana, "before")
    delivery.feed(first)
    await living.asked(1)
    away = broken(delivery)

    delivery.feed(await living.say(ana, "meanwhile"))
    await asyncio.sleep(0.2)
    assert living.said() == ["before"]
    away.set()
    await living.asked(2)
    stop.set()
    await task

    assert living.said() == ["before", "meanwhile"]
    assert await living.state(first[0]) == MessageState.TAKEN


def broken(delivery: Delivery) -> asyncio.Event:
    """Have the sender's statements fail as if the connection broke, until the event is set."""
    back, claim, mark = asyncio.Event(), delivery._sql.claim, delivery._sql.mark

    async def broken_claim(*args: object) -> object:
        if back.is_set():
            return await claim(*args)  # type: ignore[arg-type]
        raise OperationalError("UPDATE", {}, ConnectionError("connection is closed"))

    async def broken_mark(*args: object) -> None:
        if back.is_set():
            await mark(*args)  # type: ignore[arg-type]
            return
        raise OperationalError("UPDATE", {}, ConnectionError("connection is closed"))

    delivery._sql.claim = broken_claim  # type: ignore[method-assign, assignment]
    delivery._sql.mark = broken_mark  # type: ignore[method-assign, assignment]
    return back
