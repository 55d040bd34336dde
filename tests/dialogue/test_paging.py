"""Result lists come page by page, as things are when a page is turned; a flow returns items."""

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, Final, cast

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typing_extensions import override

from sokoni.channels.base import Limits
from sokoni.channels.outbound import Listing, Text
from sokoni.dialogue.engine import MerchantDialogue
from sokoni.dialogue.flow import FlowFactory, Outcome
from sokoni.dialogue.manifest import Task
from sokoni.messaging.events import Tell
from sokoni.messaging.prompts import Choice, Listed, Page, Prompt, Start
from tests.dialogue.talking import PROFILE, Talk, TwoPlaces, catalogues, dialogue
from tests.dialogue.test_filling import ALL, say_all
from tests.dialogue.toy import GARDEN, BedsFlow, BedsForm, OrderFlow

TEXT_ONLY: Final = Limits(buttons=0, rows=0)
HOURS: Final = Choice("hours", "None of these", command=Start("garden.hours"))
BED_2: Final = b'{"plant":"roses","count":2}'
END: Final = "That is all."


@pytest.fixture
def beds(talk: Talk) -> Talk:
    """Somebody who sees the first of three pages."""
    BedsFlow.beds = list(range(1, 24))
    return talk


def numbers(labels: list[str]) -> list[int]:
    return [int(label.removeprefix("Bed ")) for label in labels if label.startswith("Bed ")]


def ordered(talk: Talk) -> int:
    """Return the number of the bed that was picked."""
    draft = talk.state.drafts[-1]
    assert draft.task == "garden.order"
    return int(bytes(draft.known["count"]))


# --- pages ------------------------------------------------------------------------------------


async def test_list_is_shown_in_pages_until_it_ends(beds: Talk) -> None:
    first = await beds.say("show beds")
    assert (first, numbers(beds.labels), beds.labels[9:]) == (
        "Beds of roses.",
        list(range(1, 10)),
        ["More"],
    )

    second = await beds.say("more")
    assert (second, numbers(beds.labels), beds.labels[9:]) == (
        "Beds of roses.",
        list(range(10, 19)),
        ["More"],
    )

    third = await beds.tap("More")
    assert third == f"Beds of roses.\n\n{END}"
    assert beds.labels == [*(f"Bed {n}" for n in range(19, 24)), "Previous page"]


async def test_page_is_one_list_of_ten_rows(beds: Talk) -> None:
    await beds.say("show beds")

    (content,) = beds.said.contents
    assert isinstance(content, Listing)
    assert len(content.options) == 10


async def test_text_channel_shows_eight_and_the_ways_on_and_back() -> None:
    BedsFlow.beds, BedsFlow.own = list(range(1, 24)), ()
    talk = Talk(dialogue(), limits=TEXT_ONLY)
    await talk.say("show beds")
    assert len(talk.labels) == 9

    await talk.say("9")

    (content,) = talk.said.contents
    assert isinstance(content, Text)
    assert "1. Bed 9 \N{EN DASH} for 9 plants\n" in content.body
    assert "9. More\n10. Previous page\n" in content.body
    assert numbers(talk.labels) == list(range(9, 17))


@pytest.mark.parametrize("count", [1, 9, 10])
async def test_list_that_fits_has_one_page_and_no_end_to_tell(talk: Talk, count: int) -> None:
    BedsFlow.beds = list(range(1, count + 1))

    assert await talk.say("show beds") == "Beds of roses."
    assert talk.labels == [f"Bed {n}" for n in BedsFlow.beds]


async def test_nothing_found_is_the_flows_to_say(talk: Talk) -> None:
    assert await talk.say("show beds") == "No beds of roses."


async def test_own_choices_of_the_prompt_stand_on_the_last_page(beds: Talk) -> None:
    BedsFlow.own = (HOURS,)
    await beds.say("show beds")
    assert "None of these" not in beds.labels

    await beds.say("more", "more")
    await beds.say("more")

    assert beds.labels[-2:] == ["None of these", "Previous page"]


