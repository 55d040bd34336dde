"""What comes up by itself and can wait is not said in the night; each kind is one or the other."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.bootstrap import capabilities
from sokoni.db.vault import Vault
from sokoni.dialogue.payment_requests import POLL
from sokoni.dialogue.timing import TIMER
from sokoni.kit.ids import PhoneNumber
from sokoni.messaging.events import Tell, Timer
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Prompt
from sokoni.testing.clock import NOON, StoppedClock
from sokoni.workers.quiet import BY_DAY
from tests.workers.town import Town, town

AT_ONCE: Final[Mapping[str, str]] = {
    "booking.news": "the other side moved a booking that both wait for",
    "booking.lost": "the same, where the other side does not hear of it",
    "booking.notice": "a reminder, or a limit, that the booking's own time brings",
    "broadcast.lost": "says nothing",
    "broadcast.say": "asks the rule of broadcasts, which knows the contact's own zone",
    "broadcast.try": "staff have just asked for it",
    "rights.granted": "the contact asked for it",
    "store.news": "an order of the contact's moved",
}
"""Timers of which the contact hears at any hour, and why."""
NOT_ALERTS: Final[Mapping[Purpose, str]] = {
    Purpose.REPLY: "the contact wrote",
    Purpose.NOTICE: "business of the contact's own; what of it can wait names a patient timer",
    Purpose.RECEIPT: "the contact has just paid",
    Purpose.CODE: "the contact waits for it",
    Purpose.STAFF: "a person writes, or staff are told",
    Purpose.CAMPAIGN: "asks the rule of broadcasts",
}
PATIENT: Final = sorted({TIMER}.union(*(one.patient for one in capabilities().values())))
MORNING_IN: Final = timedelta(hours=11)


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Town]:
    """Ana wrote in the afternoon, and now it is nine in the evening, in Harare as where she is."""
    async with town(engine, vault, clock) as settled:
        settled.parrot.patient = PATIENT
        await settled.hear("hello")
        await settled.turn()
        settled.fed.clear()
        evening = NOON.replace(hour=19, minute=0)
        settled.clock.advance(evening - settled.clock())
        yield settled


def told(purpose: Purpose, instead: Timer | None = None) -> Tell:
    return Tell(prompt=Prompt("market.told"), purpose=purpose, instead=instead)


def test_every_timer_and_every_purpose_is_said_at_once_or_waits() -> None:
    timers = {name for one in capabilities().values() for name in one.timers}

    assert timers - set(PATIENT) == set(AT_ONCE)
    assert set(PATIENT) - timers == {TIMER}
    assert set(Purpose) - BY_DAY == set(NOT_ALERTS)


@pytest.mark.parametrize("name", PATIENT)
async def test_what_can_wait_is_said_in_the_morning(place: Town, name: str) -> None:
    await place.happen_to(Timer(name=name), "due")
    await place.turn()
    assert place.said() == []

    await place.later((MORNING_IN - timedelta(minutes=1)).total_seconds())
    assert place.said() == []
    await place.later(60)
    assert place.said() == ["Timer"]


@pytest.mark.parametrize("name", [*AT_ONCE, POLL])
async def test_what_cannot_wait_is_said_in_the_night(place: Town, name: str) -> None:
    await place.happen_to(Timer(name=name), "due")
    await place.turn()

    assert place.said() == ["Timer"]


@pytest.mark.parametrize(
    ("tell", "waits"),
    [
        (told(Purpose.ALERT), True),
        (told(Purpose.NOTICE, Timer(name="marketplace.offered")), True),
        (told(Purpose.NOTICE), False),
        (told(Purpose.NOTICE, Timer(name="store.news")), False),
        (told(Purpose.REPLY), False),
    ],
)
async def test_what_is_told_waits_where_nobody_asked_for_it(
    place: Town, tell: Tell, waits: bool
) -> None:
    await place.happen_to(tell, "told")
    await place.turn()
    assert place.said() == ([] if waits else ["market.told"])

    await place.later(MORNING_IN.total_seconds())
    assert place.said() == ["market.told"]


async def test_who_was_here_a_moment_ago_does_not_sleep(place: Town) -> None:
    await place.hear("good evening")
    await place.turn()
    await place.later(29 * 60)

    await place.happen_to(Timer(name="marketplace.offered"), "due")
    await place.turn()

    assert place.said() == ["good evening", "Timer"]


async def test_what_comes_with_the_contacts_own_words_does_not_wait(place: Town) -> None:
    await place.happen_to(Timer(name="marketplace.offered"), "due")
    await place.hear("anything new?")
    await place.turn()

    assert place.said() == ["Timer / anything new?"]


async def test_night_is_where_the_contact_is(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    async with town(engine, vault, clock) as place:
        place.parrot.patient = PATIENT
        await place.hear("namaste", sender=PhoneNumber("+919876543210"))
        await place.turn()
        place.fed.clear()
        # Six in the evening in Harare is half past nine in India.
        place.clock.advance(NOON.replace(hour=16) - place.clock())

        await place.happen_to(Timer(name="marketplace.over"), "due")
        await place.turn()
        assert place.said() == []

        await place.later(10.5 * 3600)
        assert place.said() == ["Timer"]


async def test_what_waits_for_the_morning_is_not_said_to_who_says_stop(place: Town) -> None:
    await place.happen_to(Timer(name="marketplace.over"), "due")
    await place.happen_to(told(Purpose.ALERT), "alert")
    await place.turn()
    await place.hear("stop")
    await place.turn()
    await place.later(MORNING_IN.total_seconds())

    assert place.said() == ["stop"]


async def test_what_a_passing_time_brought_up_is_withheld_by_a_stop(place: Town) -> None:
    await place.happen_to(Timer(name="store.news"), "due")
    await place.turn()
    assert [one.purpose for one in place.fed] == [Purpose.NOTICE]

    await place.hear("stop")
    await place.turn()

    assert [one.error for one in await place.log() if one.purpose == Purpose.NOTICE] == [
        "the contact said stop"
    ]
