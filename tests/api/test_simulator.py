"""What a simulated phone was sent, as design §7 says."""

import pytest

from sokoni.channels.outbound import (
    Buttons,
    Content,
    Document,
    Image,
    LinkButton,
    Listing,
    LocationRequest,
    Option,
    Template,
    TemplateButton,
    Text,
)
from sokoni.messaging.models import MessageState
from tests.api.market import Market

PHONE = "+263771000001"
URL = f"/api/v1/simulator/one/{PHONE}/messages"


async def test_a_phone_learns_whose_numbers_are_meant(market: Market) -> None:
    await market.merchant("one")

    told = await market.client().get("/api/v1/simulator/one")
    unknown = await market.client().get("/api/v1/simulator/two")

    assert told.json() == {"merchant": "one", "name": "One", "country": "ZW"}
    assert unknown.status == 404


async def test_messages_are_numbered_and_only_those_the_phone_has(market: Market) -> None:
    conversation = await market.conversation(await market.merchant("one"), PHONE)
    await market.heard(conversation, "Hi")
    await market.said(conversation, Text("one"), MessageState.TAKEN)
    for state in (MessageState.FAILED, MessageState.CANCELLED, MessageState.WAITING):
        await market.said(conversation, Text("not seen"), state)
    await market.said(conversation, Text("two"), MessageState.READ)

    everything = (await market.client().get(URL)).json()["messages"]
    later = (await market.client().get(f"{URL}?after=1")).json()["messages"]

    assert [(one["n"], one["text"], one["state"]) for one in everything] == [
        (1, "one", "taken"),
        (2, "two", "read"),
    ]
    assert later == everything[1:]


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (Text("Hi"), {"kind": "text", "text": "Hi", "choices": []}),
        (
            Buttons(body="Sure?", options=(Option("yes", "Yes"),), image_url="https://x/y.png"),
            {
                "kind": "buttons",
                "text": "Sure?",
                "choices": [{"id": "yes", "label": "Yes", "description": ""}],
                "image": "https://x/y.png",
            },
        ),
        (
            Listing(body="Pick", label="Show", options=(Option("1", "Tendai", "10 goats"),)),
            {
                "kind": "list",
                "choices": [{"id": "1", "label": "Tendai", "description": "10 goats"}],
            },
        ),
        (
            Image(url="https://x/y.png", caption="A goat"),
            {"kind": "image", "text": "A goat", "image": "https://x/y.png"},
        ),
        (
            Document(url="https://x/y.pdf", name="y.pdf"),
            {"kind": "document", "document": "https://x/y.pdf"},
        ),
        (LocationRequest("Where?"), {"kind": "location_request", "text": "Where?"}),
        (
            LinkButton(body="Pay", label="Pay now", url="https://x/pay"),
            {"kind": "link", "link": {"label": "Pay now", "url": "https://x/pay"}},
        ),
        (
            Template(
                name="t",
                language="en",
                rendered="Someone looks for oil",
                buttons=(TemplateButton("Yes", "yes"),),
            ),
            {
                "kind": "template",
                "text": "Someone looks for oil",
                "choices": [{"id": "yes", "label": "Yes", "description": ""}],
            },
        ),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_kind_of_message_is_shown(
    market: Market, content: Content, shown: dict[str, object]
) -> None:
    conversation = await market.conversation(await market.merchant("one"), PHONE)
    await market.said(conversation, content)

    (message,) = (await market.client().get(URL)).json()["messages"]

    assert shown.items() <= message.items()


async def test_a_phone_nobody_knows_was_sent_nothing(market: Market) -> None:
    await market.merchant("one")

    assert (await market.client().get(URL)).json() == {"messages": []}


async def test_a_merchant_nobody_knows_is_named_so(market: Market) -> None:
    answer = await market.client().get(URL)

    assert (answer.status, answer.json()["code"]) == (404, "merchant_unknown")


@pytest.mark.parametrize("after", ["-1", "x"])
async def test_only_a_count_makes_sense(market: Market, after: str) -> None:
    assert (await market.client().get(f"{URL}?after={after}")).status == 422
