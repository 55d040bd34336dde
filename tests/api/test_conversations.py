"""Reading conversations, and what staff do in them."""

import msgspec
import pytest

from sokoni.channels.outbound import Buttons, Option, Text
from sokoni.kit.ids import MerchantId
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.events import StaffAct
from sokoni.messaging.models import InboxEvent, MessageState
from sokoni.testing.asgi import AsgiClient
from tests.api.market import Market

BASE = "/api/v1/conversations"
PHONE = "+263771000001"


def act(market: Market, event: InboxEvent) -> StaffAct:
    return msgspec.json.decode(market.vault.open(PLACE, event.id, event.payload), type=StaffAct)


async def agent(market: Market, slug: str = "one") -> tuple[AsgiClient, MerchantId]:
    """Return a client who may talk, and a merchant to talk for."""
    merchant = await market.merchant(slug)
    return market.client(await market.key(merchant, "conversations")), merchant


async def test_conversations_come_page_by_page_the_newest_first(market: Market) -> None:
    client, merchant = await agent(market)
    made = [
        str(await market.conversation(merchant, f"+26377100000{n}", f"Contact {n}"))
        for n in range(5)
    ]

    seen, url = [], f"{BASE}?limit=2"
    for _ in range(3):
        page = (await client.get(url)).json()
        seen += [one["id"] for one in page["items"]]
        url = f"{BASE}?limit=2&after={page['next']}"

    assert seen == made[::-1]
    assert page["next"] is None


async def test_a_conversation_shows_who_has_it_but_no_number(market: Market) -> None:
    client, merchant = await agent(market)
    conversation = await market.conversation(merchant, PHONE, "Tendai Moyo")

    answer = await client.get(f"{BASE}/{conversation}")

    assert answer.json()["name"] == "Tendai Moyo"
    assert answer.json()["holder"] == "bot"
    assert answer.json()["channel"] == "simulator"
    assert PHONE.encode() not in answer.body


async def test_the_log_shows_both_sides_in_order(market: Market) -> None:
    client, merchant = await agent(market)
    conversation = await market.conversation(merchant, PHONE)
    await market.heard(conversation, "Selling goats")
    await market.said(
        conversation, Buttons(body="Sure?", options=(Option("yes", "Yes"),)), MessageState.READ
    )
    await market.said(conversation, Text("Not taken"), MessageState.FAILED)

    first = (await client.get(f"{BASE}/{conversation}/messages?limit=2")).json()
    rest = (await client.get(f"{BASE}/{conversation}/messages?after={first['next']}")).json()

    assert [(one["author"], one["look"]["text"]) for one in first["items"]] == [
        ("contact", "Selling goats"),
        ("bot", "Sure?"),
    ]
    assert first["items"][1]["look"]["choices"] == [
        {"id": "yes", "label": "Yes", "description": ""}
    ]
    assert [one["state"] for one in rest["items"]] == ["failed"]
    assert rest["next"] is None


@pytest.mark.parametrize("name", ["take", "back", "say"])
async def test_an_act_is_stored_for_the_conversations_own_turn(market: Market, name: str) -> None:
    client, merchant = await agent(market)
    conversation = await market.conversation(merchant, PHONE)
    body = {"text": "  We come at 3\u0000  "} if name == "say" else None

    answer = await client.post(f"{BASE}/{conversation}/{name}", body)

    (event,) = await market.events(conversation)
    assert answer.status == 202
    assert answer.json() == {"event": event.key}
    assert act(market, event) == StaffAct(
        act=name, staff="desk", text="We come at 3" if name == "say" else ""
    )
    assert market.woken == ["inbox"]


async def test_the_same_idempotency_key_acts_once(market: Market) -> None:
    client, merchant = await agent(market)
    conversation = await market.conversation(merchant, PHONE)

    for _ in range(3):
        answer = await client.post(
            f"{BASE}/{conversation}/say", {"text": "Hi"}, headers={"idempotency-key": "a-1"}
        )
        assert answer.status == 202

    assert len(await market.events(conversation)) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": ""}, "invalid_request"),
        ({"text": "x" * 4097}, "invalid_request"),
        ({"text": "Hi", "to": "someone"}, "invalid_request"),
        ({"text": " \u0000 "}, "nothing_said"),
        ({"text": "\U0001f600" * 2100}, "text_too_long"),
        ({}, "invalid_request"),
        (None, "invalid_request"),
    ],
)
async def test_what_cannot_be_said_is_refused_and_nothing_stored(
    market: Market, body: object, code: str
) -> None:
    client, merchant = await agent(market)
    conversation = await market.conversation(merchant, PHONE)

    answer = await client.post(f"{BASE}/{conversation}/say", body)

    assert (answer.status, answer.json()["code"]) == (422, code)
    assert await market.events(conversation) == []
    assert market.woken == []


@pytest.mark.parametrize("written", ["+263771000001", "0771000001", "0771%20000%20001"])
async def test_a_contact_is_found_by_phone_as_people_write_it(
    market: Market, written: str
) -> None:
    client, merchant = await agent(market)
    conversation = await market.conversation(merchant, PHONE, "Tendai")

    found = (await client.get(f"/api/v1/contacts/{written}")).json()

    assert found["name"] == "Tendai"
    assert [one["id"] for one in found["conversations"]] == [str(conversation)]


@pytest.mark.parametrize("written", ["+263771000009", "nobody", "1"])
async def test_nobody_is_found_by_a_number_that_never_wrote(market: Market, written: str) -> None:
    client, merchant = await agent(market)
    await market.conversation(merchant, PHONE)

    answer = await client.get(f"/api/v1/contacts/{written}")

    assert (answer.status, answer.json()["code"]) == (404, "contact_unknown")
