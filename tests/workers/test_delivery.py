"""Sending: in order, once, paced, and as each error of a provider asks."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.inbound import Address, AddressChange, TemplateNews
from sokoni.channels.inbound import Message as Heard
from sokoni.channels.outbound import Buttons, Image, Option, Template, Text
from sokoni.contacts.consent import MESSAGES, Agreed
from sokoni.contacts.models import Consent, Contact, ContactAddress
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.ids import PhoneNumber
from sokoni.merchants.models import ChannelAccount
from sokoni.merchants.service import TAKEN_OUT
from sokoni.messaging.events import Undelivered
from sokoni.messaging.inbox import Arrival
from sokoni.messaging.models import MessageState
from sokoni.messaging.outbox import BODY
from sokoni.messaging.turn_rows import NewMessage
from sokoni.messaging.withholding import note_consent, shut_out
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_graph import http_error, refused
from sokoni.workers.delivery import DeliverySettings
from tests.conftest import THREE
from tests.workers.outgoing import Number, Street, street

ANA, BEN = "+263771000001", "+263772000002"


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Street]:
    async with street(engine, vault, clock) as opened:
        yield opened


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_waits_is_sent_in_order_and_marked_taken(place: Street) -> None:
    number = await place.add_number("1")
    ana, ben = await place.add_talk(number, ANA), await place.add_talk(number, BEN)
    messages = await place.say(ana, "one", "two", "three")
    await place.say(ben, "hello")

    await (await place.sender()).run_once()

    assert place.said(ANA) == ["one", "two", "three"]
    assert place.said(BEN) == ["hello"]
    row = await place.row(messages[0])
    assert (row.state, row.attempts) == (MessageState.TAKEN, 1)
    assert row.provider_id == place.graph.taken[0].id


async def test_what_a_turn_feeds_is_sent_without_reading_it_again(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    delivery = await place.sender()
    await delivery.run_once()

    delivery.feed(await place.say(ana, "fresh"))
    await delivery.run_once()

    assert place.said() == ["fresh"]


async def test_fed_twice_is_sent_once(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    delivery = await place.sender()
    messages = await place.say(ana, "fresh")
    await delivery.run_once()

    delivery.feed(messages)
    await delivery.run_once()

    assert place.said() == ["fresh"]


async def test_what_is_fed_waits_for_an_earlier_one_that_was_not(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    delivery = await place.sender()
    await delivery.run_once()
    await place.say(ana, "first, stored by another worker")

    delivery.feed(await place.say(ana, "second"))
    await delivery.run_once()

    assert place.said() == ["first, stored by another worker", "second"]


async def test_nothing_goes_before_its_time(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    await place.store(place.message(ana, "later", due_in=30), place.message(ana, "behind it"))
    delivery = await place.sender()

    await delivery.run_once()
    assert place.said() == []
    assert delivery.next_due() == place.clock() + timedelta(seconds=30)

    await place.later(delivery, 30)
    assert place.said() == ["later", "behind it"]


@pytest.mark.parametrize(
    "refusal", [refused(131016), refused(130429), refused(131056), refused(2, 500)]
)
async def test_a_refusal_for_now_is_tried_again_and_keeps_the_order(
    place: Street, refusal: object
) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    messages = await place.say(ana, "one", "two")
    place.graph.script(refusal, refusal)  # type: ignore[arg-type]
    delivery = await place.sender()

    await delivery.run_once()
    assert place.said() == []
    assert await place.state(messages[0]) == MessageState.WAITING

    await place.later(delivery, 20)
    assert place.said() == ["one", "two"]
    assert (await place.row(messages[0])).attempts == 3


async def test_a_refusal_for_now_ends_when_patience_does(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    messages = await place.say(ana, "one")
    place.graph.always(refused(131016))
    delivery = await place.sender()

    await delivery.run_once()
    await place.later(delivery, 600)

    assert await place.state(messages[0]) == MessageState.FAILED
    assert "131016" in (await place.row(messages[0])).error


async def test_a_throttled_number_pauses_all_its_conversations_and_no_other(
    place: Street,
) -> None:
    slow, fine = await place.add_number("1"), await place.add_number("2")
    await place.say(await place.add_talk(slow, ANA), "waits")
    place.graph.script(refused(130429, retry_after="7"))
    delivery = await place.sender()
    await delivery.run_once()

    await place.say(await place.add_talk(slow, BEN), "waits too")
    await place.say(await place.add_talk(fine, "+263773000003"), "goes")
    await delivery.run_once()
    assert place.said() == ["goes"]

    await place.later(delivery, 7)
    assert set(place.said()) == {"goes", "waits", "waits too"}


async def test_a_contact_written_to_too_fast_holds_up_nobody_else(place: Street) -> None:
    number = await place.add_number("1")
    await place.say(await place.add_talk(number, ANA), "slowly")
    place.graph.script(refused(131056), refused(131056), refused(131056), to=ANA)
    delivery = await place.sender()
    await delivery.run_once()

    await place.say(await place.add_talk(number, BEN), "at once")
    await delivery.run_once()
    assert place.said() == ["at once"]

    await place.later(delivery, 20.9)  # 4^0 + 4^1 + 4^2
    assert place.said() == ["at once"]
    await place.later(delivery, 0.1)
    assert place.said() == ["at once", "slowly"]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (131047, "reply_window_closed"),
        (132000, "send_refused"),
        (132001, "template_unusable"),
        (131050, "contact_opted_out"),
    ],
)
async def test_a_refusal_for_good_fails_and_the_next_goes(
    place: Street, code: int, name: str
) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    messages = await place.say(ana, "one", "two")
    place.graph.script(refused(code))

    await (await place.sender()).run_once()

    row = await place.row(messages[0])
    assert (row.state, row.error) == (MessageState.FAILED, f"{name} {code}")
    assert place.said() == ["two"]


@pytest.mark.parametrize("code", [130403, 131026])
async def test_nothing_more_is_sent_to_who_cannot_be_reached(place: Street, code: int) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    messages = await place.say(ana, "one", "two", "three", purpose="alert")
    place.graph.script(refused(code))

    await (await place.sender()).run_once()

    assert place.graph.asked == 1
    errors = [(await place.row(message)).error for message in messages]
    assert errors == [f"recipient_unreachable {code}"] * 3
    assert {await place.state(message) for message in messages} == {MessageState.FAILED}


async def test_who_wrote_meanwhile_is_answered_all_the_same(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    await place.say(ana, "an offer", purpose="alert")
    place.clock.advance(timedelta(seconds=1))
    await place.say(ana, "another", purpose="alert")
    await place.say(ana, "an answer")
    place.graph.script(refused(131026))

    await (await place.sender()).run_once()

    assert place.said() == ["an answer"]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_the_conversation_learns_why_nothing_arrived(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    messages = await place.say(ana, "one")
    place.graph.script(refused(131047))

    await (await place.sender()).run_once()

    (event,) = await place.events()
    told = msgspec.json.decode(
        place.vault.open("inbox.payload", event.id, event.payload), type=Undelivered
    )
    assert (event.kind, event.conversation_id) == ("undelivered", ana.id)
    assert told == Undelivered(
        reason="reply_window_closed", made_at=(await place.row(messages[0])).created_at
    )


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_template_that_is_refused_is_news_of_it(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    template = Template(name="hello", language="en_US", rendered="Hello")
    await place.store(place.message(ana, template), place.message(ana, template))
    place.graph.script(refused(132015), refused(132015))

    await (await place.sender()).run_once()

    (event,) = [one for one in await place.events() if one.kind == "template"]
    news = msgspec.json.decode(
        place.vault.open("inbox.payload", event.id, event.payload), type=TemplateNews
    )
    assert event.conversation_id is None
    assert (news.name, news.language, news.approval) == ("hello", "en_US", "REFUSED")
    assert news.reason == "132015"


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_contact_who_takes_no_marketing_is_noted(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    await place.say(ana, "offer", "offer", purpose="alert")
    place.graph.script(refused(131050), refused(131050))

    await (await place.sender()).run_once()

    assert await place.column(Contact.marketing_stopped_at, ana.contact_id) is not None
    async with place.engine.connect() as connection:
        rows = (await connection.execute(Consent.__table__.select())).all()
    assert [(row.purpose, row.given, row.source) for row in rows] == [
        ("marketing", False, "channel")
    ]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_cannot_be_shown_is_sent_once_more_in_a_simpler_form(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    buttons = Buttons(body="Sure?", options=(Option("yes", "Yes"), Option("no", "No")))
    messages = await place.store(place.message(ana, buttons))
    place.graph.script(refused(131009))

    await (await place.sender()).run_once()

    assert place.said() == ["Sure?\n\n1. Yes\n2. No"]
    row = await place.row(messages[0])
    assert row.state == MessageState.TAKEN
    assert b"1. Yes" in place.vault.open(BODY, row.id, row.body)


async def test_picture_that_the_provider_cannot_fetch_is_tried_again_then_goes_as_a_link(
    place: Street,
) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    picture = Image(url="https://shop.example.com/media/1.jpg", caption="10 goats")
    messages = await place.store(place.message(ana, picture))
    place.graph.script(*[refused(131053)] * 3)
    delivery = await place.sender()

    await delivery.run_once()
    await place.later(delivery, 60)

    assert place.said() == ["10 goats\nhttps://shop.example.com/media/1.jpg"]
    assert place.graph.asked == 4
    assert await place.state(messages[0]) == MessageState.TAKEN


async def test_what_has_no_simpler_form_fails(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    messages = await place.say(ana, "plain")
    place.graph.script(refused(131009))

    await (await place.sender()).run_once()

    assert await place.state(messages[0]) == MessageState.FAILED


async def test_a_number_that_cannot_send_keeps_its_messages_and_asks_once_a_minute(
    place: Street,
) -> None:
    number = await place.add_number("1")
    for phone in (ANA, BEN):
        await place.say(await place.add_talk(number, phone), "kept")
    place.graph.always(refused(190, 401))
    delivery = await place.sender()
    await delivery.run_once()
    assert await place.column(ChannelAccount.paused_reason, number.id) == "channel_down 190"
    asked = place.graph.asked

    await place.later(delivery, 300)
    assert place.graph.asked - asked == 5

    place.graph.always(None)
    await place.later(delivery, 60)
    assert place.said() == ["kept", "kept"]
    assert await place.column(ChannelAccount.paused_reason, number.id) == ""


async def test_a_mended_account_sends_at_once(place: Street) -> None:
    number = await place.add_number("1")
    await place.say(await place.add_talk(number, ANA), "kept")
    place.graph.script(refused(190, 401))
    delivery = await place.sender()
    await delivery.run_once()
    await place.later(delivery, 11)

    async with writing(place.engine) as connection:
        await connection.execute(update(ChannelAccount).values(paused_reason=""))
    await place.later(delivery, 11)

    assert place.said() == ["kept"]


async def test_an_account_taken_out_of_service_is_not_even_tried(place: Street) -> None:
    number = await place.add_number("1")
    async with writing(place.engine) as connection:
        await connection.execute(update(ChannelAccount).values(paused_reason=TAKEN_OUT))
    await place.say(await place.add_talk(number, ANA), "kept")
    delivery = await place.sender()
    await delivery.run_once()
    await place.later(delivery, 120)
    assert place.graph.asked == 0

    async with writing(place.engine) as connection:
        await connection.execute(update(ChannelAccount).values(paused_reason=""))
    await place.later(delivery, 11)

    assert place.said() == ["kept"]


async def test_a_number_known_to_be_down_is_asked_with_one_message_only(place: Street) -> None:
    number = await place.add_number("1")
    async with writing(place.engine) as connection:
        await connection.execute(update(ChannelAccount).values(paused_reason="channel_down 190"))
    for phone in (ANA, BEN):
        await place.say(await place.add_talk(number, phone), "kept")
    place.graph.always(refused(190, 401))

    await (await place.sender()).run_once()

    assert place.graph.asked == 1


async def test_a_number_keeps_to_its_rate(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    async with street(engine, vault, clock, DeliverySettings(number_per_second=4)) as place:
        number = await place.add_number("1")
        for serial in range(6):
            await place.say(await place.add_talk(number, f"+26377100000{serial}"), "hi")
        delivery = await place.sender()

        await delivery.run_once()
        assert len(place.said()) == 1
        await place.later(delivery, 1)
        assert len(place.said()) == 5
        await place.later(delivery, 0.3)
        assert len(place.said()) == 6


async def test_a_reply_overtakes_the_campaign_that_waits_on_its_number(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    async with street(engine, vault, clock, DeliverySettings(number_per_second=4)) as place:
        number = await place.add_number("1")
        for serial in range(6):
            one = await place.add_talk(number, f"+26377100000{serial}")
            await place.say(one, "news", purpose="campaign")
        delivery = await place.sender()
        await delivery.run_once()
        assert place.said() == ["news"]

        await place.say(await place.add_talk(number, BEN), "yours")
        await place.later(delivery, 0.3)
        assert place.said() == ["news", "yours"]
        await place.later(delivery, 3)
        assert place.said() == ["news", "yours", *["news"] * 5]


async def test_a_contact_is_written_to_at_the_pair_rate(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    await place.say(ana, *(str(serial) for serial in range(48)))
    delivery = await place.sender()

    await delivery.run_once()
    await place.later(delivery, 5)
    assert len(place.said()) == 45
    await place.later(delivery, 2)
    assert len(place.said()) == 46
    await place.later(delivery, 12)
    assert place.said() == [str(serial) for serial in range(48)]


async def test_pacing_per_contact_can_be_lifted(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    settings = DeliverySettings(number_per_second=1000, pairwise_pacing=False)
    async with street(engine, vault, clock, settings) as place:
        ana = await place.add_talk(await place.add_number("1"), ANA)
        await place.say(ana, *(str(serial) for serial in range(60)))

        await (await place.sender()).run_once()

        assert len(place.said()) == 60


async def test_a_contact_without_an_address_fails(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    async with writing(place.engine) as connection:
        await connection.exec_driver_sql("DELETE FROM contact_addresses")
    messages = await place.say(ana, "to nobody")

    await (await place.sender()).run_once()

    assert (await place.row(messages[0])).error == "send_refused no_address"


async def test_a_row_that_cannot_be_read_fails_and_the_next_goes(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    messages = await place.say(ana, "broken", "fine")
    await place.set_message(messages[0], body=b"nonsense")

    await (await place.sender()).run_once()

    assert await place.state(messages[0]) == MessageState.FAILED
    assert place.said() == ["fine"]


async def test_a_cancelled_message_is_not_sent(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    delivery = await place.sender()
    await delivery.run_once()
    messages = await place.say(ana, "no", "yes")
    delivery.feed(messages)
    await place.set_message(messages[0], state=int(MessageState.CANCELLED))

    await place.later(delivery, 1)

    assert place.said() == ["yes"]


async def test_a_stop_waits_for_what_is_on_the_wire(engine: AsyncEngine, vault: Vault) -> None:
    async with street(engine, vault, StoppedClock()) as place:
        ana = await place.add_talk(await place.add_number("1"), ANA)
        messages = await place.say(ana, "slow", "never")
        place.graph.script(http_error(200))
        delivery = await place.sender()
        stop = asyncio.Event()
        task = asyncio.create_task(delivery.run(stop))
        await place.asked(1)

        stop.set()
        await task

        assert await place.state(messages[0]) == MessageState.SENDING
        assert await place.state(messages[1]) == MessageState.WAITING


async def test_a_template_is_sent_as_one(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    template = Template(name="hello", language="en", parameters=("Ana",), rendered="Hello Ana")
    await place.store(place.message(ana, template), place.message(ana, Text("and more")))

    await (await place.sender()).run_once()

    assert place.said() == ["template", "and more"]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_contact_who_was_merged_away_is_reached_where_they_are_now(
    place: Street,
) -> None:
    number = await place.add_number("1")
    ana, ben = await place.add_talk(number, ANA), await place.add_talk(number, BEN)
    messages = await place.say(ana, "to one person")
    async with writing(place.engine) as connection:
        await connection.execute(
            delete(ContactAddress).where(ContactAddress.contact_id == ana.contact_id)
        )
        merged = update(Contact).where(Contact.id == ana.contact_id)
        await connection.execute(merged.values(merged_into=ben.contact_id))

    await (await place.sender()).run_once()

    assert place.said(BEN) == ["to one person"]
    assert await place.state(messages[0]) == MessageState.TAKEN


async def test_what_was_moved_to_another_conversation_is_sent_there(place: Street) -> None:
    number = await place.add_number("1")
    ana, ben = await place.add_talk(number, ANA), await place.add_talk(number, BEN)
    delivery = await place.sender()
    await delivery.run_once()
    first = await place.say(ben, "first")
    moved = await place.say(ana, "second")
    delivery.feed(moved)
    await place.set_message(moved[0], conversation_id=ben.id, shard=first[0].shard)

    await delivery.run_once()
    await place.later(delivery, 1)

    assert place.said() == ["first", "second"]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
@pytest.mark.parametrize("fed", [True, False])
async def test_how_long_a_contact_waited_for_the_first_answer_is_measured(
    place: Street, *, fed: bool
) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    heard = arrival(place, ana.number)
    await place.inbox.store([heard])
    first, second, own = (place.message(ana, text) for text in ("one", "two", "by itself"))
    for part, message in enumerate((first, second), 1):
        message.event_id, message.part = heard.id, part
    first.heard_at = heard.received_at
    place.clock.advance(timedelta(seconds=2))
    before = waited()
    delivery = await place.sender()
    stored = await place.store(first, second, own)
    if fed:
        delivery.feed(stored)

    await delivery.run_once()

    assert waited()[0] - before[0] == 1
    assert waited()[1] - before[1] == pytest.approx(2.0)


def arrival(place: Street, number: Number) -> Arrival:
    now = place.clock()
    message = Heard(provider_id="w1", sender=Address(phone=PhoneNumber(ANA)), sent_at=now)
    return Arrival(account=number, item=message, received_at=now, due_at=now)


def waited() -> tuple[float, float]:
    """Return how many answers were measured, and their seconds."""
    labels = {"channel": "whatsapp_cloud"}
    count, seconds = (
        REGISTRY.get_sample_value(f"sokoni_response_seconds_{what}", labels) or 0.0
        for what in ("count", "sum")
    )
    return count, seconds


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_an_address_that_another_process_changed_counts_for_what_waited_already(
    place: Street,
) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    delivery = await place.sender()
    now, later = place.message(ana, "now"), place.message(ana, "later", due_in=10)
    delivery.feed(await place.store(now, later))
    await delivery.run_once()

    async with place.engine.begin() as connection:
        row = ContactAddress.contact_id == ana.contact_id
        address_id = (await connection.execute(select(ContactAddress.id).where(row))).scalar_one()
        sealed = place.vault.seal_text("contact_addresses.value", address_id, BEN)
        await connection.execute(update(ContactAddress).where(row).values(value=sealed))
        await connection.execute(
            update(Contact).where(Contact.id == ana.contact_id).values(address_version=1)
        )
    await place.later(delivery, 10)

    assert (place.said(ANA), place.said(BEN)) == (["now"], ["later"])


async def test_an_address_that_the_answer_reveals_is_kept(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    await place.say(ana, "one", "two")
    known = {"contacts": [{"input": ANA, "wa_id": ANA[1:], "user_id": "ZW.1"}]}
    answer = json.dumps({**known, "messages": [{"id": "wamid.1"}]}).encode()
    place.graph.script(*[http_error(200, answer)] * 2)

    await (await place.sender()).run_once()

    (event,) = await place.events()
    change = msgspec.json.decode(
        place.vault.open("inbox.payload", event.id, event.payload), type=AddressChange
    )
    assert (event.kind, event.conversation_id) == ("address_change", ana.id)
    assert (change.old.phone, change.new.user_id) == (ANA, "ZW.1")


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_waits_unasked_is_not_sent_to_who_said_stop(place: Street) -> None:
    number = await place.add_number("1")
    ana, ben = await place.add_talk(number, ANA), await place.add_talk(number, BEN)
    offer = (await place.say(ana, "an offer", purpose="alert"))[0]
    await place.say(ana, "your answer")
    await place.say(ben, "an offer", purpose="alert")
    delivery = await place.sender()
    async with writing(place.engine) as connection:
        await note_consent(connection, place.vault, no_more(offer))

    await delivery.run_once()

    assert place.said(ANA) == ["your answer"]
    assert place.said(BEN) == ["an offer"]
    assert (await place.row(offer)).state == MessageState.CANCELLED


async def test_what_was_to_be_tried_again_is_not_sent_after_a_stop(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    place.graph.script(refused(131016))
    (offer,) = await place.say(ana, "an offer", purpose="alert")
    delivery = await place.sender()
    async with writing(place.engine) as connection:
        # As if it had been on the wire when the stop came.
        await connection.execute(
            update(Contact)
            .where(Contact.id == offer.contact_id)
            .values(opted_out_at=place.clock())
        )
    await delivery.run_once()
    place.clock.advance(timedelta(minutes=5))
    await delivery.run_once()

    assert place.said(ANA) == []
    assert (await place.row(offer)).state == MessageState.CANCELLED


async def test_who_is_shut_out_gets_nothing_that_waited(place: Street) -> None:
    ana = await place.add_talk(await place.add_number("1"), ANA)
    (answer,) = await place.say(ana, "your answer")
    async with writing(place.engine) as connection:
        await shut_out(connection, answer.merchant_id, answer.contact_id, place.clock())

    await (await place.sender()).run_once()

    assert place.said(ANA) == []


def no_more(message: NewMessage) -> Agreed:
    return Agreed(
        merchant_id=message.merchant_id,
        contact_id=message.contact_id,
        purpose=MESSAGES,
        given=False,
        source="staff",
        wording="",
        at=message.created_at,
    )
