"""The simulator: what comes through its door, and what its phones show."""

import json
from uuid import UUID

import pytest

from sokoni.channels.errors import NotRenderableError
from sokoni.channels.inbound import Address, Medium, Message, SharedContact, Status, Unreadable
from sokoni.channels.outbound import (
    Buttons,
    ContactRequest,
    Content,
    LinkButton,
    Listing,
    LocationRequest,
    Option,
    Outbound,
    Text,
)
from sokoni.channels.simulator.channel import SimulatorChannel
from sokoni.channels.simulator.config import SimulatorConfig
from sokoni.kit.ids import OutboxId, PhoneNumber
from sokoni.testing.clock import NOON, StoppedClock

OUTBOX = OutboxId(UUID(int=7))
TEXT_ONLY = {"buttons": 0, "rows": 0, "native": False}


def channel(**settings: object) -> SimulatorChannel:
    config = SimulatorConfig.model_validate({"merchant": "gokwe-market", **settings})
    return SimulatorChannel(config, StoppedClock())


def said(**what: object) -> Message:
    body = json.dumps({"merchant": "gokwe-market", "from": "+263771000001", **what}).encode()
    (arrived,) = channel().parse(body)
    assert arrived.account_key == "gokwe-market"
    assert isinstance(arrived.item, Message)
    return arrived.item


def outbound(content: Content) -> Outbound:
    return Outbound(outbox_id=OUTBOX, to=Address(user_id="x"), content=content)


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ("+263771000001", Address(phone=PhoneNumber("+263771000001"))),
        ("263 771 000001", Address(phone=PhoneNumber("+263771000001"))),
        ("ZW.4KX09QF2B7", Address(user_id="ZW.4KX09QF2B7")),
    ],
)
def test_sender_is_a_phone_or_somebody_who_hides_it(sender: str, address: Address) -> None:
    assert said(**{"from": sender, "text": "Hello"}).sender == address


def test_every_message_has_an_id_of_its_own() -> None:
    assert said(text="Hello").provider_id != said(text="Hello").provider_id
    assert said(text="Hello", id="m1").provider_id == "m1"


def test_text_is_made_safe_to_keep() -> None:
    assert said(text="goats\x00").text == "goats"


@pytest.mark.parametrize(
    ("media", "medium"),
    [
        ("photo.jpg", Medium(kind="image", id="photo.jpg", filename="photo.jpg")),
        ("note.ogg", Medium(kind="audio", id="note.ogg", filename="note.ogg")),
        ("list", Medium(kind="document", id="list", filename="list")),
        (
            {"kind": "video", "id": "7", "caption": "See"},
            Medium(kind="video", id="7", caption="See"),
        ),
    ],
)
def test_file_is_known_by_its_ending(media: object, medium: Medium) -> None:
    message = said(media=media)

    assert (message.kind, message.medium) == (medium.kind, medium)
    assert message.text == medium.caption


def test_number_is_shared_when_it_is_asked_for() -> None:
    message = said(contact="+263771000009", name="Ana")

    assert message.kind == "contacts"
    assert message.contacts == (
        SharedContact(name="Ana", phones=("+263771000009",), requested=True),
    )


def test_what_says_nothing_is_kept_as_unreadable() -> None:
    (arrived,) = channel().parse(b'{"merchant":"m","from":"+263771000001"}')

    assert isinstance(arrived.item, Unreadable)


def test_phone_that_read_a_message_says_so() -> None:
    (arrived,) = channel().parse(b'{"merchant":"m","from":"x","status":"read","id":"sim.7"}')

    assert arrived.item == Status(provider_id="sim.7", status="read", at=NOON)


async def test_message_is_delivered_at_once() -> None:
    sent = await channel().send(outbound(Text("Hello")))

    assert [status.status for status in sent.statuses] == ["sent", "delivered"]
    assert {status.provider_id for status in sent.statuses} == {sent.provider_id}
    assert {status.outbox_id for status in sent.statuses} == {str(OUTBOX)}


async def test_statuses_can_be_switched_off() -> None:
    assert (await channel(statuses=False).send(outbound(Text("Hello")))).statuses == ()


@pytest.mark.parametrize(
    "content",
    [
        Buttons(body="Sure?", options=(Option("yes", "Yes"),)),
        Listing(body="Which?", label="See", options=(Option("a", "A"),)),
        LinkButton(body="Pay", label="Now", url="https://pay.example"),
        LocationRequest("Where?"),
        ContactRequest("Which number?"),
    ],
)
async def test_text_only_phone_shows_text_only(content: Content) -> None:
    with pytest.raises(NotRenderableError):
        await channel(**TEXT_ONLY).send(outbound(content))
