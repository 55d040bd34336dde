"""What a conversation makes of messages that came to nothing."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.vault import Vault
from sokoni.messaging.events import StaffAct, Tell, Undelivered
from sokoni.messaging.models import EventState, MessageState
from sokoni.messaging.prompts import Prompt
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE
from tests.workers.town import Town, add_template, town

NOTICE = Tell(prompt=Prompt("offer", {"thing": "goats"}), purpose="notice")


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Town]:
    async with town(engine, vault, clock) as made:
        yield made


def window_closed(made_at: datetime, tell: Tell | None = NOTICE) -> Undelivered:
    return Undelivered(reason="reply_window_closed", made_at=made_at, tell=tell, told_at=made_at)


def unreachable(made_at: datetime) -> Undelivered:
    return Undelivered(reason="recipient_unreachable", made_at=made_at, tell=NOTICE)


async def greeted(place: Town) -> datetime:
    """Have the contact write, and time pass; return the moment."""
    await place.hear("hi")
    await place.turn()
    place.clock.advance(timedelta(minutes=1))
    return place.clock()


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_came_too_late_is_said_again_as_a_template(place: Town) -> None:
    await add_template(place, "offer", "Somebody offers {{thing}} to you.", "thing")
    await place.happen_to(window_closed(await greeted(place)))

    await place.turn()

    assert place.said() == ["hi", "Somebody offers goats to you."]
    assert (await place.conversation()).window_until is None


async def test_without_a_template_it_stays_failed(place: Town) -> None:
    await place.happen_to(window_closed(await greeted(place)))

    await place.turn()

    assert place.said() == ["hi"]
    assert len(await place.log()) == 2
    assert (await place.events())[-1].state == EventState.DONE


async def test_what_is_no_tell_only_shuts_the_window(place: Town) -> None:
    await add_template(place, "offer", "Somebody offers {{thing}} to you.", "thing")
    await place.happen_to(window_closed(await greeted(place), tell=None))

    await place.turn()

    assert place.said() == ["hi"]
    assert (await place.conversation()).window_until is None


async def test_who_wrote_since_is_told_freely(place: Town) -> None:
    failed_at = await greeted(place)
    place.clock.advance(timedelta(minutes=1))
    await place.hear("still there?")
    await place.turn()
    await place.happen_to(window_closed(failed_at))

    await place.turn()

    assert place.said() == ["hi", "still there?", "offer"]


async def test_what_is_stale_is_not_said_again(place: Town) -> None:
    await add_template(place, "offer", "Somebody offers {{thing}} to you.", "thing")
    failed_at = await greeted(place)
    place.clock.advance(timedelta(hours=3))
    stale = Tell(prompt=NOTICE.prompt, purpose="notice", expires_after_hours=2)
    await place.happen_to(window_closed(failed_at, tell=stale))

    await place.turn()

    assert place.said() == ["hi"]


async def test_who_said_stop_is_not_told_again(place: Town) -> None:
    await add_template(place, "offer", "Somebody offers {{thing}} to you.", "thing")
    failed_at = await greeted(place)
    await place.hear("stop")
    await place.turn()
    await place.happen_to(window_closed(failed_at + timedelta(minutes=5)))

    await place.turn()

    assert place.said() == ["hi", "stop"]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_who_cannot_be_reached_is_sent_nothing_until_they_write(place: Town) -> None:
    await place.happen_to(unreachable(await greeted(place)))
    await place.turn()
    await place.happen_to(NOTICE, "later")
    await place.turn()
    assert place.said() == ["hi"]
    last = (await place.log())[-1]
    assert (last.state, last.error) == (MessageState.CANCELLED, "recipient unreachable")
    assert (await place.conversation()).unreachable_at is not None

    await place.hear("hello")
    await place.turn()
    await place.happen_to(NOTICE, "last")
    await place.turn()

    assert place.said() == ["hi", "hello", "offer"]
    assert (await place.conversation()).unreachable_at is None


async def test_staff_see_that_their_words_did_not_reach_anybody(place: Town) -> None:
    await place.happen_to(unreachable(await greeted(place)))
    await place.turn()
    await place.happen_to(StaffAct(act="say", staff="Nyasha", text="Good day"), "said")

    await place.turn()

    last = (await place.log())[-1]
    assert (last.state, last.author) == (MessageState.CANCELLED, "Nyasha")
    assert place.said() == ["hi"]


async def test_who_wrote_after_the_message_can_be_reached(place: Town) -> None:
    failed_at = await greeted(place)
    place.clock.advance(timedelta(minutes=1))
    await place.hear("hello")
    await place.turn()
    await place.happen_to(unreachable(failed_at))

    await place.turn()

    assert (await place.conversation()).unreachable_at is None


async def test_while_a_person_has_the_conversation_it_waits(place: Town) -> None:
    await add_template(place, "offer", "Somebody offers {{thing}} to you.", "thing")
    failed_at = await greeted(place)
    await place.happen_to(StaffAct(act="take", staff="Nyasha"), "taken")
    await place.happen_to(window_closed(failed_at))
    await place.turn()
    assert place.said() == ["hi"]

    await place.happen_to(StaffAct(act="back", staff="Nyasha"), "back")
    await place.later(601)

    assert place.said() == ["hi", "Somebody offers goats to you."]
