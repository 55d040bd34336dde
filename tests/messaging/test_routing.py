from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.inbound import Status
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, ConversationId, new_id
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.routing import Route, RouteMemory, Sender, profile_name, sender_of
from sokoni.testing.clock import NOON, StoppedClock
from tests.messaging.arriving import Owner, arrival, count, message

OWNER = Owner()


def sender(phone: str) -> Sender:
    found = sender_of(OWNER, message("w", phone=phone))
    assert found
    return found


def route(name: str = "") -> Route:
    return Route(ContactId(new_id()), ConversationId(new_id()), name)


@contextmanager
def statements(engine: AsyncEngine) -> Iterator[list[str]]:
    """Record what the database is asked."""
    said: list[str] = []

    def listen(_1: object, _2: object, statement: str, *_: object) -> None:
        said.append(statement.split(maxsplit=1)[0])

    event.listen(engine.sync_engine, "before_cursor_execute", listen)
    yield said
    event.remove(engine.sync_engine, "before_cursor_execute", listen)


def test_the_sender_unheard_for_longest_is_forgotten() -> None:
    memory = RouteMemory(StoppedClock(), most=2)
    memory.keep({sender("+1"): route()})
    memory.keep({sender("+2"): route()})
    memory.find(sender("+1"), "")

    memory.keep({sender("+3"): route()})

    found = [memory.find(sender(phone), "") is not None for phone in ("+1", "+2", "+3")]
    assert found == [True, False, True]


def test_a_new_profile_name_is_worth_a_look() -> None:
    memory = RouteMemory(StoppedClock())
    memory.keep({sender("+1"): route("Ada")})

    found = [memory.find(sender("+1"), name) is not None for name in ("Ada", "", "Ada L.")]
    assert found == [True, True, False]


def test_what_was_found_long_ago_is_looked_for_again() -> None:
    clock = StoppedClock()
    memory = RouteMemory(clock)
    memory.keep({sender("+1"): route()})

    clock.advance(timedelta(minutes=59))
    assert memory.find(sender("+1"), "") is not None

    clock.advance(timedelta(minutes=1))
    assert memory.find(sender("+1"), "") is None


def test_erased_conversations_are_forgotten() -> None:
    memory = RouteMemory(StoppedClock())
    gone, kept = route(), route()
    memory.keep({sender("+1"): gone, sender("+2"): kept})

    memory.forget([gone.conversation_id])

    assert memory.find(sender("+1"), "") is None
    assert memory.find(sender("+2"), "") == kept


def test_a_status_is_nobodys_and_a_name_is_cut() -> None:
    assert sender_of(OWNER, Status(provider_id="w", status="sent", at=NOON)) is None
    assert profile_name(message("w", phone="+1", sender_name=" A\x00da ")) == "Ada"
    assert profile_name(message("w", phone="+1", sender_name="A\n\u202eda\r\nB")) == "A da B"
    assert len(profile_name(message("w", phone="+1", sender_name="x" * 500))) == 120


async def test_a_known_sender_costs_no_look_up(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    inbox = Inbox(engine, vault, clock)
    await inbox.store([arrival(OWNER, message("w1", phone="+1", sender_name="Ada"))])

    with statements(engine) as said:
        await inbox.store([arrival(OWNER, message("w2", phone="+1", sender_name="Ada"))])

    assert [one for one in said if one != "BEGIN"] == ["INSERT"]


@pytest.mark.parametrize("name", ["", "Ada"])
async def test_what_was_rolled_back_is_not_remembered(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock, name: str
) -> None:
    inbox = Inbox(engine, vault, clock)

    def fail(_1: object, _2: object, statement: str, *_: object) -> None:
        if "INTO inbox" in statement:
            raise OSError

    event.listen(engine.sync_engine, "before_cursor_execute", fail)
    with pytest.raises(OSError):  # noqa: PT011 -- it says nothing
        await inbox.store([arrival(OWNER, message("w1", phone="+1", sender_name=name))])
    event.remove(engine.sync_engine, "before_cursor_execute", fail)
    await inbox.store([arrival(OWNER, message("w1", phone="+1", sender_name=name))])

    assert await count(engine, "inbox JOIN conversations c ON conversation_id = c.id") == 1