async def test_last_page_is_never_without_results(talk: Talk) -> None:
    BedsFlow.beds, BedsFlow.own = list(range(1, 10)), (HOURS, Choice("menu"))
    await talk.say("show beds")
    assert talk.labels == [*(f"Bed {n}" for n in range(1, 9)), "More"]

    await talk.say("more")

    assert talk.labels == ["Bed 9", "None of these", "Menu", "Previous page"]


@given(
    count=st.integers(1, 60),
    own=st.integers(0, 2),
    limits=st.builds(
        Limits, rows=st.sampled_from([0, 4, 10]), buttons=st.sampled_from([0, 3, 13])
    ),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_pages_together_show_each_result_once(count: int, own: int, limits: Limits) -> None:
    BedsFlow.beds, BedsFlow.own = list(range(1, count + 1)), (HOURS, Choice("menu"))[:own]
    talk = Talk(dialogue(), limits=limits)
    await talk.say("show beds")
    pages = [numbers(talk.labels)]
    while talk.state.menus[-1].listed and talk.state.menus[-1].listed.more:
        await talk.say("more")
        pages.append(numbers(talk.labels))

    assert [number for page in pages for number in page] == BedsFlow.beds
    assert all(pages)
    for page in reversed(pages[:-1]):
        await talk.say("back")
        assert numbers(talk.labels) == page


# --- turning them -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        *("more", "More please", "next", "show me more", "next page", "10", "option 10"),
        *("zvimwe", "ratidza zvimwe", "okunye", "tshengisa okunye", "المزيد", "और", "zaidi"),
    ],
)
async def test_next_page_may_be_asked_for_in_many_ways(beds: Talk, said: str) -> None:
    await beds.say("show beds")

    await beds.say(said)

    assert numbers(beds.labels) == list(range(10, 19))


@pytest.mark.parametrize(
    "said", ["back", "previous", "Previous page", "6", "dzokera shure", "emuva"]
)
async def test_page_before_may_be_asked_for_in_many_ways(beds: Talk, said: str) -> None:
    for line in ("show beds", "more", "more"):
        await beds.say(line)

    await beds.say(said)

    assert numbers(beds.labels) == list(range(10, 19))


@pytest.mark.parametrize(
    ("said", "number"), [("2", 11), ("the second one", 11), ("bed 18", 18), ("Bed 5", 5)]
)
async def test_numbers_count_on_the_page_and_labels_on_all(
    beds: Talk, said: str, number: int
) -> None:
    await beds.say("show beds")
    await beds.say("more")

    await beds.say(said)

    assert ordered(beds) == number


async def test_earlier_pages_may_still_be_tapped(beds: Talk) -> None:
    await beds.say("show beds")
    first = beds.tapped("Bed 3")
    for _ in range(2):
        await beds.say("more")

    await beds.say(first)

    assert ordered(beds) == 3


async def test_end_is_told_to_who_wants_more(beds: Talk) -> None:
    for line in ("show beds", "more", "more"):
        await beds.say(line)

    assert await beds.say("more") == "There is nothing more to show."
    assert numbers(await again(beds)) == list(range(19, 24))


async def again(talk: Talk) -> list[str]:
    await talk.say("show beds")
    for _ in range(2):
        await talk.say("more")
    return talk.labels


async def test_more_without_a_list(talk: Talk) -> None:
    assert await talk.say("more") == "There is nothing more to show."


async def test_more_is_no_control_word_where_a_question_is_open_and_no_list(talk: Talk) -> None:
    await talk.say("order 10 roses to Gokwe", "clay")

    assert "note: next" in await talk.say("next")


async def test_yesterdays_list_is_turned_by_a_tap_only(beds: Talk) -> None:
    await beds.say("show beds")
    more = beds.tapped("More")
    beds.wait(timedelta(hours=25))

    assert await beds.say("zvimwe") == "Hapana zvimwe."
    assert numbers(beds.labels) == []
    await beds.say(more)
    assert numbers(beds.labels) == list(range(10, 19))


async def test_back_leads_from_what_was_picked_to_its_page(beds: Talk) -> None:
    for line in ("show beds", "more", "when are you open", "looking for lilies"):
        await beds.say(line)

    await beds.say("back")

    assert numbers(beds.labels) == list(range(10, 19))


async def test_back_on_the_first_page_has_nowhere_to_go(beds: Talk) -> None:
    await beds.say("show beds")

    assert (await beds.say("back")).startswith("Nothing is open")


