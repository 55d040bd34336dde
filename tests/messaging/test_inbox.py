import asyncio
import json
from collections.abc import Iterable
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update
from sqlalchemy.exc import DataError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from structlog.testing import capture_logs
from typing_extensions import override

from sokoni.channels.inbound import (
    Address,
    AddressChange,
    Echo,
    Message,
    Notice,
    Preference,
    Status,
    Unreadable,
)
from sokoni.contacts.models import Contact, ContactAddress
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, PhoneNumber
from sokoni.messaging.events import Timer
from sokoni.messaging.inbox import Inbox, Own, Stored
from sokoni.messaging.inbox_sql import AddressKey, PortableInboxSql
from sokoni.messaging.models import SHARDS, Conversation, EventKind, EventState, InboxEvent
from sokoni.testing.clock import NOON, StoppedClock
from tests.conftest import THREE
from tests.messaging.arriving import Owner, arrival, count, every, message

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)

PHONE = "+263771000001"
USER = "ZW.7H3K9ZQ2M4"


@pytest.fixture
def inbox(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> Inbox:
    return Inbox(engine, vault, clock)


async def test_a_notice_is_over_as_soon_as_it_is_stored(inbox: Inbox, engine: AsyncEngine) -> None:
    notice = Notice(provider_id="n1", field="quality")

    await inbox.store([arrival(Owner(), notice), arrival(Owner(), message("w1", phone=PHONE))])

    handled = {one.kind: one.handled_at for one in await every(engine, InboxEvent)}
    assert handled == {EventKind.NOTICE: NOON, EventKind.MESSAGE: None}


async def test_a_strangers_first_message_makes_contact_and_conversation(
    inbox: Inbox, engine: AsyncEngine, vault: Vault
) -> None:
    account = Owner()

    stored = await inbox.store([arrival(account, message("w1", phone=PHONE, sender_name="Ada"))])

    assert stored.new == 1
    [event] = await every(engine, InboxEvent)
    [contact] = await every(engine, Contact)
    [address] = await every(engine, ContactAddress)
    [conversation] = await every(engine, Conversation)
    assert (event.merchant_id, event.account_id) == (account.merchant_id, account.id)
    assert (event.kind, event.key, event.state) == (EventKind.MESSAGE, "w1", EventState.WAITING)
    assert (event.received_at, event.due_at) == (NOON, NOON)
    payload = msgspec.json.decode(
        vault.open("inbox.payload", event.id, event.payload), type=Message
    )
    assert payload.text == "hello"
    assert event.conversation_id == conversation.id
    assert conversation.contact_id == contact.id == address.contact_id
    assert conversation.shard == conversation.id.int % SHARDS
    assert vault.open_text("contacts.name", contact.id, contact.name) == "Ada"
    assert vault.open_text("contact_addresses.value", address.id, address.value) == PHONE
    assert address.value_hash == vault.hash("phone", PHONE)
    assert address.last4_hash == vault.hash("last4", "0001")


async def test_one_batch_knows_a_stranger_who_writes_twice(
    inbox: Inbox, engine: AsyncEngine
) -> None:
    account = Owner()

    await inbox.store(
        [
            arrival(account, message("w1", phone=PHONE)),
            arrival(account, message("w2", phone=PHONE)),
            arrival(account, message("w3", phone="+263771000002")),
        ]
    )

    first, second, third = await every(engine, InboxEvent)
    assert first.conversation_id == second.conversation_id != third.conversation_id
    assert await count(engine, "contacts") == 2


async def test_the_same_arrivals_again_change_nothing(inbox: Inbox, engine: AsyncEngine) -> None:
    account = Owner()
    batch = [arrival(account, message(f"w{n}", phone=f"+26377100000{n}")) for n in range(5)]
    await inbox.store(batch)

    await inbox.store(batch + batch)

    assert await count(engine, "inbox") == 5
    assert await count(engine, "conversations") == 5


async def test_many_processes_that_meet_the_same_strangers_agree(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    account = Owner()
    inboxes = [Inbox(engine, vault, clock) for _ in range(5)]
    batches = [
        [
            arrival(account, message(f"{name}-{n}", phone=f"+26377100{n:04}", user_id=f"ZW.{n}"))
            for n in range(20)
        ]
        for name in "abcde"
    ]

    await asyncio.gather(
        *(
            one.store(batch[::step])
            for one, batch, step in zip(inboxes, batches, (1, -1, 1, -1, 1), strict=True)
        )
    )

    assert await count(engine, "inbox") == 100
    assert await count(engine, "contacts") == 20
    assert await count(engine, "contact_addresses") == 40
    assert await count(engine, "conversations") == 20
    assert await count(engine, "inbox WHERE kind = 'address_change'") == 0


async def test_two_accounts_of_a_merchant_share_the_contact_not_the_conversation(
    inbox: Inbox, engine: AsyncEngine
) -> None:
    one = Owner()
    other = Owner(merchant_id=one.merchant_id)

    await inbox.store(
        [arrival(one, message("w", phone=PHONE)), arrival(other, message("w", phone=PHONE))]
    )

    assert await count(engine, "contacts") == 1
    assert await count(engine, "conversations") == 2
    assert await count(engine, "inbox") == 2


async def test_two_merchants_share_nothing(inbox: Inbox, engine: AsyncEngine) -> None:
    await inbox.store([arrival(Owner(), message("w", phone=PHONE)) for _ in range(2)])

    assert await count(engine, "contacts") == 2


async def test_a_hidden_phone_is_learnt_when_it_shows(inbox: Inbox, engine: AsyncEngine) -> None:
    account = Owner()
    await inbox.store([arrival(account, message("w1", user_id=USER))])

    await inbox.store([arrival(account, message("w2", user_id=USER, phone=PHONE))])
    await inbox.store([arrival(account, message("w3", phone=PHONE))])

    conversations = {event.conversation_id for event in await every(engine, InboxEvent)}
    assert len(conversations) == 1
    kinds = [one.kind for one in await every(engine, ContactAddress)]
    assert sorted(kinds) == ["phone", "user_id"]


async def test_two_contacts_shown_to_be_one_are_merged_by_an_event(
    inbox: Inbox, engine: AsyncEngine, vault: Vault
) -> None:
    account = Owner()
    await inbox.store([arrival(account, message("w1", phone=PHONE))])
    await inbox.store([arrival(account, message("w2", user_id=USER))])

    both = arrival(account, message("w3", user_id=USER, phone=PHONE))
    await inbox.store([both])
    await inbox.store([arrival(account, message("w4", user_id=USER, phone=PHONE))])

    found = await every(engine, InboxEvent)
    merge = next(event for event in found if event.kind == EventKind.ADDRESS_CHANGE)
    by_user = next(event for event in found if event.key == "w2")
    change = msgspec.json.decode(
        vault.open("inbox.payload", merge.id, merge.payload), type=AddressChange
    )
    assert len(found) == 5
    assert change.old == Address(phone=PhoneNumber(PHONE))
    assert change.new == Address(user_id=USER)
    assert merge.key == f"merge:{vault.hash('user_id', USER)}:{vault.hash('phone', PHONE)}"
    of_user = {event.key for event in found if event.conversation_id == by_user.conversation_id}
    assert of_user == {merge.key, "w2", "w3", "w4"}
    said = next(event for event in found if event.key == "w3")
    assert merge.received_at < said.received_at
    assert merge.due_at == said.due_at


async def test_a_changed_number_goes_to_the_conversation_of_the_old_one(
    inbox: Inbox, engine: AsyncEngine
) -> None:
    account = Owner()
    await inbox.store([arrival(account, message("w1", phone=PHONE))])
    change = AddressChange(
        provider_id="s1",
        old=Address(phone=PhoneNumber(PHONE)),
        new=Address(phone=PhoneNumber("+263771000009")),
        sent_at=NOON,
    )

    await inbox.store([arrival(account, change)])
    await inbox.store([arrival(account, message("w2", phone="+263771000009"))])

    found = await every(engine, InboxEvent)
    assert {event.kind for event in found} == {EventKind.MESSAGE, EventKind.ADDRESS_CHANGE}
    assert len({event.conversation_id for event in found}) == 1


async def test_echoes_and_preferences_belong_to_the_contact(
    inbox: Inbox, engine: AsyncEngine
) -> None:
    account = Owner()
    address = Address(phone=PhoneNumber(PHONE))

    await inbox.store(
        [
            arrival(account, Echo(provider_id="e1", recipient=address, sent_at=NOON, text="Hi")),
            arrival(
                account,
                Preference(provider_id="p1", sender=address, marketing=False, sent_at=NOON),
            ),
            arrival(account, message("w1", phone=PHONE)),
        ]
    )

    found = await every(engine, InboxEvent)
    assert [event.kind for event in found] == ["echo", "preference", "message"]
    assert len({event.conversation_id for event in found}) == 1


async def test_statuses_notices_and_the_unreadable_belong_to_nobody(
    inbox: Inbox, engine: AsyncEngine, vault: Vault
) -> None:
    account = Owner()
    raw = b"\x00\xff not json"

    await inbox.store(
        [
            arrival(account, Status(provider_id="w9", status="sent", at=NOON)),
            arrival(account, Status(provider_id="w9", status="read", at=NOON)),
            arrival(account, Status(provider_id="w9", status="read", at=NOON)),
            arrival(
                account,
                Notice(provider_id="n1", field="quality", value=msgspec.Raw(b'{"a":1}')),
            ),
            arrival(account, Unreadable(raw=raw, reason="no JSON")),
            arrival(account, message("w1")),
        ]
    )

    found = await every(engine, InboxEvent)
    assert [(event.kind, event.state) for event in found] == [
        ("status", EventState.WAITING),
        ("status", EventState.WAITING),
        ("notice", EventState.IGNORED),
        ("unreadable", EventState.UNREADABLE),
        ("unreadable", EventState.UNREADABLE),
    ]
    assert {event.conversation_id for event in found} == {None}
    assert [event.key for event in found[:3]] == [
        "status:w9:sent",
        "status:w9:read",
        "notice:quality:n1",
    ]
    kept = next(event for event in found if event.error == "no JSON")
    assert vault.open("inbox.payload", kept.id, kept.payload) == raw


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b", "ab"),
        ("a\ud800b", "a\ufffdb"),
        ("\x7fa\ufeff", "a"),
        ("=cmd()|<script>🐐\u200d", "=cmd()|<script>🐐\u200d"),
        ("x" * 65_536, "x" * 65_536),
        ("é" * 2_000_000, "é" * 65_536),
    ],
    ids=["nul", "surrogate", "controls", "formula", "long", "absurd"],
)
async def test_strange_text_is_stored_cleanly(
    inbox: Inbox, engine: AsyncEngine, vault: Vault, text: str, kept: str
) -> None:
    await inbox.store([arrival(Owner(), message("w", phone=PHONE, text=text, sender_name=text))])

    [event] = await every(engine, InboxEvent)
    payload = json.loads(vault.open("inbox.payload", event.id, event.payload))
    assert payload["text"] == kept


