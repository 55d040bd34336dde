"""Taps, numbers and typed labels all mean what the menu meant when it was shown."""

from datetime import timedelta

import pytest
from msgspec import Raw

from sokoni.channels.base import Limits
from sokoni.channels.outbound import Text
from sokoni.messaging.events import Tell
from sokoni.messaging.prompts import Choice, Prompt, SetSlots, Start
from tests.dialogue.talking import Talk, dialogue
from tests.dialogue.test_filling import ALL, say_all
from tests.dialogue.test_repairs import MENU, OFFER
from tests.dialogue.toy import OrderFlow, RingFlow

TEXT_ONLY = Limits(buttons=0, rows=0)


@pytest.mark.parametrize(
    "reply",
    ["1", "1.", "#1", "option 1", "\u0661", "१", "1️⃣", "clay", "CLAY", "Cláy", "cla", "plastik"],
)
async def test_choice_may_be_typed(talk: Talk, reply: str) -> None:
    await talk.say("order 10 roses to Gokwe")

    assert await talk.say(reply) == "Anything to add?"


async def test_number_answers_a_numeric_question_under_another_menu(talk: Talk) -> None:
    await talk.say("order roses")
    await talk.say(OFFER)

    assert await talk.say("2") == "Where to?"
    assert RingFlow.rung == []


async def test_label_of_results_above_the_open_question_counts(talk: Talk) -> None:
    await say_all(talk, *ALL)
    answer = await talk.say("looking for lilies")
    assert "These have lilies.\n1. Tendai\n2. Rudo\n\n" in answer
    assert talk.labels == ["Yes", "Edit", "A gift"]

    assert await talk.say("tendai") == "How many?"


@pytest.mark.parametrize("limits", [Limits(), TEXT_ONLY])
async def test_results_above_the_open_question_wear_numbers_of_their_own(limits: Limits) -> None:
    talk = Talk(dialogue(), limits=limits)
    await say_all(talk, *ALL)
    await talk.say("looking for lilies")

    await talk.say("2")

    assert (talk.text, talk.state.drafts[-1].awaiting) == ("How many?", "count")
    assert b"lilies" in bytes(talk.state.drafts[-1].known["plant"])


@pytest.mark.parametrize("limits", [Limits(), TEXT_ONLY])
async def test_numbers_of_the_open_question_go_on_where_those_above_it_end(
    limits: Limits,
) -> None:
    OrderFlow.orders.clear()
    talk = Talk(dialogue(), limits=limits)
    await say_all(talk, *ALL)
    await talk.say("looking for lilies")
    (content,) = talk.said.contents
    assert not isinstance(content, Text) or "3. Yes\n4. Edit" in content.body

    await talk.say("3")

    assert len(OrderFlow.orders) == 1


async def test_number_that_was_shown_is_no_figure() -> None:
    talk = Talk(dialogue(), limits=TEXT_ONLY)
    await talk.say("order roses")
    await talk.say(OFFER)

    assert "Ring the bell?" in await talk.say("1")


@pytest.mark.parametrize(("number", "expected"), [("1", "Ring the bell?"), ("9", "Where to?")])
async def test_number_shown_counts_before_a_figure_that_was_asked_for(
    talk: Talk, number: str, expected: str
) -> None:
    await talk.say("order roses")
    await talk.say(OFFER, "looking for lilies")
    assert "1. Accept" in talk.text

    assert expected in await talk.say(number)


async def test_typed_beginning_of_a_label_keeps_what_the_choice_knows(talk: Talk) -> None:
    await talk.say("looking for lilies")

    assert await talk.say("rud") == "How many?"


async def test_tap_on_an_answered_question_shows_where_we_are(talk: Talk) -> None:
    await talk.say("order 10 roses to Gokwe")
    plastic = talk.tapped("Plastic")
    await talk.say("clay")

    assert await talk.say(plastic) == "That choice is no longer open.\n\nAnything to add?"
    assert "clay pot" in await talk.say("skip")


async def test_yes_to_an_older_summary_commits_nothing(talk: Talk) -> None:
    await say_all(talk, *ALL)
    yes = talk.tapped("Yes")
    await talk.say("make it 12")

    assert "12 roses" in await talk.say(yes)
    assert OrderFlow.orders == []


async def test_yes_to_the_same_summary_shown_twice_counts(talk: Talk) -> None:
    await say_all(talk, *ALL)
    yes = talk.tapped("Yes")
    await talk.say("when are you open")

    assert await talk.say(yes) == "Ordered 10 plants."


async def test_second_tap_on_yes_commits_once(talk: Talk) -> None:
    await say_all(talk, *ALL)
    yes = talk.tapped("Yes")

    await talk.say(yes, yes)
    await talk.say(yes)

    assert len(OrderFlow.orders) == 1


async def test_yes_of_one_task_does_not_commit_another(talk: Talk) -> None:
    await say_all(talk, *ALL)
    yes = talk.tapped("Yes")
    await talk.say("ring the bell")

    assert "Ring the bell?" in await talk.say(yes)
    assert RingFlow.rung == []
    assert OrderFlow.orders == []


