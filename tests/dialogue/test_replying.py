"""What a choice would ask for is taken without the choice: its answer says both."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.messaging.events import Tell
from tests.dialogue.talking import Talk
from tests.dialogue.workshop import MERCHANT, QuoteFlow, wanted, workshop

OFFER = "4pm, $15 call-out"


@pytest.fixture
def talk(session: AsyncSession) -> Talk:
    return Talk(workshop(), MERCHANT, session=session)


def asks(job: str) -> Tell:
    return Tell(prompt=wanted(job), purpose="notice")


@pytest.mark.parametrize("said", [OFFER, "tomorrow 9am instead", "$15 please", "Can I come at 5?"])
async def test_answer_is_taken_before_it_is_asked_for(talk: Talk, said: str) -> None:
    await talk.say(asks("sink"))

    assert await talk.say(said) == "Passed on."
    assert QuoteFlow.quotes == [("sink", said)]


async def test_tap_still_asks(talk: Talk) -> None:
    await talk.say(asks("sink"))

    assert await talk.tap("Quote it") == "What do you offer?"
    await talk.say(OFFER)
    assert QuoteFlow.quotes == [("sink", OFFER)]


async def test_where_two_ask_nobody_guesses_which_is_meant(talk: Talk) -> None:
    await talk.say(asks("sink"))
    await talk.say(asks("lights"))

    await talk.say(OFFER)

    assert QuoteFlow.quotes == [("", OFFER)]


async def test_what_names_another_task_is_no_reply(talk: Talk) -> None:
    await talk.say(asks("sink"))

    await talk.say("I need a plumber in Gokwe tomorrow at 3pm")

    assert talk.keys == ["workshop.job.issue.ask"]
    assert QuoteFlow.quotes == []


async def test_open_question_comes_before_an_older_choice(talk: Talk) -> None:
    await talk.say(asks("sink"))
    await talk.say("I need a plumber in Gokwe, my sink is blocked")
    assert talk.text == "When?"

    await talk.say("tomorrow at 3pm")

    assert "Right?" in talk.text
    assert QuoteFlow.quotes == []


@pytest.mark.parametrize("said", [OFFER, "5pm"])
async def test_where_nobody_asks_it_is_no_reply(talk: Talk, said: str) -> None:
    await talk.say(said)

    assert QuoteFlow.quotes == []


async def test_what_names_neither_time_nor_price_is_no_reply(talk: Talk) -> None:
    await talk.say(asks("sink"))

    await talk.say("the red car is fast")

    assert QuoteFlow.quotes == []


async def test_word_that_stands_below_two_questions_taps_neither(talk: Talk) -> None:
    await talk.say(asks("sink"))
    await talk.say(asks("lights"))

    assert await talk.say("quote it") == "What do you offer?"
    await talk.say(OFFER)
    assert QuoteFlow.quotes == [("", OFFER)]


async def test_word_that_stands_below_one_question_taps_it(talk: Talk) -> None:
    await talk.say(asks("sink"))

    await talk.say("quote it")
    await talk.say(OFFER)

    assert QuoteFlow.quotes == [("sink", OFFER)]
