"""The engine's own conversation in Hindi and in Arabic: steering, a task, and the way out."""

from dataclasses import replace

import pytest

from tests.dialogue.talking import PROFILE, Talk, dialogue
from tests.dialogue.toy import OrderFlow


def talk_in(*languages: str) -> Talk:
    OrderFlow.orders.clear()
    profile = replace(PROFILE, languages=languages)
    return Talk(dialogue(profile), profile)


async def test_hindi_is_spoken_from_the_greeting_on() -> None:
    talk = talk_in("en", "hi")

    assert (await talk.say("नमस्ते")).startswith("नमस्ते, यह")
    assert talk.said.language == "hi"
    assert await talk.say("धन्यवाद") == "आपका स्वागत है।"
    assert "“बंद करो”" in await talk.say("madad")


async def test_a_task_is_steered_in_hindi() -> None:
    talk = talk_in("en", "hi")

    await talk.say("order 10 roses to Gokwe")
    await talk.say("hindi me baat karo")
    await talk.say("clay")
    await talk.say("छोड़ें")
    assert talk.labels[:2] == ["हाँ", "बदलें"]
    assert await talk.say("badalna hai") == "आप क्या बदलना चाहेंगे?"
    await talk.say("पीछे")
    await talk.say("haanji")

    assert len(OrderFlow.orders) == 1


async def test_a_task_is_steered_in_arabic() -> None:
    talk = talk_in("en", "ar")

    await talk.say("order 10 roses to Gokwe")
    await talk.say("بالعربي")
    await talk.say("clay")
    await talk.say("تخطي")
    assert talk.labels[:2] == ["نعم", "تعديل"]
    assert (await talk.say("إلغاء")).startswith("Cancelled.")
    await talk.say("order 10 roses to Gokwe")
    await talk.say("clay")
    await talk.say("تخطى")
    await talk.say("na3am")

    assert len(OrderFlow.orders) == 1


@pytest.mark.parametrize(
    ("language", "stop", "start"),
    [
        ("hi", "बंद करो", "शुरू करो"),
        ("hi", "band karo", "START"),
        ("hi", "मैसेज मत भेजो", "shuru karo"),
        ("ar", "إيقاف", "ابدأ"),
        ("ar", "الغاء الاشتراك", "START"),
    ],
)
async def test_messages_are_stopped_and_begin_again(language: str, stop: str, start: str) -> None:
    talk = talk_in("en", language)

    await talk.say(stop)
    assert talk.opted_out
    await talk.say(start)

    assert not talk.opted_out


async def test_a_word_of_another_merchants_language_stops_messages_too() -> None:
    talk = talk_in("en", "sn")

    await talk.say("لا ترسلوا لي رسائل")

    assert talk.opted_out
    assert talk.text.startswith("You will get no more messages")


async def test_the_language_is_changed_by_its_name() -> None:
    talk = talk_in("ar", "en", "hi")

    assert (await talk.say("in English please")).startswith("We go on in English.")
    assert (await talk.say("हिंदी में")).startswith("अब हम हिन्दी में बात करेंगे।")
    assert (await talk.say("عربي")).startswith("نكمل بالعربية.")


async def test_who_shows_no_language_is_answered_in_the_merchants_first_one() -> None:
    talk = talk_in("ar", "en")

    assert (await talk.say("9876543210")).startswith("مرحبا")


async def test_lines_from_the_left_have_no_marks() -> None:
    talk = talk_in("en", "hi")

    await talk.say("order 10 roses to Gokwe")

    assert "\u200f" not in talk.text
