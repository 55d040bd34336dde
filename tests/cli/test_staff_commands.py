"""What staff do from the command line: take over, write, give back, replay."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import msgspec
import pytest

from sokoni.cli.parts import opened
from sokoni.kit.ids import ConversationId, EventId
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.events import StaffAct
from sokoni.messaging.models import EventState, InboxEvent
from sokoni.testing.clock import StoppedClock
from tests.api.market import Market
from tests.cli.conftest import Run

PHONE = "+263771000001"
Found = TypeVar("Found")


def at(work: Callable[[Market], Awaitable[Found]]) -> Found:
    """Do something with the installation's database."""

    async def done() -> Found:
        async with opened() as parts:
            return await work(Market(parts.engine, parts.vault, StoppedClock()))

    return asyncio.run(done())


@pytest.fixture
def conversation(run: Run, upgraded: Path) -> ConversationId:
    """Return Tendai's conversation with the only merchant."""

    async def made(market: Market) -> ConversationId:
        return await market.conversation(await market.merchant("one"), PHONE, "Tendai")

    return at(made)


def stored(conversation: ConversationId) -> list[StaffAct]:
    async def acts(market: Market) -> list[StaffAct]:
        found = await market.events(conversation)
        opened_payloads = [market.vault.open(PLACE, one.id, one.payload) for one in found]
        return [msgspec.json.decode(payload, type=StaffAct) for payload in opened_payloads]

    return at(acts)


def parked(conversation: ConversationId, state: EventState = EventState.PARKED) -> EventId:
    return at(lambda market: market.aside(conversation, state, b'{"text":"[bold]x"}'))


def states(conversation: ConversationId) -> list[int]:
    async def found(market: Market) -> list[InboxEvent]:
        return await market.events(conversation)

    return [one.state for one in at(found)]


@pytest.mark.parametrize("contact", [PHONE, "0771000001"])
def test_a_conversation_is_taken_written_in_and_given_back(
    run: Run, conversation: ConversationId, contact: str
) -> None:
    said = [
        run("handover", "take", "one", contact, "--by", "Nyasha"),
        run("handover", "say", "one", contact, "We come at 3", "--by", "Nyasha"),
        run("handover", "back", "one", contact, "--by", "Nyasha"),
    ]

    assert [(one.code, one.err) for one in said] == [(0, "")] * 3
    assert stored(conversation) == [
        StaffAct(act="take", staff="Nyasha"),
        StaffAct(act="say", staff="Nyasha", text="We come at 3"),
        StaffAct(act="back", staff="Nyasha"),
    ]


def test_a_conversation_may_be_named_by_its_id(run: Run, conversation: ConversationId) -> None:
    assert run("handover", "take", "one", conversation).code == 0
    assert [act.act for act in stored(conversation)] == ["take"]


@pytest.mark.parametrize(
    ("merchant", "contact", "text", "complaint"),
    [
        ("nobody", PHONE, "Hi", "no merchant nobody"),
        ("one", "+263771000009", "Hi", "never wrote"),
        ("one", "someone", "Hi", "never wrote"),
        ("one", PHONE, "  ", "nothing to say"),
    ],
)
def test_what_cannot_be_said_is_named_and_nothing_stored(
    run: Run,
    conversation: ConversationId,
    merchant: str,
    contact: str,
    text: str,
    complaint: str,
) -> None:
    said = run("handover", "say", merchant, contact, text)

    assert said.code == 1
    assert complaint in said.err
    assert stored(conversation) == []


def test_events_that_were_set_aside_are_listed(run: Run, conversation: ConversationId) -> None:
    assert "No event" in run("events", "list").out
    event = parked(conversation)
    other = parked(conversation, EventState.UNREADABLE)

    said = run("events", "list", "--merchant", "one", "--content").out

    assert said.index(str(other)) < said.index(str(event))
    assert "parked after 5" in said
    assert "ValueError: no" in said
    assert '{"text":"[bold]x"}' in said


def test_a_parked_event_is_replayed(run: Run, conversation: ConversationId) -> None:
    event = parked(conversation)

    said = run("events", "replay", event)

    assert (said.code, said.out.strip()) == (0, "Back in line: 1")
    assert states(conversation) == [EventState.WAITING]


def test_what_became_of_all_that_was_set_aside_is_said(
    run: Run, conversation: ConversationId
) -> None:
    for state in (EventState.PARKED, EventState.UNREADABLE, EventState.PARKED):
        event = parked(conversation, state)
    body = b'{"merchant":"one","from":"+263771000001","text":"hello"}'
    at(lambda market: market.aside(conversation, EventState.UNREADABLE, body))

    printed = run("events", "replay", "--all")

    said = printed.out.splitlines()
    assert said[:2] == ["Back in line: 2", "Read after all: 1 (items stored: 1)"]
    assert said[2].startswith("Still unreadable: ")
    assert str(event) not in said[2]
    assert printed.code == 1
    assert sorted(states(conversation)) == [0, 0, 0, EventState.DONE, EventState.UNREADABLE]


def test_an_event_that_still_cannot_be_read_is_no_success(
    run: Run, conversation: ConversationId
) -> None:
    event = parked(conversation, EventState.UNREADABLE)

    said = run("events", "replay", event)

    assert said.code == 1
    assert said.out.startswith(f"Still unreadable: {event}, ")
    assert states(conversation) == [EventState.UNREADABLE]


def test_events_are_replayed_all_or_none(run: Run, conversation: ConversationId) -> None:
    event, unknown = parked(conversation), uuid4()

    said = [
        run("events", "replay"),
        run("events", "replay", event, "--all"),
        run("events", "replay", event, unknown),
    ]

    assert [one.code for one in said] == [1, 1, 1]
    assert said[2].err == f"No event {unknown} was set aside.\n"
    assert states(conversation) == [EventState.PARKED]
