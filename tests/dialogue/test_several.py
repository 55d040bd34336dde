"""Several things in one message: the first is dealt with, and every other after it."""

import pytest

from tests.dialogue.orchard import OfferFlow, orchard
from tests.dialogue.talking import Talk

LATER = "One at a time. After this one we go on with:\n"
TWO = "selling 10 apples at $2 and 5 pears at $3 in Gokwe"


@pytest.fixture
def talk() -> Talk:
    return Talk(orchard())


def offered() -> list[tuple[str, int, str]]:
    return [(one.fruit, one.count, one.price.amount) for one in OfferFlow.offers]


async def play(talk: Talk, *lines: str) -> str:
    for line in lines:
        await talk.say(line)
    return talk.text


async def test_every_thing_is_offered_one_after_the_other(talk: Talk) -> None:
    assert await talk.say(TWO) == (f"{LATER}- pears\n\n10 apples at $2.00 in Gokwe. Right?")
    assert await talk.say("yes") == (
        "Offered apples.\n\nNext: pears.\n\n5 pears at $3.00 in Gokwe. Right?"
    )
    assert await talk.say("yes") == "Offered pears."
    assert offered() == [("apples", 10, "2.00"), ("pears", 5, "3.00")]
    assert talk.state.drafts == ()


async def test_what_is_missing_is_asked_of_each(talk: Talk) -> None:
    assert await talk.say("selling apples, pears and plums") == (
        f"{LATER}- pears\n- plums\n\nHow many?"
    )
    said = await play(talk, "10", "$2", "Gokwe", "yes")

    assert said == "Offered apples.\n\nNext: pears.\n\nHow many?"
    assert await play(talk, "5", "$3", "yes") == "Offered pears.\n\nNext: plums.\n\nHow many?"


async def test_nothing_is_committed_without_a_yes_of_its_own(talk: Talk) -> None:
    await talk.say(TWO)

    await talk.say("yes", "yes")

    assert offered() == [("apples", 10, "2.00")]
    assert "5 pears" in talk.text


async def test_leaving_one_goes_on_with_the_next(talk: Talk) -> None:
    await talk.say(TWO)

    assert await talk.say("cancel") == (
        "Cancelled.\n\nNext: pears.\n\n5 pears at $3.00 in Gokwe. Right?"
    )
    assert await talk.say("cancel") == "Cancelled."
    assert offered() == []


async def test_starting_again_keeps_the_others(talk: Talk) -> None:
    await play(talk, TWO, "restart", "apples", "7", "$1", "Gokwe", "yes")

    assert talk.text == "Offered apples.\n\nNext: pears.\n\n5 pears at $3.00 in Gokwe. Right?"


async def test_corrections_are_of_the_open_one(talk: Talk) -> None:
    await talk.say(TWO)

    assert await talk.say("make it 12") == "12 apples at $2.00 in Gokwe. Right?"
    assert "5 pears" in await talk.say("yes")


async def test_another_task_in_the_middle_comes_back_to_the_same_one(talk: Talk) -> None:
    await talk.say("selling apples and pears")

    assert (await talk.say("who has apples")).endswith("How many?")
    assert await play(talk, "10", "$2", "Gokwe", "yes") == (
        "Offered apples.\n\nNext: pears.\n\nHow many?"
    )


async def test_things_of_a_burst_follow_one_another(talk: Talk) -> None:
    said = await talk.say("selling 10 apples at $2 in Gokwe", "selling 5 pears at $3 in Gokwe")

    assert said == f"{LATER}- pears\n\n10 apples at $2.00 in Gokwe. Right?"
    assert "5 pears at $3.00" in await talk.say("yes")


@pytest.mark.parametrize(
    "line", ["5 pears at $3", "and 5 pears at $3 each", "5 pears @ $3 in Gweru"]
)
async def test_another_thing_in_the_middle_waits_its_turn(talk: Talk, line: str) -> None:
    await talk.say("selling 10 apples at $2 in Gokwe")

    assert await talk.say(line) == f"{LATER}- pears\n\n10 apples at $2.00 in Gokwe. Right?"
    assert "5 pears at $3.00" in await talk.say("yes")


