"""Events that were set aside: shown, and put on their way again."""

from datetime import timedelta

import msgspec
import pytest

from sokoni.channels.inbound import Address, Message
from sokoni.kit.ids import ConversationId, PhoneNumber
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.models import EventState
from sokoni.testing.asgi import AsgiClient
from tests.api.market import Market

BASE = "/api/v1/events"


async def keeper(market: Market) -> tuple[AsgiClient, ConversationId]:
    merchant = await market.merchant("one")
    client = market.client(await market.key(merchant, "events"))
    return client, await market.conversation(merchant, "+263771000001")


async def test_only_what_was_set_aside_is_listed_the_newest_first(market: Market) -> None:
    client, conversation = await keeper(market)
    parked = await market.aside(conversation)
    await market.aside(conversation, EventState.DONE)
    await market.aside(conversation, EventState.WAITING)
    unreadable = await market.aside(conversation, EventState.UNREADABLE)

    both = (await client.get(BASE)).json()["items"]
    one = (await client.get(f"{BASE}?state=parked")).json()["items"]

    assert [event["id"] for event in both] == [str(unreadable), str(parked)]
    assert [(event["id"], event["attempts"], event["error"]) for event in one] == [
        (str(parked), 5, "ValueError: no")
    ]


async def test_one_event_shows_what_came_even_if_it_is_no_text(market: Market) -> None:
    client, conversation = await keeper(market)
    event = await market.aside(conversation, EventState.UNREADABLE, b"<b>\xff")

    assert (await client.get(f"{BASE}/{event}")).json()["content"] == "<b>\ufffd"


async def test_a_parked_event_is_put_back_in_line_once(market: Market) -> None:
    client, conversation = await keeper(market)
    event = await market.aside(conversation)

    first = await client.post(f"{BASE}/{event}/replay")
    second = await client.post(f"{BASE}/{event}/replay")

    assert (first.status, second.status) == (202, 404)
    (row,) = await market.events(conversation)
    assert (row.state, row.attempts, row.error) == (EventState.WAITING, 0, "")
    assert row.due_at == market.clock()
    assert market.woken == ["inbox"]


async def test_what_nobody_can_read_stays_where_it_was(market: Market) -> None:
    client, conversation = await keeper(market)
    event = await market.aside(conversation, EventState.UNREADABLE)

    answer = await client.post(f"{BASE}/{event}/replay")

    assert (answer.status, answer.json()["code"]) == (409, "event_still_unreadable")
    (row,) = await market.events(conversation)
    assert row.state == EventState.UNREADABLE
    assert market.woken == []


async def test_what_can_be_read_after_all_is_stored_and_done_with(market: Market) -> None:
    client, conversation = await keeper(market)
    body = b'{"merchant":"one","from":"+263771000001","text":"hello","id":"late"}'
    event = await market.aside(conversation, EventState.UNREADABLE, body)
    market.clock.advance(timedelta(hours=3))

    first = await client.post(f"{BASE}/{event}/replay")
    second = await client.post(f"{BASE}/{event}/replay")

    assert (first.status, second.status) == (202, 404)
    assert (first.json()["outcome"], first.json()["items"]) == ("read", 1)
    old, new = await market.events(conversation)
    assert (old.state, old.handled_at) == (EventState.DONE, market.clock())
    assert (new.state, new.key, new.due_at) == (EventState.WAITING, "late", market.clock())
    assert new.received_at == old.received_at
    assert market.woken == ["inbox"]


async def test_what_the_database_refused_once_is_taken_as_it_was_kept(market: Market) -> None:
    client, conversation = await keeper(market)
    heard = Message(
        provider_id="late",
        sender=Address(phone=PhoneNumber("+263771000001")),
        sent_at=market.clock(),
        text="hello",
    )
    payload = msgspec.json.encode(heard)
    event = await market.aside(conversation, EventState.UNREADABLE, payload)

    answer = await client.post(f"{BASE}/{event}/replay")

    assert (answer.status, answer.json()["outcome"]) == (202, "read")
    _, new = await market.events(conversation)
    assert market.vault.open(PLACE, new.id, new.payload) == payload


async def test_what_belongs_to_nobody_is_not_given_up(market: Market) -> None:
    client, conversation = await keeper(market)
    heard = Message(provider_id="late", sender=Address(), sent_at=market.clock(), text="hello")
    event = await market.aside(conversation, EventState.UNREADABLE, msgspec.json.encode(heard))

    answer = await client.post(f"{BASE}/{event}/replay")

    assert (answer.status, answer.json()["code"]) == (409, "event_still_unreadable")
    (row,) = await market.events(conversation)
    assert row.state == EventState.UNREADABLE


async def test_a_body_does_not_speak_for_the_number_of_another_merchant(market: Market) -> None:
    client, conversation = await keeper(market)
    await market.merchant("two")
    body = b'{"merchant":"two","from":"+263771000001","text":"hello","id":"late"}'
    event = await market.aside(conversation, EventState.UNREADABLE, body)

    answer = await client.post(f"{BASE}/{event}/replay")

    assert answer.status == 409
    (row,) = await market.events(conversation)
    assert row.state == EventState.UNREADABLE


@pytest.mark.parametrize("path", [f"{BASE}/nonsense", f"{BASE}?state=done", f"{BASE}?limit=0"])
async def test_what_makes_no_sense_is_refused(market: Market, path: str) -> None:
    client, _ = await keeper(market)

    assert (await client.get(path)).status == 422