@pytest.mark.parametrize("name", ["w" * 500, "w\x00\ud800", "🐐" * 191])
async def test_a_strange_provider_id_is_still_a_key(
    inbox: Inbox, engine: AsyncEngine, name: str
) -> None:
    account = Owner()

    for _ in range(2):
        await inbox.store([arrival(account, message(name, phone=PHONE))])

    assert await count(engine, "inbox") == 1


class Choosy(PortableInboxSql):
    """Chokes on one address, as a database may on data that nobody foresaw."""

    def __init__(self, refused: str) -> None:
        self._refused = refused

    @override
    async def contacts(
        self, connection: AsyncConnection, keys: Iterable[AddressKey]
    ) -> dict[AddressKey, ContactId]:
        wanted = list(keys)
        if any(key.value_hash == self._refused for key in wanted):
            raise DataError("SELECT", {}, ValueError("no such thing"))
        return await super().contacts(connection, wanted)


async def test_an_arrival_that_breaks_the_batch_is_kept_as_unreadable(
    inbox: Inbox, engine: AsyncEngine, vault: Vault
) -> None:
    account = Owner()
    inbox._sql = Choosy(vault.hash("phone", "+263771000666"))

    stored = await inbox.store(
        [
            arrival(account, message("w1", phone=PHONE)),
            arrival(account, message("w2", phone="+263771000666")),
            arrival(account, message("w3", phone=PHONE)),
        ]
    )

    first, bad, third = await every(engine, InboxEvent)
    assert stored == Stored(3)
    assert (bad.kind, bad.state, bad.error) == (
        EventKind.UNREADABLE,
        EventState.UNREADABLE,
        "DataError",
    )
    assert b"+263771000666" in vault.open("inbox.payload", bad.id, bad.payload)
    assert first.conversation_id == third.conversation_id