async def test_answer_may_name_others_too(talk: Talk) -> None:
    await talk.say("selling apples in Gokwe")

    assert await talk.say("10 at $2 and 5 pears at $3") == (
        f"{LATER}- pears\n\n10 apples at $2.00 in Gokwe. Right?"
    )
    assert "5 pears at $3.00" in await talk.say("yes")


async def test_answer_to_the_first_question_may_name_several(talk: Talk) -> None:
    await talk.say("offer")

    assert await talk.say("apples and pears") == f"{LATER}- pears\n\nHow many?"


async def test_what_stood_for_a_yes_comes_back_after_another_one(talk: Talk) -> None:
    await talk.say("selling 10 apples at $2 in Gokwe")

    assert await talk.say("selling 5 pears at $3 in Gokwe") == "5 pears at $3.00 in Gokwe. Right?"
    assert await talk.say("yes") == (
        "Offered pears.\n\nNext: apples.\n\n10 apples at $2.00 in Gokwe. Right?"
    )


@pytest.mark.parametrize(
    ("line", "count", "fruit"),
    [
        ("selling 10 apples and pears at $2 in Gokwe", 10, "apples and pears"),
        ("selling 10 apples at $2, healthy and fresh, in Gokwe", 10, "apples"),
        ("selling 10 apples at $2 in Gokwe, the apples are sweet", 10, "apples"),
        ("hello, my dear, selling 10 apples at $2 in Gokwe, call me", 10, "apples"),
        ("selling 10 bread and butter sets at $2 in Gokwe", 10, "bread and butter sets"),
    ],
)
async def test_one_thing_stays_one(talk: Talk, line: str, count: int, fruit: str) -> None:
    assert await talk.say(line) == f"{count} {fruit} at $2.00 in Gokwe. Right?"


async def test_thing_nobody_knows_counts_where_enough_is_said_of_it(talk: Talk) -> None:
    assert await talk.say("selling 10 apples at $2 and 3 durians at $9 in Gokwe") == (
        f"{LATER}- durians\n\n10 apples at $2.00 in Gokwe. Right?"
    )


async def test_place_of_one_is_no_place_of_another(talk: Talk) -> None:
    await talk.say("selling 10 apples at $2 in Gokwe and 5 pears at $3 in Gweru")

    assert "in Gokwe" in talk.text
    assert "5 pears at $3.00 in Gweru" in await talk.say("yes")


async def test_two_tasks_in_one_message(talk: Talk) -> None:
    assert await talk.say("selling 10 apples at $2 in Gokwe and looking for pears") == (
        f"{LATER}- pears\n\n10 apples at $2.00 in Gokwe. Right?"
    )
    assert await talk.say("yes") == "Offered apples.\n\nThese have pears."


# --- queries ------------------------------------------------------------------------------------


async def test_queries_are_answered_in_one_message(talk: Talk) -> None:
    assert (await talk.say("looking for apples and pears")).startswith("These have apples.")
    assert "These have pears." in talk.text
    assert talk.labels == ["Seller of pears"]
    assert await talk.say("seller of apples") == "I ask for apples."


async def test_question_of_a_query_is_answered_before_the_next(talk: Talk) -> None:
    assert await talk.say("looking for plums and apples") == (
        f"{LATER}- apples\n\nNobody has plums. Shall I ask around?"
    )
    assert await talk.say("yes") == "I ask for plums.\n\nThese have apples."


async def test_more_results_than_a_message_holds_are_asked_for_again(talk: Talk) -> None:
    said = await talk.say("looking for apples, pears and plums")

    assert "These have pears." in said
    assert "Nobody has plums" not in said
    assert said.endswith("Please write again what else you want:\n- plums")
