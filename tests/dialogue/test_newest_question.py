"""What is said answers the newest question, unless it says more than the question asks."""

import pytest

from tests.dialogue.talking import Talk
from tests.dialogue.test_filling import ALL, say_all
from tests.dialogue.test_repairs import OFFER
from tests.dialogue.toy import OrderFlow, RingFlow

SHALL_I = "looking for weeds"
"""Asks "Ring the bell?" with a yes that tells the opening hours; nothing is left open."""


@pytest.mark.parametrize("asked", [("selling roses in Gokwe",), ("selling roses", "10")])
async def test_same_task_about_something_else_begins_anew(
    talk: Talk, asked: tuple[str, ...]
) -> None:
    await say_all(talk, *asked)

    await talk.say("selling 3 lilies to Gweru")

    (draft,) = talk.state.drafts
    assert bytes(draft.known["plant"]) == b'"lilies"'
    assert bytes(draft.known["count"]) == b"3"
    assert b"Gweru" in bytes(draft.known["place"])


async def test_same_task_about_the_same_thing_goes_on(talk: Talk) -> None:
    await talk.say("selling roses in Gokwe")

    await talk.say("selling 10 roses")

    assert talk.keys == ["garden.order.pot.ask"]
    assert b"Gokwe" in bytes(talk.state.drafts[0].known["place"])


@pytest.mark.parametrize("yes", ["yes", "hongu", "1"])
async def test_yes_does_not_answer_what_was_asked_before(talk: Talk, yes: str) -> None:
    await talk.say(SHALL_I)
    await talk.say("order 10 roses")
    assert talk.text == "Where to?"

    assert "open" not in (await talk.say(yes)).lower()
    assert talk.state.drafts[0].awaiting == "place"


async def test_yes_in_one_breath_with_a_new_task_answers_nothing_older(talk: Talk) -> None:
    await talk.say(SHALL_I)

    await talk.say("order 10 roses", "yes")

    assert "garden.hours.told" not in talk.keys


async def test_older_question_is_still_answered_by_a_tap(talk: Talk) -> None:
    await talk.say(SHALL_I)
    yes = talk.tapped("Yes")
    await talk.say("order 10 roses")

    await talk.say(yes)

    assert "garden.hours.told" in talk.keys


async def test_yes_answers_what_was_told_after_the_open_question(talk: Talk) -> None:
    await say_all(talk, "order roses")
    await talk.say(OFFER)

    assert "Ring the bell?" in await talk.say("yes")
    assert RingFlow.rung == []


async def test_exact_label_of_an_older_menu_still_counts(talk: Talk) -> None:
    await talk.say(OFFER)
    await talk.say("order 10 roses")

    assert "Ring the bell?" in await talk.say("Accept")


async def test_yes_still_answers_the_summary_shown_last(talk: Talk) -> None:
    await say_all(talk, SHALL_I, *ALL)

    await talk.say("yes")

    assert len(OrderFlow.orders) == 1