async def test_back_leads_to_the_list_before_and_no_further(beds: Talk) -> None:
    for line in ("show beds", "more", "beds of lilies"):
        await beds.say(line)
    assert await beds.say("back") == "Beds of roses."
    assert numbers(beds.labels) == list(range(10, 19))

    await beds.say("back")
    assert numbers(beds.labels) == list(range(1, 10))

    assert (await beds.say("back")).startswith("Nothing is open")


async def test_back_leads_to_each_list_that_was_looked_at(beds: Talk) -> None:
    for plant in ("roses", "lilies", "tulips", "roses"):
        await beds.say(f"beds of {plant}")

    back = [await beds.say("back") for _ in range(3)]

    assert back == ["Beds of tulips.", "Beds of lilies.", "Beds of roses."]


async def test_back_finds_a_list_though_other_things_were_shown_since(beds: Talk) -> None:
    await beds.say("show beds")
    for line in ("ring the bell", "no", "ring the bell", "no"):
        await beds.say(line)

    assert await beds.say("back") == "Beds of roses."


async def test_back_does_not_lead_to_yesterdays_lists(beds: Talk) -> None:
    await beds.say("show beds")
    beds.wait(timedelta(hours=25))

    assert "Beds of" not in await beds.say("back")


async def test_turning_needs_no_quiet_time(beds: Talk) -> None:
    await beds.say("show beds")

    assert beds.at_once("next")


async def test_another_page_is_no_other_task(beds: Talk) -> None:
    await beds.say("show beds")
    assert len(beds.said.marks) == 2

    await beds.say("more")

    assert beds.said.marks == ()


# --- in the middle of a task ------------------------------------------------------------------


@pytest.mark.parametrize("limits", [Limits(), TEXT_ONLY])
async def test_list_above_the_open_question_has_pages_too(limits: Limits) -> None:
    OrderFlow.orders.clear()
    BedsFlow.beds, BedsFlow.own = list(range(1, 24)), ()
    talk = Talk(dialogue(), limits=limits)
    await say_all(talk, *ALL)
    await talk.say("show beds")
    last = "10. More\n\n" if limits.rows else "9. More\n\n"
    assert last in talk.text
    assert talk.text.endswith("Right?")

    await talk.say(last.partition(".")[0])
    first = 10 if limits.rows else 9
    assert f"Beds of roses.\n1. Bed {first}: " in talk.text

    await talk.say("zvimwe")
    assert "Bed 19: " in talk.text
    assert "10 roses" in talk.text

    await talk.say("yes")
    assert len(OrderFlow.orders) == 1


async def test_back_in_the_middle_of_a_task_is_about_the_task(beds: Talk) -> None:
    await beds.say("order 10 roses to Gokwe")
    await beds.say("show beds")
    await beds.say("more")

    assert (await beds.say("back")).endswith("Which pot?")
    assert numbers(beds.labels) == []


# --- read anew --------------------------------------------------------------------------------


async def test_what_has_gone_is_not_shown_when_a_page_is_turned(beds: Talk) -> None:
    await beds.say("show beds")
    BedsFlow.beds = [number for number in BedsFlow.beds if number not in {12, 13}]

    await beds.say("more")

    assert numbers(beds.labels) == [10, 11, *range(14, 21)]


async def test_what_comes_and_goes_before_a_page_leaves_nothing_out_and_doubles_nothing(
    beds: Talk,
) -> None:
    await beds.say("show beds")
    BedsFlow.beds = [101, 102, 1, 2, 4, *range(6, 10), *range(10, 24)]
    await beds.say("more")
    assert numbers(beds.labels) == list(range(10, 19))

    for number in (1, 2, 4, 9, 10, 18):
        BedsFlow.beds.remove(number)
    await beds.say("more")

    assert numbers(beds.labels) == list(range(19, 24))


async def test_end_that_came_nearer_is_told(beds: Talk) -> None:
    await beds.say("show beds")
    del BedsFlow.beds[5:]

    assert await beds.say("more") == "There is nothing more to show."


