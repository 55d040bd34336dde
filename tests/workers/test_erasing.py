"""Who writes while they are erased, or afterwards, is a stranger, and loses no word."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.inbound import Address, Message
from sokoni.contacts.consent import Agreed, record
from sokoni.contacts.models import Contact, ContactAddress, KeptStop
from sokoni.contacts.register import contact_of_phone
from sokoni.db.reindex import reindex
from sokoni.db.tables import load_models
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.dialogue.erasing import Erasing
from sokoni.kit.ids import ContactId, ConversationId, MerchantId
from sokoni.messaging.events import Tell, TellTo, Timer
from sokoni.messaging.inbox import Arrival, Inbox
from sokoni.messaging.models import Conversation, EventState, InboxEvent, Purpose
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.tells import Tells, Whisper
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE
from tests.workers.town import ANA, BEN, Town, town

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Town]:
    async with town(engine, vault, clock) as place:
        yield place


async def ana_of(place: Town) -> ContactId:
    async with writing(place.engine) as connection:
        merchant_id = place.account.merchant_id
        return await contact_of_phone(connection, place.vault, merchant_id, ANA, place.clock())


async def erased(place: Town, who: ContactId, inbox: Inbox | None = None) -> bool:
    """Erase somebody: in another process than that of the gateway, unless told otherwise."""
    erasing = Erasing(
        inbox=inbox or Inbox(place.engine, place.vault, place.clock),
        clock=place.clock,
        merchant_id=place.account.merchant_id,
        hooks=(),
    )
    async with writing(place.engine) as connection:
        return await erasing.erase(connection, who)


async def contacts(place: Town) -> list[ContactId]:
    async with place.engine.connect() as connection:
        return list(await connection.scalars(select(Contact.id)))


async def talk_of(place: Town, who: ContactId) -> ConversationId | None:
    async with place.engine.connect() as connection:
        return await connection.scalar(
            select(Conversation.id).where(Conversation.contact_id == who)
        )


async def left(place: Town) -> list[InboxEvent]:
    """Return the events of which more than the key is there."""
    return [one for one in await place.events() if one.payload or one.state != EventState.IGNORED]


async def test_message_that_the_channel_repeats_does_not_come_back(place: Town) -> None:
    said = Message(
        provider_id="m", sender=Address(phone=ANA), sent_at=place.clock(), text="my secret"
    )
    await place.happen(said)
    await place.turn()
    await erased(place, await ana_of(place))

    await place.happen(said)
    await place.turn()

    assert (place.said(), await place.log()) == (["my secret"], [])


async def test_who_writes_again_is_a_stranger(place: Town) -> None:
    await place.hear("mhoro")
    await place.turn()
    ana = await ana_of(place)

    assert await erased(place, ana)

    assert (await place.log(), await left(place), await contacts(place)) == ([], [], [])
    await place.hear("hello again")
    await place.turn()
    (stranger,) = await contacts(place)
    assert stranger != ana
    assert place.said() == ["mhoro", "hello again"]
    assert {row.conversation_id for row in await place.log()} == {await talk_of(place, stranger)}


async def test_every_message_after_the_erasing_is_answered_where_the_stranger_talks(
    place: Town,
) -> None:
    await place.hear("hello")
    await place.turn()
    await erased(place, await ana_of(place))

    for text in ("one", "two"):
        await place.hear(text)
        await place.turn()
    await place.hear("three", "four")
    await place.turn()

    assert place.said() == ["hello", "one", "two", "three / four"]
    assert len(await contacts(place)) == 1
    assert {one.state for one in await left(place)} == {EventState.DONE}


async def test_what_waits_to_be_answered_is_erased(place: Town) -> None:
    await place.hear("hello", "what do you know of me?")

    await erased(place, await ana_of(place))
    await place.turn()

    assert (place.said(), await left(place)) == ([], [])


async def test_what_we_wanted_of_the_erased_is_forgotten(place: Town) -> None:
    await place.hear("hello")
    await place.turn()
    ana = await ana_of(place)
    await erased(place, ana)

    await place.happen_to(Timer(name="dialogue"))
    whisper = Whisper(
        place.account.merchant_id,
        place.account.id,
        TellTo(
            contact_id=ana,
            tell=Tell(prompt=Prompt("told"), purpose=Purpose.NOTICE),
            once="once",
        ),
    )
    async with writing(place.engine) as connection:
        await Tells(place.inbox).carry(connection, [whisper], place.clock())
    await place.turn()

    assert (place.said(), await left(place), await contacts(place)) == (["hello"], [], [])


async def test_address_that_was_learnt_at_that_moment_belongs_to_nobody(place: Town) -> None:
    await place.hear("hello")
    ana = await ana_of(place)
    await erased(place, ana)
    hidden = "NG.7H3K9ZQ2M4"
    async with writing(place.engine) as connection:
        row = {
            "id": ana,
            "merchant_id": place.account.merchant_id,
            "contact_id": ana,
            "kind": "user_id",
            "value": place.vault.seal_text("contact_addresses.value", ana, hidden),
            "value_hash": place.vault.hash("user_id", hidden),
            "last4_hash": "",
            "created_at": place.clock(),
        }
        await connection.execute(insert(ContactAddress).values(row))

    await place.happen(
        Message(
            provider_id="m",
            sender=Address(user_id=hidden, phone=ANA),
            sent_at=place.clock(),
            text="here I am",
        )
    )
    await place.turn()

    assert place.said() == ["here I am"]
    assert ana not in await contacts(place)


def no_more(merchant_id: MerchantId, contact_id: ContactId, at: datetime) -> Agreed:
    return Agreed(
        merchant_id=merchant_id,
        contact_id=contact_id,
        purpose="messages",
        wording="",
        at=at,
        given=False,
        source="staff",
    )


async def test_who_said_stop_stays_stopped_and_nothing_else_is_known(place: Town) -> None:
    await place.hear("hello")
    await place.turn()
    ana, merchant_id = await ana_of(place), place.account.merchant_id
    async with writing(place.engine) as connection:
        await record(connection, place.vault, no_more(merchant_id, ana, place.clock()))
    await erased(place, ana, place.inbox)

    async with place.engine.connect() as connection:
        kept = (await connection.execute(select(KeptStop.kind, KeptStop.value_hash))).all()
    assert kept == [("phone", place.vault.hash("phone", ANA))]

    await place.hear("hello again")
    async with place.engine.connect() as connection:
        (stopped,) = (await connection.execute(select(Contact.opted_out_at))).all()
        assert stopped.opted_out_at is not None
        assert (await connection.execute(select(KeptStop.id))).all() == []


async def test_number_that_staff_write_to_first_stays_stopped(place: Town) -> None:
    ana, merchant_id = await ana_of(place), place.account.merchant_id
    async with writing(place.engine) as connection:
        await record(connection, place.vault, no_more(merchant_id, ana, place.clock()))
    await erased(place, ana)

    again = await ana_of(place)

    async with place.engine.connect() as connection:
        when = await connection.scalar(select(Contact.opted_out_at).where(Contact.id == again))
    assert again != ana
    assert when == place.clock()


@pytest.mark.parametrize("writes_first", ["contact", "staff"])
async def test_stop_is_heeded_after_look_ups_moved_to_another_key(
    place: Town, vault: Vault, writes_first: str
) -> None:
    ana, merchant_id = await ana_of(place), place.account.merchant_id
    async with writing(place.engine) as connection:
        await record(connection, place.vault, no_more(merchant_id, ana, place.clock()))
    await erased(place, ana)
    keys = (b"n" * 32, b"k" * 32)
    await reindex(place.engine, load_models(), keys)
    moved = Vault(keys)
    assert moved.hash("phone", ANA) != vault.hash("phone", ANA)

    if writes_first == "contact":
        said = Message(
            provider_id="m", sender=Address(phone=ANA), sent_at=place.clock(), text="hello again"
        )
        now = place.clock()
        arrival = Arrival(account=place.account, item=said, received_at=now, due_at=now)
        await Inbox(place.engine, moved, place.clock).store([arrival])
    else:
        async with writing(place.engine) as connection:
            await contact_of_phone(connection, moved, merchant_id, ANA, place.clock())

    async with place.engine.connect() as connection:
        (stopped,) = (await connection.execute(select(Contact.opted_out_at))).all()
        assert stopped.opted_out_at is not None
        assert (await connection.execute(select(KeptStop.id))).all() == []


async def test_others_keep_their_conversation(place: Town) -> None:
    await place.hear("hello")
    await place.hear("I am Ben", sender=BEN)
    await place.turn()

    await erased(place, await ana_of(place))

    (heard, said) = await place.log()
    assert heard.conversation_id == said.conversation_id
    assert len(await contacts(place)) == 1


async def test_contact_is_erased_once(place: Town) -> None:
    ana = await ana_of(place)

    assert await erased(place, ana)
    assert not await erased(place, ana)


async def test_messages_that_two_gateways_bring_begin_one_conversation(place: Town) -> None:
    await place.hear("hello")
    await place.turn()
    await erased(place, await ana_of(place))
    other = Inbox(place.engine, place.vault, place.clock)
    item = Message(
        provider_id="other", sender=Address(phone=ANA), sent_at=place.clock(), text="one"
    )
    arrival = Arrival(
        account=place.account, item=item, received_at=place.clock(), due_at=place.clock()
    )
    await other.store([arrival])
    await place.hear("two")
    await place.turn()

    assert sorted(" / ".join(place.said()[1:]).split(" / ")) == ["one", "two"]
    assert len(await contacts(place)) == 1


async def test_message_that_comes_while_erasing_runs_is_erased_or_begins_anew(
    place: Town,
) -> None:
    await place.hear("hello")
    await place.turn()
    ana = await ana_of(place)

    async def speak() -> None:
        for number in range(20):
            await place.hear(f"line {number}")
            await asyncio.sleep(0)

    async def answer() -> None:
        for _ in range(20):
            await place.worker.run_once()
            await asyncio.sleep(0)

    async def erase() -> bool:
        await asyncio.sleep(0.01)
        return await erased(place, ana)

    *_, mine = await asyncio.gather(speak(), answer(), erase())
    await place.hear("the last")
    await place.turn()

    assert mine
    (stranger,) = await contacts(place)
    talk = await talk_of(place, stranger)
    begun = await left(place)
    assert stranger != ana
    assert {one.conversation_id for one in begun} == {talk}
    assert {one.state for one in begun} == {EventState.DONE}
    assert {row.conversation_id for row in await place.log()} == {talk}
    heard = [row for row in await place.log() if not row.outbound]
    assert {row.event_id for row in heard} == {one.id for one in begun}
