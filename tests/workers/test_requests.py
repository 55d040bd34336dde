"""Requests: leased, retried, answered once, and never lost with a broker."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.clock import Clock, utc_now
from sokoni.messaging import waiting
from sokoni.messaging.events import Answer
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.models import Request
from sokoni.messaging.requests import Asking, Kick, ask, take
from sokoni.messaging.wakeups import INBOX, REQUESTS
from sokoni.testing.clock import StoppedClock
from sokoni.testing.loopback import Answered
from sokoni.workers.requests import RequestWorker
from tests.conftest import THREE
from tests.due import next_due_in
from tests.workers.outgoing import Street, Talk, street
from tests.workers.performers import KIND, Doubling, Office, office

REDIS = "redis://127.0.0.1:6379/15"
QUEUE = f"sokoni:test:{secrets.token_hex(8)}"


@dataclass
class Desk:
    """A conversation that asks, the world it asks, and the worker in between."""

    street: Street
    talk: Talk
    world: Office
    doubling: Doubling
    worker: RequestWorker
    clock: StoppedClock

    async def ask(self, number: int, key: str = "k") -> None:
        asking = Asking(
            merchant_id=self.talk.number.merchant_id,
            account_id=self.talk.number.id,
            conversation_id=self.talk.id,
            kind=KIND,
            idempotency_key=key,
            payload=number,
        )
        async with writing(self.street.engine) as connection:
            await ask(connection, self.street.vault, asking, self.street.clock())

    async def answers(self) -> list[Answer]:
        vault = self.street.vault
        return [
            msgspec.json.decode(vault.open("inbox.payload", row.id, row.payload), type=Answer)
            for row in await self.street.events()
        ]

    async def row(self) -> Request:
        async with self.street.engine.connect() as connection:
            row = (await connection.execute(select(Request.__table__))).mappings().one()
            return Request(**row)

    async def until_answered(self, many: int = 1) -> None:
        async with asyncio.timeout(8):
            while len(await self.answers()) < many:  # noqa: ASYNC110 -- rows tell nobody
                await asyncio.sleep(0.02)


def employ(
    place: Street, doubling: Doubling, *, redis_url: str = "", clock: Clock | None = None
) -> RequestWorker:
    clock = clock or place.clock
    return RequestWorker(
        engine=place.engine,
        vault=place.vault,
        clock=clock,
        inbox=Inbox(place.engine, place.vault, clock),
        hints=place.hints,
        performers={KIND: doubling},
        redis_url=redis_url,
        queue=QUEUE,
    )


@pytest.fixture
async def desk(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Desk]:
    async with street(engine, vault, clock) as place, office() as (world, doubling):
        talk = await place.add_talk(await place.add_number("1"), "+263771000001")
        yield Desk(place, talk, world, doubling, employ(place, doubling), clock)


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_the_answer_comes_back_as_an_event_of_the_conversation(desk: Desk) -> None:
    ear = desk.street.hints.listener(INBOX)
    await desk.ask(21)

    assert await desk.worker.run_once() == 1

    (answer,) = await desk.answers()
    assert (answer.kind, answer.outcome, bytes(answer.data)) == (KIND, "done", b"42")
    (event,) = await desk.street.events()
    assert (event.conversation_id, event.kind) == (desk.talk.id, "answer")
    assert (await desk.row()).state == "done"
    assert await ear.wait(0)


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_is_asked_twice_under_one_key_is_done_once(desk: Desk) -> None:
    await desk.ask(1, "same")
    await desk.ask(1, "same")

    await desk.worker.run_once()
    await desk.worker.run_once()

    assert desk.world.keys == ["same"]


async def test_a_refusal_is_an_answer_too(desk: Desk) -> None:
    desk.world.answers.append(Answered(400))
    await desk.ask(1000)

    await desk.worker.run_once()

    (answer,) = await desk.answers()
    assert answer.outcome == "failed"
    assert msgspec.json.decode(answer.data) == {"reason": "too_big", "data": {"most": 100}}


async def test_a_delay_is_waited_for_as_long_as_it_says(desk: Desk) -> None:
    desk.world.answers.append(Answered(429))
    await desk.ask(1)

    await desk.worker.run_once()
    assert await next_due_in(desk.street.engine, waiting.REQUESTS) == desk.clock() + timedelta(
        seconds=7
    )
    assert await desk.worker.run_once() == 0
    desk.clock.advance(timedelta(seconds=7))
    await desk.worker.run_once()

    assert [one.outcome for one in await desk.answers()] == ["done"]


async def test_it_is_given_up_after_the_performers_tries(desk: Desk) -> None:
    desk.world.answers += [Answered(503)] * 5
    await desk.ask(1)
    for _ in range(6):
        await desk.worker.run_once()
        desk.clock.advance(timedelta(minutes=5))

    assert len(desk.world.keys) == 3
    assert [one.outcome for one in await desk.answers()] == ["failed"]


async def test_an_unknown_outcome_is_repeated_where_that_does_no_harm(desk: Desk) -> None:
    desk.world.answers.append(Answered(cut=True))
    await desk.ask(1)

    await desk.worker.run_once()
    desk.clock.advance(timedelta(minutes=5))
    await desk.worker.run_once()

    assert desk.world.keys == ["k", "k"]
    assert [one.outcome for one in await desk.answers()] == ["done"]


async def test_an_unknown_outcome_is_told_where_repeating_would(desk: Desk) -> None:
    desk.doubling.repeatable = False
    desk.world.answers.append(Answered(silent=True))
    await desk.ask(1)

    await desk.worker.run_once()

    assert [one.outcome for one in await desk.answers()] == ["unknown"]
    assert (await desk.row()).state == "unknown"


async def test_a_performer_that_takes_too_long_is_cut_off(desk: Desk) -> None:
    desk.doubling.repeatable, desk.doubling.seconds = False, 0.05
    desk.world.answers.append(Answered(silent=True))
    await desk.ask(1)

    await desk.worker.run_once()

    assert [one.outcome for one in await desk.answers()] == ["unknown"]


async def test_a_request_that_nobody_performs_fails(desk: Desk) -> None:
    desk.worker._performers = {}
    await desk.ask(1)

    await desk.worker.run_once()

    (answer,) = await desk.answers()
    assert msgspec.json.decode(answer.data)["reason"] == "no_performer"


async def test_a_request_that_cannot_be_read_fails(desk: Desk) -> None:
    await desk.ask(1)
    async with writing(desk.street.engine) as connection:
        await connection.execute(update(Request).values(payload=b"nonsense"))

    await desk.worker.run_once()

    assert [one.outcome for one in await desk.answers()] == ["failed"]


# --- leases -----------------------------------------------------------------------------------


async def left_running(desk: Desk) -> None:
    """Take the request and die."""
    async with writing(desk.street.engine) as connection:
        row = await connection.scalar(select(Request.id))
        assert row is not None
        performers = {KIND: desk.doubling}
        assert await take(connection, Kick(row, 0), desk.clock(), performers)


@pytest.mark.parametrize("database_url", THREE, indirect=True)
@pytest.mark.parametrize(("repeatable", "outcome"), [(True, "done"), (False, "unknown")])
async def test_what_a_dead_worker_left_is_taken_when_its_lease_ends(
    desk: Desk, *, repeatable: bool, outcome: str
) -> None:
    desk.doubling.repeatable = repeatable
    await desk.ask(1)
    await left_running(desk)

    assert await desk.worker.run_once() == 0
    due = await next_due_in(desk.street.engine, waiting.REQUESTS)
    assert due is not None
    desk.clock.set(due)
    await desk.worker.run_once()

    assert [one.outcome for one in await desk.answers()] == [outcome]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_request_kicked_many_times_is_taken_once(desk: Desk) -> None:
    await desk.ask(1)
    row = await desk.row()
    others = [employ(desk.street, desk.doubling) for _ in range(4)]

    await asyncio.gather(*(one.perform(Kick(row.id, 0)) for one in others for _ in range(3)))

    assert desk.world.keys == ["k"]
    assert len(await desk.answers()) == 1


async def test_a_worker_whose_lease_ended_answers_no_more(desk: Desk) -> None:
    desk.doubling.seconds = 1
    desk.world.answers.append(Answered(delay=0.2))
    await desk.ask(1)
    row = await desk.row()
    slow = asyncio.create_task(desk.worker.perform(Kick(row.id, 0)))
    while not desk.world.keys:  # noqa: ASYNC110 -- the office has no event to wait for
        await asyncio.sleep(0.01)

    desk.clock.advance(timedelta(minutes=1))
    await employ(desk.street, desk.doubling).run_once()
    await slow

    (answer,) = await desk.answers()
    assert bytes(answer.data) == b"2"


async def test_an_old_kick_does_not_run_a_request_before_its_next_time(desk: Desk) -> None:
    desk.world.answers.append(Answered(429))
    await desk.ask(1)
    row = await desk.row()
    await desk.worker.perform(Kick(row.id, 0))

    await desk.worker.perform(Kick(row.id, 0))

    assert len(desk.world.keys) == 1


# --- with a broker ----------------------------------------------------------------------------


async def redis_or_skip() -> Redis:
    client = Redis.from_url(REDIS)
    try:
        await client.delete(QUEUE)
    except (RedisError, OSError) as error:
        await client.aclose()
        pytest.skip(f"no Redis here: {type(error).__name__}")
    return client


async def test_requests_run_in_one_process_without_redis(desk: Desk) -> None:
    worker, stop = employ(desk.street, desk.doubling, clock=utc_now), asyncio.Event()
    task = asyncio.create_task(worker.run(stop))

    await desk.ask(4)
    desk.street.hints.notify(REQUESTS)
    await desk.until_answered()
    stop.set()
    await task

    assert desk.world.keys == ["k"]


async def test_requests_are_spread_by_redis(desk: Desk) -> None:
    client = await redis_or_skip()
    stop = asyncio.Event()
    tasks = [
        asyncio.create_task(
            employ(desk.street, desk.doubling, redis_url=REDIS, clock=utc_now).run(stop)
        )
        for _ in range(2)
    ]

    for serial in range(6):
        await desk.ask(serial, f"k{serial}")
    desk.street.hints.notify(REQUESTS)
    await desk.until_answered(6)
    stop.set()
    await asyncio.gather(*tasks)
    await client.aclose()

    assert sorted(desk.world.keys) == [f"k{serial}" for serial in range(6)]


async def test_a_wiped_redis_loses_nothing(desk: Desk) -> None:
    client = await redis_or_skip()
    await desk.ask(1, "kicked, then forgotten")
    kicker = employ(desk.street, desk.doubling, redis_url=REDIS)
    assert await kicker.kick_due() == 1
    assert await client.xlen(QUEUE) == 1

    await client.delete(QUEUE)
    assert await kicker.kick_due() == 0
    desk.clock.advance(timedelta(seconds=30))
    assert await kicker.kick_due() == 1

    assert await client.xlen(QUEUE) == 1
    await client.delete(QUEUE)
    await client.aclose()
    await kicker.close()


async def test_a_redis_that_is_emptied_under_a_running_worker_is_joined_anew(desk: Desk) -> None:
    client = await redis_or_skip()
    stop = asyncio.Event()
    worker = employ(desk.street, desk.doubling, redis_url=REDIS, clock=utc_now)
    task = asyncio.create_task(worker.run(stop))
    await desk.ask(1, "before")
    desk.street.hints.notify(REQUESTS)
    await desk.until_answered()

    await client.delete(QUEUE)
    await desk.ask(2, "after")
    desk.street.hints.notify(REQUESTS)
    await desk.until_answered(2)
    stop.set()
    await task
    await client.aclose()

    assert desk.world.keys == ["before", "after"]


async def test_without_a_reachable_redis_the_worker_does_it_itself(desk: Desk) -> None:
    worker = employ(desk.street, desk.doubling, redis_url="redis://127.0.0.1:1/0")
    await desk.ask(1)

    assert await worker.kick_due() == 1
    await worker.close()

    assert [one.outcome for one in await desk.answers()] == ["done"]