async def test_whoever_turns_a_page_that_has_gone_is_shown_what_is_left(beds: Talk) -> None:
    await beds.say("show beds")
    BedsFlow.beds = [22, 23]

    assert await beds.say("more") == "The list has changed meanwhile.\n\nBeds of roses."
    assert beds.labels == ["Bed 22", "Bed 23"]
    await beds.say("2")
    assert ordered(beds) == 23


@pytest.mark.parametrize("said", ["more", "repeat"])
async def test_list_that_has_gone_is_the_flows_to_say(beds: Talk, said: str) -> None:
    await beds.say("show beds")
    BedsFlow.beds = []

    assert (await beds.say(said)).endswith("No beds of roses.")


async def test_repeat_shows_the_same_page_as_it_is_now(beds: Talk) -> None:
    await beds.say("show beds")
    await beds.say("more")
    BedsFlow.beds.remove(11)

    await beds.say("repeat")

    assert numbers(beds.labels) == [10, *range(12, 20)]
    assert beds.labels[-1] == "More"


async def test_list_is_shown_anew_when_a_person_has_left(beds: Talk) -> None:
    await beds.say("show beds")
    await beds.say("agent")
    BedsFlow.beds.remove(1)

    await beds.say("bot")

    assert numbers(beds.labels) == list(range(2, 11))


async def test_question_of_the_list_is_asked_again_on_every_page(beds: Talk) -> None:
    await beds.say("beds of lilies")

    assert await beds.say("more") == "Beds of lilies."


async def test_rows_are_remembered_only_as_what_may_be_picked(beds: Talk) -> None:
    await beds.say("show beds")
    for _ in range(2):
        await beds.say("more")

    assert b"for 19 plants" not in msgspec.json.encode(beds.state)
    assert [len(menu.choices) for menu in beds.state.menus] == [10, 10, 6]
    assert beds.state.last[0].choices == ()


# --- one of them ------------------------------------------------------------------------------


async def test_only_thing_to_choose_from_is_taken_at_once(talk: Talk) -> None:
    BedsFlow.beds, BedsFlow.sole = [7], True

    assert await talk.say("show beds") == "Where to?"
    assert ordered(talk) == 7


async def test_last_thing_of_several_is_not_taken_unasked(talk: Talk) -> None:
    BedsFlow.beds, BedsFlow.sole = list(range(1, 12)), True
    await talk.say("show beds")
    BedsFlow.beds.remove(11)

    await talk.say("more")

    assert talk.labels == ["Bed 10", "Previous page"]
    assert talk.state.drafts == ()


# --- yes before anything is done --------------------------------------------------------------


class TidyFlow(BedsFlow):
    """Does something on yes, and could list something too."""

    name: ClassVar[str] = "garden.tidy"
    tidied: ClassVar[int] = 0

    @override
    async def summary(self, form: BedsForm) -> Prompt | None:
        return Prompt("garden.ring.summary")

    @override
    async def complete(self, form: BedsForm) -> Outcome:
        TidyFlow.tidied += 1
        return Outcome(Prompt("garden.ring.done"))


async def test_what_needs_a_yes_is_no_list_and_turns_no_page(talk: Talk) -> None:
    BedsFlow.beds = list(range(1, 24))
    tidy = Task(name=TidyFlow.name, form=BedsForm, make=cast("FlowFactory", TidyFlow))
    garden = replace(GARDEN, tasks=(*GARDEN.tasks, tidy))
    talk = Talk(MerchantDialogue(PROFILE, [garden], catalogues(), places=TwoPlaces()))
    listed = Listed(task=TidyFlow.name, more=True)
    more = Choice("page:2", "More", command=Page(2))
    shown = Prompt("garden.told", {"buyer": "x"}, (more,), listed=listed)
    await talk.say(Tell(prompt=shown, purpose="notice"))

    assert (await talk.tap("More")).startswith("That choice is no longer open.")
    offer = Prompt("garden.hours.told", {}, (Choice("t", "Tidy", command=Start(TidyFlow.name)),))
    await talk.say(Tell(prompt=offer, purpose="notice"))
    assert await talk.tap("Tidy") == "Ring the bell?"
    assert TidyFlow.tidied == 0
    assert await talk.say("yes") == "The bell rang."
    assert TidyFlow.tidied == 1
