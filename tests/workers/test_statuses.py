"""Delivery statuses on a real database: matched, put off, never lost."""

from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.base import Status
from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.messaging.models import EventState, InboxEvent, MessageState
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE
from tests.workers.outgoing import Street, street

ANA = "+263771000001"


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Street]:
    async with street(engine, vault, clock) as opened:
        yield opened


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_statuses_move_messages_on_and_are_dropped(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    one, two, three = await place.say(ana, "one", "two", "three")
    await (await place.sender()).run_once()

    await place.report(
        ana.number,
        place.status(one, "read"),
        place.status(one, "sent"),
        place.status(two, "delivered"),
        place.status(three, "sent"),
    )
    assert await place.status_worker().run_once() == 4

    assert await place.state(one) == MessageState.READ
    assert await place.state(two) == MessageState.DELIVERED
    assert await place.state(three) == MessageState.SENT
    assert await place.events() == []


async def test_a_status_that_comes_again_changes_nothing(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (one,) = await place.say(ana, "one")
    await (await place.sender()).run_once()
    worker = place.status_worker()
    for name in ("delivered", "sent", "delivered"):
        await place.report(ana.number, place.status(one, name))
        await worker.run_once()

    assert await place.state(one) == MessageState.DELIVERED


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_status_is_matched_by_the_providers_id_too(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (one,) = await place.say(ana, "one")
    await (await place.sender()).run_once()

    status = msgspec.structs.replace(place.status(one, "read"), outbox_id="")
    await place.report(ana.number, status)
    await place.status_worker().run_once()

    assert await place.state(one) == MessageState.READ


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_an_early_status_waits_for_its_message(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (one,) = await place.say(ana, "one")
    early = Status(provider_id="wamid.early", status="delivered", at=place.clock())
    await place.report(ana.number, early)
    worker = place.status_worker()

    assert await worker.run_once() == 1
    assert await worker.run_once() == 0
    await place.set_message(one, provider_id="wamid.early", state=int(MessageState.TAKEN))
    place.clock.advance(timedelta(seconds=5))
    await worker.run_once()

    assert await place.state(one) == MessageState.DELIVERED
    assert await place.events() == []


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_status_of_nobodys_message_is_ignored_in_the_end(place: Street) -> None:
    number = await place.add_number("1")
    await place.report(number, Status(provider_id="wamid.ghost", status="sent", at=place.clock()))
    worker = place.status_worker()
    for _ in range(11):
        await worker.run_once()
        place.clock.advance(timedelta(minutes=1))

    (event,) = await place.events()
    assert event.state == EventState.IGNORED


async def test_a_status_that_cannot_be_read_is_parked_and_spoils_no_other(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    one, two = await place.say(ana, "one", "two")
    await (await place.sender()).run_once()
    await place.report(ana.number, place.status(one, "sent"))
    async with writing(place.engine) as connection:
        await connection.execute(update(InboxEvent).values(payload=b"nonsense"))
    await place.report(ana.number, place.status(two, "sent"))

    await place.status_worker().run_once()

    assert await place.state(two) == MessageState.SENT
    (event,) = await place.events()
    assert event.state == EventState.PARKED


async def test_a_failure_names_its_code(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (one,) = await place.say(ana, "one")
    await (await place.sender()).run_once()
    failed = place.status(one, "failed", error_code="131026", error_kind="recipient_unreachable")
    await place.report(ana.number, failed)

    await place.status_worker().run_once()

    row = await place.row(one)
    assert (row.state, row.error) == (MessageState.FAILED, "recipient_unreachable 131026")


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_failure_for_want_of_consent_stops_marketing(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (one,) = await place.say(ana, "one", purpose="alert")
    await (await place.sender()).run_once()
    failed = place.status(one, "failed", error_code="131050", error_kind="contact_opted_out")
    await place.report(ana.number, failed)

    await place.status_worker().run_once()

    assert await place.column(Contact.marketing_stopped_at, ana.contact_id) == place.clock()


async def test_a_status_that_is_faster_than_the_answer_is_kept(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (one,) = await place.say(ana, "one")
    delivery = await place.sender()
    await delivery._leases.renew()
    await delivery._tend()
    await delivery._round()  # claimed, on the wire, its answer not written yet
    await delivery._wire.all_landed()

    await place.report(ana.number, place.status(one, "read"))
    await place.status_worker(delivery).run_once()
    await delivery.run_once()

    row = await place.row(one)
    assert (row.state, row.provider_id) == (MessageState.READ, place.graph.taken[0].id)
