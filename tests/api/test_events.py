"""Events that were set aside: shown, and put back in line."""

import pytest

from sokoni.kit.ids import ConversationId
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


async def test_what_nobody_can_read_is_not_replayed(market: Market) -> None:
    client, conversation = await keeper(market)
    event = await market.aside(conversation, EventState.UNREADABLE)

    answer = await client.post(f"{BASE}/{event}/replay")

    assert (answer.status, answer.json()["code"]) == (409, "event_not_parked")
    (row,) = await market.events(conversation)
    assert row.state == EventState.UNREADABLE


@pytest.mark.parametrize("path", [f"{BASE}/nonsense", f"{BASE}?state=done", f"{BASE}?limit=0"])
async def test_what_makes_no_sense_is_refused(market: Market, path: str) -> None:
    client, _ = await keeper(market)

    assert (await client.get(path)).status == 422
