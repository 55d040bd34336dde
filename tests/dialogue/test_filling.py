"""Forms fill by themselves: what is missing is asked, what was said is kept, yes commits."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.channels.base import Limits
from sokoni.channels.outbound import ContactRequest, Text
from sokoni.contacts.models import Contact
from tests.dialogue.talking import GOKWE, Talk, dialogue
from tests.dialogue.toy import OrderFlow, OrderForm, RingFlow

ALL = ("order 10 roses to Gokwe", "clay", "skip")


async def say_all(talk: Talk, *lines: str) -> None:
    for line in lines:
        await talk.say(line)


async def test_asks_for_what_is_missing_in_order(talk: Talk) -> None:
    assert await talk.say("order") == "Which plant?"
    assert await talk.say("roses") == "How many?"
    assert await talk.say("10") == "Where to?"
    assert await talk.say("Gokwe") == "Which pot?"
    assert talk.labels == ["Clay", "Plastic"]
    assert await talk.tap("Clay") == "Anything to add?"
    assert "10 roses in a clay pot to Gokwe" in await talk.say("for my mother")
    assert talk.labels == ["Yes", "Edit", "A gift"]
    assert OrderFlow.orders == []

    assert await talk.say("yes") == "Ordered 10 plants."

    order = OrderForm(plant="roses", count=10, place=GOKWE, pot="clay", note="for my mother")
    assert OrderFlow.orders == [order]
    assert talk.state.drafts == ()


async def test_one_sentence_sets_several_slots(talk: Talk) -> None:
    assert await talk.say("I want to order 10 roses to Gokwe") == "Which pot?"


async def test_values_come_out_of_order_and_beside_the_answer(talk: Talk) -> None:
    await talk.say("order")

    assert await talk.say("10 in Gokwe") == "Which plant?"
    assert await talk.say("roses") == "Which pot?"


async def test_answer_brings_values_of_later_slots(talk: Talk) -> None:
    await talk.say("order roses")

    assert await talk.say("10 to Gokwe please") == "Which pot?"


@pytest.mark.parametrize("words", ["101", "0", "lots"])
async def test_unusable_value_gets_an_example(talk: Talk, words: str) -> None:
    await talk.say("order roses")

    assert await talk.say(words) == (
        "How many? Please write a number from 1 to 100, for example: 10."
    )
    assert await talk.say("10") == "Where to?"


async def test_flow_refuses_a_value_and_keeps_the_rest(talk: Talk) -> None:
    await talk.say("order roses")

    assert await talk.say("60") == "Only 50 left. How many?"
    assert await talk.say("50") == "Where to?"


async def test_text_too_long_is_not_understood(talk: Talk) -> None:
    await say_all(talk, "order 10 roses to Gokwe", "clay")

    assert await talk.say("x" * 51) == "Please write it in 50 letters at most."


async def test_optional_slot_may_be_skipped(talk: Talk) -> None:
    await say_all(talk, "order 10 roses to Gokwe", "clay")
    assert talk.labels == ["Skip"]

    assert "note: -" in await talk.say("skip")


async def test_no_skips_an_optional_slot(talk: Talk) -> None:
    await say_all(talk, "order 10 roses to Gokwe", "clay")

    assert "note: -" in await talk.say("no")


async def test_choice_at_the_summary_sets_a_slot(talk: Talk) -> None:
    await say_all(talk, *ALL)

    assert "gift: yes" in await talk.tap("A gift")
    assert talk.labels == ["Yes", "Edit"]
    await talk.say("yes")

    assert OrderFlow.orders[0].gift == "yes"


async def test_pin_answers_a_place(talk: Talk) -> None:
    await say_all(talk, "order 10 roses")
    assert talk.said.neutral is not None
    assert talk.said.neutral.ask_location

    assert await talk.say(talk.pinned(-18.2, 28.9)) == "Which pot?"


async def test_early_pin_is_kept(talk: Talk) -> None:
    await talk.say("order")

    assert await talk.say(talk.pinned(-18.2, 28.9)) == "Which plant?"
    assert await talk.say("10 roses") == "Which pot?"


async def test_pin_far_from_every_place_is_asked_for_in_words(talk: Talk) -> None:
    await talk.say("order 10 roses")

    assert "Please write the name of your town" in await talk.say(talk.pinned(51, 0))
    assert talk.keys[-1] == "garden.order.place.ask"


async def test_pin_that_nobody_wants_loses_nothing(talk: Talk) -> None:
    await say_all(talk, "order 10 roses to Gokwe")

    answer = await talk.say(talk.pinned(-18.2, 28.9))

    assert answer == "Thank you, but I need no location now.\n\nWhich pot?"


async def test_a_phone_number_is_asked_for_by_the_channels_own_button(talk: Talk) -> None:
    assert await talk.say("call me") == "Which number may we call?"

    assert tuple(talk.said.contents) == (ContactRequest("Which number may we call?"),)


async def test_a_shared_number_answers_a_phone_slot(talk: Talk) -> None:
    await talk.say("call me")

    assert await talk.say(talk.shared("0771 000 001")) == "Is there another?"
    assert tuple(talk.said.contents) == (ContactRequest("Is there another?\n\n1. Skip"),)

    answer = await talk.say(talk.shared("12", "+263772000002"))

    assert answer == "We call +263771000001 or +263772000002."


@pytest.mark.parametrize("typed", ["1", "skip", "Skip"])
async def test_a_phone_slot_is_skipped_by_typing(talk: Talk, typed: str) -> None:
    await say_all(talk, "call me", "0771 000 001")

    assert await talk.say(typed) == "We call +263771000001 or -."


async def test_a_typed_number_answers_a_phone_slot_too(talk: Talk) -> None:
    await talk.say("call me")

    assert await talk.say("it is 0771 000 001") == "Is there another?"


async def test_a_shared_number_that_is_none_is_asked_for_again(talk: Talk) -> None:
    await talk.say("call me")

    assert await talk.say(talk.shared("12")) == "Please write a number, such as 0771 000 001."


async def test_where_the_channel_has_no_button_the_number_is_asked_for_in_words() -> None:
    talk = Talk(dialogue(), limits=Limits(contact_request=False))

    await talk.say("call me")
    assert tuple(talk.said.contents) == (Text("Which number may we call?"),)
    await talk.say("0771 000 001")
    assert talk.labels == ["Skip"]


async def test_a_shared_card_that_nobody_wants_loses_nothing(talk: Talk) -> None:
    await say_all(talk, "order 10 roses to Gokwe")

    await talk.say(talk.shared())

    assert talk.text.endswith("Which pot?")


async def test_refusal_while_committing_undoes_what_was_written(session: AsyncSession) -> None:
    talk = Talk(dialogue(), session=session)
    await say_all(talk, "order 10 cactus to Gokwe", "clay", "skip")

    assert await talk.say("yes") == "Which plant?"

    assert await session.scalar(select(func.count()).select_from(Contact)) == 0
    assert talk.context.renamed_to == ""
    assert talk.context.for_staff == []
    assert "10 roses in a clay pot" in await talk.say("roses")


async def test_task_that_follows_is_told_in_the_same_message(talk: Talk) -> None:
    await talk.say("ring the bell")
    assert talk.labels == ["Yes", "No"]

    assert await talk.tap("Yes") == "The bell rang.\n\nWe are open from 8 to 5."
    assert RingFlow.rung == ["front"]


async def test_prefilled_slot_is_not_asked_for(talk: Talk) -> None:
    talk.name = "Tendai"
    await talk.say("hi")
    dialogue_of_names = await talk.say("order")

    assert dialogue_of_names == "Which plant?"


async def test_yes_is_nothing_to_an_unseen_summary(talk: Talk) -> None:
    await say_all(talk, "order 10 roses to Gokwe", "clay")

    answer = await talk.say("skip", "yes")

    assert "Right?" in answer
    assert OrderFlow.orders == []
    assert await talk.say("yes") == "Ordered 10 plants."


async def test_yes_after_a_change_in_the_same_burst_commits_nothing(talk: Talk) -> None:
    await say_all(talk, *ALL)

    assert "12 roses" in await talk.say("12 of them", "yes")

    assert OrderFlow.orders == []


async def test_unsure_words_at_the_summary_commit_nothing(talk: Talk) -> None:
    await say_all(talk, *ALL)

    answer = await talk.say("hmm let me think")

    assert answer.startswith("Sorry, I did not understand that.")
    assert "10 roses" in answer
    assert OrderFlow.orders == []
