"""A card that comes as a file is read when it has come, and then taken as one that was shared."""

import msgspec
import pytest

from sokoni.channels.inbound import Medium, Message, SharedContact
from sokoni.dialogue.cards import CARD
from sokoni.messaging.events import Answer
from tests.dialogue.talking import Talk, dialogue


@pytest.fixture
def talk() -> Talk:
    return Talk(dialogue())


def card(talk: Talk) -> Message:
    medium = Medium(kind="document", id="https://api.twilio.com/ME1", mime_type="text/vcard")
    return msgspec.structs.replace(talk.message(kind="contacts"), medium=medium)


def came(talk: Talk, *phones: str, outcome: str = "done") -> Answer:
    [asked] = talk.context.asks
    assert asked.kind == CARD
    data: object = [SharedContact(name="Ana", phones=phones)]
    if outcome != "done":
        data = {"reason": "file_gone"}
    raw = msgspec.Raw(msgspec.json.encode(data))
    return Answer(kind=CARD, request_id=str(asked.request_id), outcome=outcome, data=raw)


async def test_card_answers_a_phone_slot_when_it_has_come(talk: Talk) -> None:
    await talk.say("call me")

    assert await talk.say(card(talk)) == ""
    assert await talk.say(came(talk, "12", "0771 000 001")) == "Is there another?"


async def test_card_without_a_number_is_asked_for_again(talk: Talk) -> None:
    await talk.say("call me")
    await talk.say(card(talk))

    assert await talk.say(came(talk, "12")) == "Please write a number, such as 0771 000 001."


@pytest.mark.parametrize("outcome", ["done", "failed", "unknown"])
async def test_card_with_nothing_on_it_is_to_be_typed(talk: Talk, outcome: str) -> None:
    await talk.say("call me")
    await talk.say(card(talk))

    answer = await talk.say(came(talk, outcome=outcome))

    assert talk.keys[0] == "dialogue.please_type"
    assert answer.endswith("Which number may we call?")
