"""When nobody knows whether a message was taken: its status decides, else its purpose."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.outbound import Template
from sokoni.db.vault import Vault
from sokoni.messaging.models import MessageState
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_graph import Scripted, cut, garbage, http_error, silence, slow
from tests.conftest import THREE
from tests.workers.outgoing import Street, street

ANA = "+263771000001"
WAIT = 60.0


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Street]:
    async with street(engine, vault, clock) as opened:
        yield opened


LOST = [
    pytest.param(silence(), id="silence"),
    pytest.param(garbage(), id="garbage"),
    pytest.param(cut(), id="cut"),
]
NEVER_TAKEN = [
    pytest.param(silence(taken=False), id="silence"),
    pytest.param(cut(taken=False), id="cut"),
    pytest.param(http_error(502), id="502"),
]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
@pytest.mark.parametrize("step", LOST)
async def test_a_status_resolves_it_and_the_next_goes(place: Street, step: Scripted) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    messages = await place.say(ana, "one", "two")
    place.graph.script(step)
    delivery = await place.sender()
    await delivery.run_once()
    assert await place.state(messages[0]) == MessageState.SENDING

    await place.report(ana.number, place.status(messages[0], "sent"))
    await place.status_worker(delivery).run_once()
    await delivery.run_once()

    assert place.said() == ["one", "two"]
    row = await place.row(messages[0])
    assert (row.state, row.provider_id) == (MessageState.SENT, place.graph.taken[0].id)
    await place.later(delivery, 2 * WAIT)
    assert place.said() == ["one", "two"]


async def test_a_status_applied_by_another_process_is_noticed(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    messages = await place.say(ana, "one", "two")
    place.graph.script(cut())
    delivery = await place.sender()
    await delivery.run_once()

    await place.report(ana.number, place.status(messages[0], "delivered"))
    await place.status_worker().run_once()
    await place.later(delivery, 1)

    assert place.said() == ["one", "two"]


@pytest.mark.parametrize("purpose", ["reply", "notice"])
@pytest.mark.parametrize("step", NEVER_TAKEN)
async def test_without_a_status_a_plain_reply_is_sent_once_more(
    place: Street, purpose: str, step: Scripted
) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    messages = await place.say(ana, "one", "two", purpose=purpose)
    place.graph.script(step)
    delivery = await place.sender()
    await delivery.run_once()
    assert delivery.next_due() == place.clock() + timedelta(seconds=WAIT)

    await place.later(delivery, WAIT - 0.1)
    assert place.said() == []
    await place.later(delivery, 0.1)

    assert place.said() == ["one", "two"]
    row = await place.row(messages[0])
    assert (row.state, row.attempts, row.resent) == (MessageState.TAKEN, 2, True)


async def test_a_second_unknown_outcome_is_left_to_staff(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    messages = await place.say(ana, "one", "two")
    place.graph.script(cut(taken=False), cut(taken=False))
    delivery = await place.sender()

    await delivery.run_once()
    await place.later(delivery, 3 * WAIT)

    assert place.said() == ["two"]
    assert await place.state(messages[0]) == MessageState.UNKNOWN


@pytest.mark.parametrize("purpose", ["alert", "receipt", "code"])
async def test_what_must_not_be_said_twice_is_left_to_staff(place: Street, purpose: str) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    messages = await place.say(ana, "one", "two", purpose=purpose)
    place.graph.script(cut())
    delivery = await place.sender()

    await delivery.run_once()
    await place.later(delivery, WAIT)

    assert await place.state(messages[0]) == MessageState.UNKNOWN
    assert place.said() == ["one", "two"]


async def test_a_template_is_not_sent_again(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    template = Template(name="hello", language="en", rendered="Hello")
    (message,) = await place.store(place.message(ana, template, "notice"))
    place.graph.script(cut(taken=False))
    delivery = await place.sender()

    await delivery.run_once()
    await place.later(delivery, WAIT)

    assert await place.state(message) == MessageState.UNKNOWN


async def test_a_late_status_mends_what_was_given_up(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (message,) = await place.say(ana, "one", purpose="receipt")
    place.graph.script(cut())
    delivery = await place.sender()
    await delivery.run_once()
    await place.later(delivery, WAIT)

    await place.report(ana.number, place.status(message, "delivered"))
    await place.status_worker(delivery).run_once()

    assert await place.state(message) == MessageState.DELIVERED


async def test_statuses_that_nobody_read_yet_are_waited_for(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (message,) = await place.say(ana, "one")
    place.graph.script(cut())
    delivery = await place.sender()
    await delivery.run_once()
    await place.report(ana.number, place.status(message, "sent"))

    await place.later(delivery, WAIT + 5)
    assert place.said() == ["one"]
    await place.status_worker(delivery).run_once()
    await place.later(delivery, 2)

    assert place.said() == ["one"]
    assert await place.state(message) == MessageState.SENT


async def test_statuses_that_nobody_ever_reads_do_not_hold_it_up_for_ever(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    messages = await place.say(ana, "one", "two")
    place.graph.script(cut(taken=False))
    delivery = await place.sender()
    await delivery.run_once()
    await place.report(ana.number, place.status(messages[1], "sent"))

    await place.later(delivery, WAIT + 301)

    assert place.said() == ["one", "two"]


# --- a worker that died -----------------------------------------------------------------------


async def killed_while_sending(place: Street, step: Scripted) -> None:
    """Start a sender and end it without a word once its first request is out."""
    place.graph.script(step)
    delivery = await place.sender("killed")
    task = asyncio.create_task(delivery.run_once())
    await place.asked(1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    for flight in list(delivery._wire._flying):
        flight.cancel()
    await asyncio.sleep(0.02)
    place.clock.advance(timedelta(seconds=11))


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_a_dead_worker_had_sent_is_not_sent_again(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    messages = await place.say(ana, "one", "two")
    await killed_while_sending(place, slow(0.3))
    await place.report(ana.number, place.status(messages[0], "sent"))
    heir = await place.sender("heir")

    await heir.run_once()
    assert place.said() == ["one"]
    await place.status_worker(heir).run_once()
    await heir.run_once()

    assert place.said() == ["one", "two"]
    await place.later(heir, 2 * WAIT)
    assert place.said() == ["one", "two"]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_a_dead_worker_never_sent_is_sent_by_its_heir(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    await place.say(ana, "one", "two")
    await killed_while_sending(place, silence(taken=False))
    heir = await place.sender("heir")

    await heir.run_once()
    assert place.said() == []
    await place.later(heir, WAIT)

    assert place.said() == ["one", "two"]


async def test_a_row_left_long_ago_still_gets_a_moment_for_its_status(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (message,) = await place.say(ana, "one")
    await killed_while_sending(place, slow(0.3))
    place.clock.advance(timedelta(hours=1))
    heir = await place.sender("heir")
    await heir.run_once()
    assert place.said() == ["one"]

    await place.report(ana.number, place.status(message, "sent"))
    await place.status_worker(heir).run_once()
    await place.later(heir, 2 * WAIT)

    assert place.said() == ["one"]


async def test_one_who_died_before_the_request_left_loses_nothing(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (message,) = await place.say(ana, "one")
    await place.set_message(
        message, state=int(MessageState.SENDING), attempts=1, state_at=place.clock()
    )
    heir = await place.sender()

    await heir.run_once()
    await place.later(heir, WAIT)

    assert place.said() == ["one"]
