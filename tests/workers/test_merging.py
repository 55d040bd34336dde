"""Two addresses found to be one person (T-01): nothing is lost, whoever is merged with whom."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.inbound import Address, AddressChange, Message
from sokoni.contacts.directory import ContactDirectory
from sokoni.contacts.models import Contact, ContactAddress
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.ids import AccountId, ContactId, new_id
from sokoni.merchants.models import ChannelAccount
from sokoni.messaging.events import StaffAct, Tell, TellTo
from sokoni.messaging.inbox import Arrival, Own
from sokoni.messaging.models import Conversation, EventState, Purpose
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.tells import Tells, Whisper
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE
from tests.workers.town import ANA, BEN, Owner, Town, town

HIDDEN = Address(user_id="NG.7H3K9ZQ2M4")
everywhere = pytest.mark.parametrize("database_url", THREE, indirect=True)


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Town]:
    async with town(engine, vault, clock) as settled:
        yield settled


async def hear_hidden(place: Town, text: str) -> None:
    await place.happen(
        Message(provider_id=str(new_id()), sender=HIDDEN, sent_at=place.clock(), text=text)
    )
    await place.turn()


async def hear_open(place: Town, text: str) -> None:
    await place.hear(text)
    await place.turn()


def one_person(old: Address, new: Address, place: Town) -> AddressChange:
    return AddressChange(provider_id=str(new_id()), old=old, new=new, sent_at=place.clock())


async def merge(place: Town) -> None:
    await place.happen(one_person(Address(phone=ANA), HIDDEN, place))
    await place.turn()


async def kept_contact(place: Town) -> Contact:
    async with place.engine.connect() as connection:
        rows = await connection.execute(
            select(Contact.__table__).where(Contact.merged_into.is_(None))
        )
        return Contact(**rows.mappings().one())


async def open_conversations(place: Town) -> list[Conversation]:
    async with place.engine.connect() as connection:
        rows = await connection.execute(
            select(Conversation.__table__).where(Conversation.merged_into.is_(None))
        )
        return [Conversation(**row) for row in rows.mappings()]


@everywhere
async def test_a_stop_said_from_either_address_is_kept(place: Town) -> None:
    await hear_open(place, "stop")
    await hear_hidden(place, "hello")

    await merge(place)

    assert (await kept_contact(place)).opted_out_at is not None


async def test_a_stop_taken_back_from_the_other_address_is_over(place: Town) -> None:
    await hear_open(place, "stop")
    place.clock.advance(timedelta(days=1))
    await hear_hidden(place, "start")

    await merge(place)

    assert (await kept_contact(place)).opted_out_at is None


async def test_the_language_and_the_service_window_are_kept(place: Town) -> None:
    await hear_open(place, "mhoro")
    await hear_hidden(place, "hi")

    await merge(place)

    assert (await kept_contact(place)).language == "sn"
    (talk,) = await open_conversations(place)
    assert talk.last_inbound_at is not None


async def test_the_number_given_for_calls_is_kept(place: Town) -> None:
    gone, _ = await two_contacts(place)
    async with AsyncSession(place.engine) as session, session.begin():
        directory = ContactDirectory(session, place.vault, place.account.merchant_id)
        await directory.give_phone(gone, BEN)

    await merge(place)

    kept = await kept_contact(place)
    assert kept.id != gone
    assert place.vault.open_text("contacts.phone_given", kept.id, kept.phone_given) == BEN


async def test_a_person_who_has_the_conversation_keeps_it(place: Town) -> None:
    await hear_open(place, "hi")
    await place.happen_to(StaffAct(act="take"))
    await place.turn()
    await hear_hidden(place, "hello")

    await merge(place)

    (talk,) = await open_conversations(place)
    assert (talk.holder, talk.held_until is None) == ("person", False)


@everywhere
async def test_people_who_wrote_to_two_numbers_keep_one_conversation_on_each(
    place: Town,
) -> None:
    other = await second_number(place)
    for sender in (HIDDEN, Address(phone=ANA)):
        for owner in (place.account, other):
            await place.inbox.store([said(place, owner, sender)])
    await place.turn()

    await merge(place)

    talks = await open_conversations(place)
    assert {talk.account_id for talk in talks} == {place.account.id, other.id}
    assert len(talks) == len({talk.account_id for talk in talks})
    assert len({talk.contact_id for talk in talks}) == 1
    assert {event.state for event in await place.events()} == {EventState.DONE}


@everywhere
async def test_two_that_are_merged_into_one_another_do_not_go_round_in_a_circle(
    place: Town,
) -> None:
    await hear_open(place, "hi")
    await hear_hidden(place, "hello")
    phone = Address(phone=ANA)
    mine, theirs = await open_conversations(place)

    both = [one_person(phone, HIDDEN, place), one_person(HIDDEN, phone, place)]
    async with writing(place.engine) as connection:
        owns = [own(place, *pair) for pair in zip((mine, theirs), both, strict=True)]
        await place.inbox.store_own(connection, owns)
    await place.turn()
    await place.later(1)

    async with place.engine.connect() as connection:
        waiting = select(func.count()).where(Conversation.merged_into.is_(None))
        assert await connection.scalar(waiting) == 1
    assert {event.state for event in await place.events()} == {EventState.DONE}


@everywhere
async def test_a_number_that_was_given_up_is_the_next_owners(place: Town) -> None:
    await hear_open(place, "hi")
    await place.happen(one_person(Address(phone=ANA), Address(phone=BEN), place))
    await place.turn()
    await place.hear("from the new number", sender=BEN)
    await place.turn()
    assert len(await open_conversations(place)) == 1
    place.inbox.forget([talk.id for talk in await open_conversations(place)])

    await hear_open(place, "a stranger")

    assert len({talk.contact_id for talk in await open_conversations(place)}) == 2


async def second_number(place: Town) -> Owner:
    account_id = AccountId(new_id())
    config = place.vault.seal("channel_accounts.config", account_id, b'{"merchant":"market"}')
    row = {
        "id": account_id,
        "merchant_id": place.account.merchant_id,
        "channel": "simulator",
        "account": "second-door",
        "key": "market-2",
        "config": config,
        "paused_reason": "",
        "created_at": place.clock(),
    }
    async with writing(place.engine) as connection:
        await connection.execute(insert(ChannelAccount).values(row))
    await place.accounts.refresh()
    return Owner(account_id, place.account.merchant_id)


def own(place: Town, talk: Conversation, event: AddressChange | Tell) -> Own:
    now = place.clock()
    key = event.provider_id if isinstance(event, AddressChange) else ""
    return Own(
        merchant_id=place.account.merchant_id,
        account_id=talk.account_id,
        conversation_id=talk.id,
        key=key,
        event=event,
        received_at=now,
        due_at=now,
    )


def said(place: Town, owner: Owner, sender: Address) -> Arrival:
    now = place.clock()
    message = Message(provider_id=str(new_id()), sender=sender, sent_at=now, text="hi")
    return Arrival(account=owner, item=message, received_at=now, due_at=now)


@everywhere
async def test_what_is_told_to_a_contact_who_was_merged_reaches_the_kept_one(place: Town) -> None:
    await hear_open(place, "hi")
    await hear_hidden(place, "hello")
    await merge(place)
    gone, kept = await merged_contact(place), (await kept_contact(place)).id

    await tell(place, gone)
    await place.turn()

    assert place.said()[-1] == "news"
    assert {talk.contact_id for talk in await open_conversations(place)} == {kept}


@everywhere
async def test_what_waits_to_be_told_to_both_is_said_once(place: Town) -> None:
    gone, kept = await two_contacts(place)
    await tell(place, gone, seconds=60)
    await tell(place, kept, seconds=60)

    await merge(place)
    await place.later(61)

    assert place.said().count("news") == 1


@everywhere
@pytest.mark.parametrize("found_first", [True, False])
async def test_what_both_are_told_in_the_batch_that_finds_them_to_be_one_is_said_once(
    place: Town, *, found_first: bool
) -> None:
    gone, kept = await two_contacts(place)
    found = one_person(Address(phone=ANA), HIDDEN, place)
    if found_first:
        await place.happen(found)
    for contact in (gone, kept):
        await tell(place, contact)
    if not found_first:
        await place.happen(found)

    await place.turn()
    await place.turn()

    assert place.said().count("news") == 1
    assert EventState.WAITING not in {event.state for event in await place.events()}


@everywhere
async def test_what_either_was_told_before_is_not_told_again(place: Town) -> None:
    gone, kept = await two_contacts(place)
    await tell(place, gone)
    await place.turn()

    await merge(place)
    await tell(place, kept)
    await place.turn()

    assert place.said().count("news") == 1


@everywhere
async def test_what_only_the_one_was_to_be_told_is_still_said(place: Town) -> None:
    gone, kept = await two_contacts(place)
    await tell(place, gone, "other", seconds=60)
    await tell(place, kept, seconds=60)

    await merge(place)
    await place.later(61)

    assert place.said().count("news") == 2


@everywhere
async def test_what_comes_too_late_for_a_merged_conversation_is_said_once(place: Town) -> None:
    gone, kept = await two_contacts(place)
    (closed,) = [talk for talk in await open_conversations(place) if talk.contact_id == gone]
    await merge(place)
    await tell(place, kept)
    await place.turn()

    late = own(place, closed, news())
    async with writing(place.engine) as connection:
        await place.inbox.store_own(connection, [replace(late, key=f"tell:{gone.hex}:k")])
    await place.turn()
    await place.turn()

    assert place.said().count("news") == 1
    assert EventState.WAITING not in {event.state for event in await place.events()}


async def two_contacts(place: Town) -> tuple[ContactId, ContactId]:
    """Return the contact that `merge` lets go, and the one that it keeps."""
    await hear_open(place, "hi")
    await hear_hidden(place, "hello")
    columns = select(ContactAddress.kind, ContactAddress.contact_id)
    async with place.engine.connect() as connection:
        owners = {row.kind: row.contact_id for row in await connection.execute(columns)}
    return owners["phone"], owners["user_id"]


def news() -> Tell:
    return Tell(prompt=Prompt("news"), purpose=Purpose.REPLY)


async def tell(place: Town, whom: ContactId, once: str = "k", *, seconds: float = 0) -> None:
    told = TellTo(contact_id=whom, tell=news(), once=once, delay_seconds=seconds)
    whisper = Whisper(place.account.merchant_id, place.account.id, told)
    async with writing(place.engine) as connection:
        await Tells(place.inbox).carry(connection, [whisper], place.clock())


async def merged_contact(place: Town) -> ContactId:
    async with place.engine.connect() as connection:
        found = select(Contact.id).where(Contact.merged_into.is_not(None))
        return (await connection.execute(found)).scalar_one()


async def test_whose_address_changed_is_made_known_after_the_commit(place: Town) -> None:
    await hear_open(place, "hi")
    assert place.moved == []

    await merge(place)

    assert place.moved == [(await kept_contact(place)).id]


async def test_whoever_is_merged_has_no_address_that_is_known_already(place: Town) -> None:
    gone, kept = await two_contacts(place)
    async with writing(place.engine) as connection:
        moved_often = update(Contact).where(Contact.id == gone).values(address_version=7)
        await connection.execute(moved_often)

    await merge(place)

    assert (await kept_contact(place)).id == kept
    assert (await kept_contact(place)).address_version == 8
