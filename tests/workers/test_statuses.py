"""Delivery statuses on a real database: matched, put off, never lost."""

from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.inbound import Status
from sokoni.channels.outbound import Image
from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.merchants.models import ChannelAccount
from sokoni.messaging.models import EventState, InboxEvent, MessageState
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE
from tests.workers.outgoing import Street, street

ANA, BEN = "+263771000001", "+263772000002"


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


FAILURES = {
    "channel_down": "131042",
    "send_refused_for_now": "131016",
    "send_throttled": "130429",
    "send_contact_throttled": "131056",
    "send_file_unfetched": "131053",
}


@pytest.mark.parametrize("kind", FAILURES)
async def test_a_failure_for_now_is_sent_again(place: Street, kind: str) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (one,) = await place.say(ana, "one")
    delivery = await place.sender()
    await delivery.run_once()
    failed = place.status(one, "failed", error_code=FAILURES[kind], error_kind=kind)
    await place.report(ana.number, failed)
    await place.status_worker(delivery).run_once()
    assert await place.state(one) == MessageState.WAITING

    await place.later(delivery, 65)

    assert place.said() == ["one", "one"]
    row = await place.row(one)
    assert (row.state, row.attempts) == (MessageState.TAKEN, 2)
    assert row.provider_id == place.graph.taken[1].id


async def test_a_failure_of_an_earlier_try_changes_nothing(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (one,) = await place.say(ana, "one")
    delivery, first = await place.sender(), "wamid.first"
    await delivery.run_once()
    await place.set_message(one, provider_id=first)
    failed = msgspec.structs.replace(
        place.status(one, "failed", error_code="131016", error_kind="send_refused_for_now"),
        provider_id=first,
    )
    worker = place.status_worker(delivery)
    for _ in range(2):
        await place.report(ana.number, failed)
        await worker.run_once()
        assert await place.state(one) == MessageState.WAITING
    await place.later(delivery, 5)
    assert await place.state(one) == MessageState.TAKEN

    await place.report(ana.number, failed)
    await worker.run_once()
    assert await place.state(one) == MessageState.TAKEN

    arrived = msgspec.structs.replace(failed, status="delivered", error_code="", error_kind="")
    await place.report(ana.number, arrived)
    await worker.run_once()
    assert await place.state(one) == MessageState.DELIVERED
    assert len(place.said()) == 2


async def test_a_failure_that_is_faster_than_the_answer_waits_for_it(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (one,) = await place.say(ana, "one")
    delivery = await place.sender()
    await delivery._leases.renew()
    await delivery._tend()
    await delivery._round()  # claimed, on the wire, its answer not written yet
    await delivery._wire.all_landed()
    failed = place.status(one, "failed", error_code="131016", error_kind="send_refused_for_now")
    await place.report(ana.number, failed)
    worker = place.status_worker(delivery)

    await worker.run_once()
    assert await place.state(one) == MessageState.SENDING
    await delivery.run_once()
    await place.later(delivery, 5)
    await worker.run_once()

    assert await place.state(one) == MessageState.WAITING
    await place.later(delivery, 5)
    assert place.said() == ["one", "one"]


async def test_failures_for_now_end(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (one,) = await place.say(ana, "one")
    delivery = await place.sender()
    worker = place.status_worker(delivery)
    await delivery.run_once()
    for _ in range(3):
        taken = place.graph.taken[-1].id
        failed = place.status(
            one, "failed", error_code="131016", error_kind="send_refused_for_now"
        )
        await place.report(ana.number, msgspec.structs.replace(failed, provider_id=taken))
        await worker.run_once()
        await place.later(delivery, 20)

    assert len(place.said()) == 3
    assert (await place.row(one)).error == "send_refused_for_now 131016"
    assert await place.state(one) == MessageState.FAILED


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_picture_that_could_not_be_fetched_in_the_end_goes_as_a_link(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    picture = Image(url="https://shop.example.com/media/1.jpg", caption="10 goats")
    (one,) = await place.store(place.message(ana, picture))
    delivery = await place.sender()
    worker = place.status_worker(delivery)
    await delivery.run_once()
    for _ in range(3):
        failed = place.status(one, "failed", error_code="131053", error_kind="send_file_unfetched")
        taken = place.graph.taken[-1].id
        await place.report(ana.number, msgspec.structs.replace(failed, provider_id=taken))
        await worker.run_once()
        await place.later(delivery, 20)

    kinds = [taken.payload["type"] for taken in place.graph.taken]
    assert kinds == ["image", "image", "image", "text"]
    assert place.said()[-1] == "10 goats\nhttps://shop.example.com/media/1.jpg"
    assert await place.state(one) == MessageState.TAKEN


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_failure_of_the_account_pauses_it_until_something_arrives(place: Street) -> None:
    number = await place.add_number("1")
    ana, ben = await place.add_talk(number, ANA), await place.add_talk(number, BEN)
    (one,) = await place.say(ana, "one")
    delivery = await place.sender()
    worker = place.status_worker(delivery)
    await delivery.run_once()
    failed = place.status(one, "failed", error_code="131042", error_kind="channel_down")
    await place.report(number, failed)
    await worker.run_once()
    reason = await place.column(ChannelAccount.paused_reason, number.id)
    assert reason == "reported channel_down 131042"

    # The provider goes on taking messages: that alone proves nothing.
    (two,) = await place.say(ben, "two")
    await delivery.run_once()
    assert place.said() == ["one"]
    await place.later(delivery, 61)
    assert len(place.said()) == 2
    await place.later(delivery, 30)
    assert len(place.said()) == 2
    assert await place.column(ChannelAccount.paused_reason, number.id) == reason

    asked = next(each for each in (one, two) if str(each.id) == place.graph.taken[1].outbox_id)
    status = place.status(asked, "sent")
    sent = msgspec.structs.replace(status, provider_id=place.graph.taken[1].id)
    await place.report(number, sent)
    await worker.run_once()
    await place.later(delivery, 2)

    assert await place.column(ChannelAccount.paused_reason, number.id) == ""
    assert sorted(place.said()) == ["one", "one", "two"]


async def test_another_worker_learns_of_the_pause_from_the_row(place: Street) -> None:
    number = await place.add_number("1")
    ana, ben = await place.add_talk(number, ANA), await place.add_talk(number, BEN)
    (one,) = await place.say(ana, "one")
    delivery = await place.sender()
    await delivery.run_once()
    failed = place.status(one, "failed", error_code="131042", error_kind="channel_down")
    await place.report(number, failed)
    await place.status_worker().run_once()  # of a process that sends nothing

    await delivery._exchange._accounts.refresh()
    await place.say(ben, "two", "three", "four")
    await place.later(delivery, 5)

    assert len(place.said()) == 2, "one asks, the others wait"


@pytest.mark.parametrize("database_url", THREE, indirect=True)
@pytest.mark.parametrize("kind", ["reply_window_closed", "recipient_unreachable"])
async def test_a_failure_that_concerns_more_is_told_to_the_conversation(
    place: Street, kind: str
) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    one, two = await place.say(ana, "one", "two")
    await (await place.sender()).run_once()
    for message in (one, two):
        failed = place.status(message, "failed", error_code="1", error_kind=kind)
        await place.report(ana.number, failed)
    worker = place.status_worker()
    await worker.run_once()

    told = [event for event in await place.events() if event.kind == "undelivered"]
    assert {event.conversation_id for event in told} == {ana.id}
    assert await place.state(one) == MessageState.FAILED


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
