"""A summary is agreed to in more words than yes, and only where it stands on the screen."""

import pytest

from tests.dialogue.talking import Talk
from tests.dialogue.test_filling import ALL, say_all
from tests.dialogue.toy import OrderFlow


@pytest.fixture(autouse=True)
def no_orders() -> None:
    OrderFlow.orders.clear()


@pytest.mark.parametrize(
    "said",
    [
        "plant them",
        "ok plant them",
        "Yes please, plant them. Thank you",
        "yes go ahead",
        "ok order then",
        "bring them on!",
    ],
)
async def test_words_that_agree_are_the_yes(talk: Talk, said: str) -> None:
    await say_all(talk, *ALL)

    await talk.say(said)

    assert len(OrderFlow.orders) == 1


@pytest.mark.parametrize(
    "said", ["don't plant them", "plant them?", "not yet", "plant them tomorrow", "yes, 12"]
)
async def test_words_that_say_something_else_are_none(talk: Talk, said: str) -> None:
    await say_all(talk, *ALL)

    await talk.say(said)

    assert OrderFlow.orders == []


async def test_nothing_is_done_before_it_was_summed_up(talk: Talk) -> None:
    await say_all(talk, *ALL[:-1])

    await talk.say("plant them")

    assert OrderFlow.orders == []


async def test_what_was_changed_is_summed_up_before_it_is_agreed_to(talk: Talk) -> None:
    await say_all(talk, *ALL)

    summed_up = await talk.say("make it 12")
    assert "12" in summed_up
    assert OrderFlow.orders == []

    await talk.say("plant them")
    assert [order.count for order in OrderFlow.orders] == [12]


@pytest.mark.parametrize("said", ["leave them", "no, leave them please", "no no"])
async def test_words_that_deny_are_the_no(talk: Talk, said: str) -> None:
    await say_all(talk, *ALL)

    assert await talk.say(said) == "What would you like to change?"
    assert OrderFlow.orders == []


async def test_agreement_needs_no_quiet_time(talk: Talk) -> None:
    await say_all(talk, *ALL)

    assert talk.at_once("ok plant them")
