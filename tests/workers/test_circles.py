"""Two machines that talk to each other are stopped; people are not."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.inbound import Address, Message
from sokoni.channels.outbound import Neutral, Option
from sokoni.db.vault import Vault
from sokoni.dialogue.state import Circling
from sokoni.kit.ids import PhoneNumber
from sokoni.testing.clock import StoppedClock
from sokoni.workers.circles import MOST, PAUSE, SILENCE, answered, listens
from tests.workers.town import Town, town

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SAME = Neutral(text="Sorry, I did not understand that.")
REPLY = "Thank you for contacting Acme! We will be with you shortly."


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Town]:
    async with town(engine, vault, clock) as made:
        yield made


def heard(text: str, choice_id: str = "") -> Message:
    sender = Address(phone=PhoneNumber("+263771000001"))
    return Message(provider_id="m", sender=sender, sent_at=NOON, text=text, choice_id=choice_id)


def after(turns: int, *, apart: timedelta = timedelta(seconds=1)) -> Circling:
    """Return what is known after so many equal answers."""
    circling = Circling()
    for number in range(turns):
        circling = answered(circling, [heard(REPLY)], SAME, NOON + number * apart)
    return circling


async def test_a_machine_that_answers_every_answer_is_told_once_and_then_not_answered(
    place: Town,
) -> None:
    for _ in range(MOST + 20):
        await place.hear(REPLY)
        await place.later(1)

    assert place.said().count("dialogue.circling") == 1
    assert place.said().count(REPLY) == MOST
    assert len(await place.events()) == MOST + 20 + 1


async def test_after_the_silence_it_is_answered_again(place: Town) -> None:
    for _ in range(MOST + 2):
        await place.hear(REPLY)
        await place.later(1)
    await place.later(SILENCE.total_seconds())

    await place.hear("hello again")
    await place.turn()

    assert place.said()[-1] == "hello again"


async def test_a_person_who_was_silenced_is_heard_again_at_a_word(place: Town) -> None:
    for _ in range(MOST + 2):
        await place.hear(REPLY)
        await place.later(1)

    await place.hear("menu")
    await place.turn()
    await place.hear("hello again")
    await place.turn()

    assert place.said()[-2:] == ["menu", "hello again"]


def test_whoever_pauses_is_no_machine() -> None:
    assert after(50, apart=PAUSE + timedelta(seconds=1)).silent_until is None


def test_other_answers_in_between_break_the_circle() -> None:
    circling = Circling()
    for number in range(50):
        said = Neutral(text=f"Found {number}") if number % MOST == 0 else SAME
        circling = answered(circling, [heard(REPLY)], said, NOON)
        assert circling.silent_until is None


def test_two_answers_in_turn_are_a_circle_too() -> None:
    circling = Circling()
    for number in range(MOST + 2):
        said = Neutral(text=f"Found {number % 2}")
        circling = answered(circling, [heard(REPLY)], said, NOON)

    assert circling.silent_until == NOON + SILENCE


def test_the_same_menu_under_other_ids_is_the_same_answer() -> None:
    circling = Circling()
    for number in range(MOST + 1):
        said = Neutral(text="Choose:", options=(Option(id=f"salt{number}.sell", title="Sell"),))
        circling = answered(circling, [heard(REPLY)], said, NOON)

    assert circling.silent_until == NOON + SILENCE


def test_the_same_text_over_other_options_is_another_answer() -> None:
    circling = Circling()
    for number in range(MOST + 20):
        said = Neutral(text="Choose:", options=(Option(id="1", title=f"Goat {number}"),))
        circling = answered(circling, [heard(REPLY)], said, NOON)

    assert circling.silent_until is None


@pytest.mark.parametrize(
    ("message", "opens"),
    [
        (heard(REPLY), False),
        (heard("yes"), False),
        (heard("menu"), True),
        (heard("STOP"), True),
        (heard("Sell", choice_id="sell"), True),
    ],
)
def test_a_tap_or_a_call_ends_the_silence(message: Message, *, opens: bool) -> None:
    assert listens(after(MOST + 1), message, NOON + timedelta(minutes=1)) is opens


def test_a_machine_that_keeps_saying_menu_is_not_heard_for_it() -> None:
    circling = Circling()
    for _ in range(MOST + 1):
        circling = answered(circling, [heard("menu")], SAME, NOON)

    assert not listens(circling, heard("menu"), NOON)
    assert listens(circling, heard("menu"), NOON + SILENCE)
