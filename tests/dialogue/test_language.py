"""Replies come in the contact's language, from the first message on."""

import pytest

from tests.dialogue.talking import Talk
from tests.dialogue.test_filling import ALL, say_all
from tests.dialogue.toy import OrderFlow


@pytest.mark.parametrize(
    ("words", "language", "greeting"),
    [
        ("hello", "", "Hello"),
        ("makadii", "sn", "Mhoro"),
        ("salibonani", "nd", "Sawubona"),
    ],
)
async def test_first_answer_is_in_the_language_of_the_greeting(
    talk: Talk, words: str, language: str, greeting: str
) -> None:
    assert (await talk.say(words)).startswith(greeting)
    assert talk.said.language == language


async def test_language_is_open_until_it_shows(talk: Talk) -> None:
    await talk.say("12345 67890")

    assert talk.said.language == ""
    assert "What would you like to do?" in talk.text


async def test_language_changes_at_a_word_and_keeps_the_task(talk: Talk) -> None:
    await say_all(talk, "order 10 roses to Gokwe")

    assert await talk.say("Shona") == "Tava kutaura neShona.\n\nWhich pot?"
    assert talk.said.language == "sn"
    assert (await talk.say("zzz")).startswith("Please pick")
    assert await talk.say("Ndebele") != ""
    assert talk.said.language == "nd"


async def test_language_that_the_merchant_does_not_speak(talk: Talk) -> None:
    assert (await talk.say("Arabic")) == "I do not speak that language."

    assert talk.said.language == ""


async def test_one_word_answer_changes_no_language(talk: Talk) -> None:
    await talk.say("ndinoda kuodha maruva")
    assert talk.said.language == "sn"

    await talk.say("each")

    assert talk.said.language == "sn"


@pytest.mark.parametrize("words", ["hongu", "yebo", "yes", "ehe"])
async def test_yes_counts_in_every_language(talk: Talk, words: str) -> None:
    await say_all(talk, *ALL)

    await talk.say(words)

    assert len(OrderFlow.orders) == 1


async def test_trigger_of_another_language_starts_the_task(talk: Talk) -> None:
    await talk.say("Ndinoda kuodha roses")

    assert talk.state.drafts[-1].task == "garden.order"


async def test_labels_are_taken_as_they_were_shown(talk: Talk) -> None:
    await say_all(talk, "ndinoda kuodha 10 roses kuGokwe", "Gokwe", "clay", "skip")
    assert talk.labels[:2] == ["Hongu", "Gadzirisa"]

    assert await talk.say("gadzirisa") == "Munoda kuchinja chii?"