@pytest.mark.parametrize(
    "choice_id", ["yes", "nonsense", "yes~zzzz", "page:7", "~", "", "a" * 300]
)
async def test_ids_from_outside_are_only_looked_up(talk: Talk, choice_id: str) -> None:
    await say_all(talk, "order roses")

    answer = await talk.say(talk.message(kind="choice", choice_id=choice_id))

    assert answer.endswith("How many?")
    assert talk.state.drafts[0].task == "garden.order"


async def test_bare_choice_id_counts_for_the_newest_menu(talk: Talk) -> None:
    await say_all(talk, *ALL)

    await talk.say(talk.message(kind="choice", choice_id="yes"))

    assert len(OrderFlow.orders) == 1


async def test_dead_choice_with_nothing_open_shows_the_menu(talk: Talk) -> None:
    answer = await talk.say(talk.message(kind="choice", choice_id="yes~1234"))

    assert answer == "That choice is no longer open. What would you like to do?"
    assert talk.labels == MENU


async def test_values_of_a_stored_choice_are_checked_again(talk: Talk) -> None:
    bad = Choice("bad", "Bad", command=SetSlots({"count": Raw(b'"many"')}))
    await say_all(talk, "order roses")
    await talk.say(Tell(prompt=Prompt("garden.told", {"buyer": "x"}, (bad,)), purpose="notice"))

    assert (await talk.tap("Bad")).endswith("How many?")


@pytest.mark.parametrize(
    ("said", "label"), [("yes", "See it"), ("hongu", "See it"), ("no", "Not now")]
)
async def test_yes_and_no_take_the_choices_that_mean_them(
    talk: Talk, said: str, label: str
) -> None:
    see = Choice("see", "See it", command=Start("garden.ring"), means="yes")
    later = Choice("later", "Not now", command=Start("garden.hours"), means="no")
    told = Tell(prompt=Prompt("garden.told", {"buyer": "x"}, (see, later)), purpose="notice")
    await talk.say(told)
    tapped = await talk.tap(label)
    await talk.say("cancel", told)

    assert await talk.say(said) == tapped


async def test_what_came_unasked_may_be_answered_after_other_menus(talk: Talk) -> None:
    await talk.say(OFFER)
    accept = talk.tapped("Accept")
    for _ in range(3):
        await talk.say("menu")

    assert "Ring the bell?" in await talk.say("accept")
    await talk.say("no")
    assert "Ring the bell?" in await talk.say(accept)


async def test_only_a_few_of_those_that_came_unasked_are_remembered(talk: Talk) -> None:
    await talk.say(OFFER)
    accept = talk.tapped("Accept")
    for _ in range(6):
        await talk.say(OFFER)

    assert len(talk.state.menus) == 6
    assert "no longer open" in await talk.say(accept)


async def test_labels_and_numbers_of_yesterdays_menu_mean_nothing(talk: Talk) -> None:
    await talk.say("menu")
    order = talk.tapped("Order plants")
    talk.wait(timedelta(hours=25))

    assert "Which plant?" not in await talk.say("1")
    assert "Which plant?" in await talk.say(order)


@pytest.mark.parametrize("said", ["1", "accept", "yes"])
async def test_what_came_unasked_may_be_answered_days_later(talk: Talk, said: str) -> None:
    await talk.say(OFFER)
    talk.wait(timedelta(days=6))

    assert "Ring the bell?" in await talk.say(said)


async def test_what_came_unasked_last_week_is_only_tapped(talk: Talk) -> None:
    await talk.say(OFFER)
    accept = talk.tapped("Accept")
    talk.wait(timedelta(days=8))

    assert "Ring the bell?" not in await talk.say("accept")
    assert "Ring the bell?" in await talk.say(accept)


async def test_result_list_is_paged(talk: Talk) -> None:
    await talk.say("looking for roses")
    assert len(talk.labels) == 24

    await talk.say("10")

    assert talk.state.menus[-1].page == 2
    assert talk.state.menus[-1].labels[0] == "Seller 10"
    assert await talk.say("2") == "How many?"
    assert talk.state.drafts[-1].task == "garden.order"


async def test_numbers_count_on_the_page_shown_as_text() -> None:
    talk = Talk(dialogue(), limits=TEXT_ONLY)
    await talk.say("looking for roses")

    await talk.say("9")
    menu = talk.state.menus[-1]

    assert menu.page == 2
    assert menu.labels[0] == "Seller 9"


async def test_page_of_the_menu_before_the_last_may_be_tapped(talk: Talk) -> None:
    await talk.say("looking for roses")
    await talk.say("when are you open")

    await talk.say(talk.message(kind="choice", choice_id="page:2"))

    assert talk.state.menus[-1].page == 2


@pytest.mark.parametrize(
    ("before", "line", "expected"),
    [
        ((), "menu", True),
        ((), "stop", True),
        ((), "order 10 roses", False),
        (("order roses",), "10", True),
        (("order roses",), "ten", True),
        (("order roses",), "quite a few", False),
        (("order",), "roses", True),
        (("order 10 roses to Gokwe",), "2", True),
        (("order 10 roses to Gokwe",), "plastic", True),
        (ALL, "yes", True),
        (ALL, "make it 12", False),
        (ALL, "edit", True),
    ],
)
async def test_what_needs_no_quiet_time(
    talk: Talk, before: tuple[str, ...], line: str, expected: bool
) -> None:
    await say_all(talk, *before)

    assert talk.at_once(line) is expected