async def test_an_arrival_that_no_column_takes_is_named(inbox: Inbox, engine: AsyncEngine) -> None:
    account = Owner()
    nobody = Owner(merchant_id=None)  # type: ignore[arg-type]
    batch = [
        arrival(account, message("w1", phone=PHONE)),
        arrival(nobody, Status(provider_id="w9", status="sent", at=NOON)),
        arrival(account, message("w3", phone=PHONE)),
    ]

    with capture_logs() as lines:
        stored = await inbox.store(batch)

    assert [line["event"] for line in lines] == ["arrival refused"]
    assert stored == Stored(2, frozenset({1}))
    assert await count(engine, "inbox") == 2


async def test_a_profile_name_is_kept_and_follows_changes(
    inbox: Inbox, engine: AsyncEngine, vault: Vault
) -> None:
    account = Owner()
    for number, name in enumerate(["Ada", "", "Ada L."]):
        await inbox.store([arrival(account, message(f"w{number}", phone=PHONE, sender_name=name))])

    [contact] = await every(engine, Contact)
    assert vault.open_text("contacts.name", contact.id, contact.name) == "Ada L."


async def test_a_name_that_was_told_outlives_the_profile(
    inbox: Inbox, engine: AsyncEngine, vault: Vault
) -> None:
    account = Owner()
    await inbox.store([arrival(account, message("w1", phone=PHONE, sender_name="x"))])
    [contact] = await every(engine, Contact)
    told = vault.seal_text("contacts.name", contact.id, "Rudo")
    async with engine.begin() as connection:
        await connection.execute(update(Contact).values(name=told, name_given=True))

    await inbox.store([arrival(account, message("w2", phone=PHONE, sender_name="Ada"))])

    [contact] = await every(engine, Contact)
    assert vault.open_text("contacts.name", contact.id, contact.name) == "Rudo"


async def test_own_events_happen_once(inbox: Inbox, engine: AsyncEngine) -> None:
    account = Owner()
    await inbox.store([arrival(account, message("w1", phone=PHONE))])
    [said] = await every(engine, InboxEvent)
    assert said.conversation_id
    timer = Own(
        merchant_id=account.merchant_id,
        account_id=account.id,
        conversation_id=said.conversation_id,
        key="timer:1",
        event=Timer(name="dialogue"),
        received_at=NOON,
        due_at=NOON + timedelta(hours=1),
    )

    async with engine.begin() as connection:
        await inbox.store_own(connection, [timer])
        await inbox.store_own(connection, [timer])

    _, kept = await every(engine, InboxEvent)
    assert (kept.kind, kept.due_at) == (EventKind.TIMER, NOON + timedelta(hours=1))
