"""A photo answers the slot that wants one, when it has come; nobody is kept waiting for it."""

from datetime import timedelta

import msgspec
import pytest

from sokoni.channels.inbound import Medium, Message
from sokoni.dialogue.fetching import FETCH, FileWish
from sokoni.kit.ids import new_id
from sokoni.media.kinds import FileKind
from sokoni.media.models import MediaId
from sokoni.media.references import FileRef
from sokoni.messaging.events import Answer, AskFor
from tests.dialogue.gallery import HangFlow, ProveFlow, gallery
from tests.dialogue.talking import Talk, dialogue

WHERE_IS_IT = "Please send a photo of it.\n\n1. Skip"


@pytest.fixture
def talk() -> Talk:
    return Talk(gallery())


def sent(talk: Talk, kind: str = "image", text: str = "", mime_type: str = "") -> Message:
    medium = Medium(kind=kind, id=f"m{new_id().hex}", mime_type=mime_type)
    return msgspec.structs.replace(talk.message(kind=kind, text=text), medium=medium)


async def send(talk: Talk, kind: str = "image", text: str = "", mime_type: str = "") -> str:
    return await talk.say(sent(talk, kind, text, mime_type))


def fetch(talk: Talk) -> AskFor:
    """Return the one request that the last turn made."""
    [asked] = talk.context.asks
    assert asked.kind == FETCH
    return asked


def wished(asked: AskFor) -> FileWish:
    return msgspec.json.decode(asked.payload, type=FileWish)


def answered(asked: AskFor, outcome: str, data: object) -> Answer:
    raw = msgspec.Raw(msgspec.json.encode(data))
    return Answer(kind=FETCH, request_id=str(asked.request_id), outcome=outcome, data=raw)


def came(asked: AskFor, mime_type: str = "image/jpeg") -> Answer:
    return answered(asked, "done", FileRef(MediaId(asked.request_id), mime_type))


def failed(asked: AskFor, reason: str) -> Answer:
    return answered(asked, "failed", {"reason": reason, "data": None})


async def asked_for_photo(talk: Talk) -> None:
    await talk.say("hang a picture")
    await talk.say("40")
    assert talk.keys == ["gallery.hang.photo.ask"]


async def waiting_for_photo(talk: Talk) -> AskFor:
    """Come to where nothing is missing but what is on its way."""
    await asked_for_photo(talk)
    await send(talk)
    asked = fetch(talk)
    assert talk.keys == ["gallery.hang.price.ask"]
    await talk.say("$5")
    return asked


async def test_photo_is_fetched_while_the_next_question_is_answered(talk: Talk) -> None:
    await asked_for_photo(talk)

    assert await send(talk) == "How much?"
    asked = fetch(talk)
    assert (wished(asked).kind, wished(asked).contact_id) == (
        FileKind.IMAGE,
        talk.context.person.id,
    )
    assert await talk.say(came(asked)) == ""
    assert await talk.say("$5") == "40 cm for 5.00, as seen. Right?"
    await talk.say("yes")

    [hung] = HangFlow.hung
    assert hung.photo == FileRef(MediaId(asked.request_id))


async def test_summary_waits_for_what_is_on_its_way(talk: Talk) -> None:
    asked = await waiting_for_photo(talk)
    assert talk.keys == ["dialogue.file_coming"]

    assert await talk.say(came(asked)) == "40 cm for 5.00, as seen. Right?"


async def test_nothing_is_said_until_the_last_answer_has_come(talk: Talk) -> None:
    await talk.say("prove")
    assert talk.text == "Please send the paper."
    await talk.say(sent(talk, "document", mime_type="application/pdf"))
    asked = fetch(talk)
    assert wished(asked).kind is FileKind.DOCUMENT
    await talk.say("skip")
    assert talk.keys == ["dialogue.file_coming"]
    assert talk.labels == []

    assert await talk.say(came(asked, "application/pdf")) == "Proved: -."

    assert ProveFlow.proved[0].paper == FileRef(MediaId(asked.request_id), "application/pdf")


async def test_photo_sent_last_is_answered_by_the_summary_alone(talk: Talk) -> None:
    await talk.say("hang a picture 40 for $5")
    assert talk.text.startswith("Please send a photo")

    assert await send(talk) == ""
    assert await talk.say(came(fetch(talk))) == "40 cm for 5.00, as seen. Right?"


async def test_photo_and_its_caption_begin_a_task(talk: Talk) -> None:
    assert await send(talk, text="hang a picture, 40 wide") == "How much?"
    asked = fetch(talk)

    await talk.say("$5")
    assert "as seen" in await talk.say(came(asked))


async def test_photo_and_the_line_after_it_begin_a_task(talk: Talk) -> None:
    await talk.say(sent(talk), "hang a picture, 40 wide, $5")
    assert talk.text == ""

    assert "as seen" in await talk.say(came(fetch(talk)))


async def test_caption_says_more_of_the_open_task(talk: Talk) -> None:
    await asked_for_photo(talk)

    assert await send(talk, text="for $7") == ""
    assert await talk.say(came(fetch(talk))) == "40 cm for 7.00, as seen. Right?"


async def test_caption_that_says_nothing_is_no_answer(talk: Talk) -> None:
    await asked_for_photo(talk)

    assert await send(talk, text="here it is, isn't it nice") == "How much?"


async def test_first_of_an_album_is_taken(talk: Talk) -> None:
    await asked_for_photo(talk)
    first = sent(talk)

    assert await talk.say(first, sent(talk), sent(talk)) == "How much?"

    assert wished(fetch(talk)).medium == first.medium


async def test_another_photo_of_an_album_that_comes_late_changes_nothing(talk: Talk) -> None:
    await asked_for_photo(talk)
    await send(talk)
    asked = fetch(talk)

    await send(talk)

    assert talk.context.asks == []
    await talk.say(came(asked), "$5")
    assert "as seen" in talk.text


async def test_photo_may_be_skipped(talk: Talk) -> None:
    await asked_for_photo(talk)
    assert talk.labels == ["Skip"]

    await talk.tap("Skip")

    assert await talk.say("$5") == "40 cm for 5.00, unseen. Right?"


async def test_photo_on_its_way_may_be_gone_without(talk: Talk) -> None:
    asked = await waiting_for_photo(talk)
    assert talk.labels == ["Skip"]

    assert await talk.tap("Skip") == "40 cm for 5.00, unseen. Right?"

    assert await talk.say(came(asked)) == ""
    await talk.say("yes")
    assert HangFlow.hung[0].photo is None


async def test_paper_on_its_way_that_is_needed_is_waited_for(talk: Talk) -> None:
    await talk.say("prove")
    await talk.say(sent(talk, "image"), "skip")

    await talk.say("skip")

    assert talk.keys == ["dialogue.cannot_skip", "dialogue.file_coming"]


@pytest.mark.parametrize(
    ("reason", "key"),
    [
        ("file_too_large", "dialogue.file_too_large"),
        ("file_type_refused", "dialogue.file_type_refused"),
        ("file_gone", "dialogue.file_not_fetched"),
        ("no_performer", "dialogue.file_not_fetched"),
    ],
)
async def test_photo_that_did_not_come_is_owned_up_to_and_asked_again(
    talk: Talk, reason: str, key: str
) -> None:
    asked = await waiting_for_photo(talk)

    await talk.say(failed(asked, reason))

    assert talk.keys == [key]
    assert talk.labels == ["Skip"]
    await send(talk)
    assert "as seen" in await talk.say(came(fetch(talk)))


async def test_photo_that_did_not_come_may_be_skipped(talk: Talk) -> None:
    await talk.say(failed(await waiting_for_photo(talk), "file_too_large"))

    assert await talk.tap("Skip") == "40 cm for 5.00, unseen. Right?"


async def test_photo_that_did_not_come_is_told_in_the_middle_and_asked_at_the_end(
    talk: Talk,
) -> None:
    await asked_for_photo(talk)
    await send(talk)

    await talk.say(failed(fetch(talk), "file_too_large"))
    assert talk.keys == ["dialogue.file_too_large", "gallery.hang.price.ask"]
    assert await talk.say("$5") == WHERE_IS_IT.partition("\n")[0]


async def test_photo_is_checked_when_it_has_come(talk: Talk) -> None:
    asked = await waiting_for_photo(talk)
    HangFlow.stolen.add(asked.request_id)

    await talk.say(came(asked))

    assert talk.keys == ["gallery.hang.photo.stolen"]


async def test_another_photo_takes_the_place_of_the_first(talk: Talk) -> None:
    asked = await waiting_for_photo(talk)
    await talk.say(came(asked))
    assert "as seen" in talk.text

    assert await send(talk) == ""
    other = fetch(talk)
    await talk.say("yes")
    assert talk.keys[-1] == "dialogue.file_coming"
    assert HangFlow.hung == []
    assert "as seen" in await talk.say(came(other))
    await talk.say("yes")

    [hung] = HangFlow.hung
    assert hung.photo == FileRef(MediaId(other.request_id))


async def test_first_photo_stays_where_the_other_did_not_come(talk: Talk) -> None:
    asked = await waiting_for_photo(talk)
    await talk.say(came(asked))
    await send(talk)

    await talk.say(failed(fetch(talk), "file_too_large"))

    assert talk.keys == ["dialogue.file_too_large", "gallery.hang.summary_with_photo"]
    await talk.say("yes")
    assert HangFlow.hung[0].photo == FileRef(MediaId(asked.request_id))


async def test_photo_of_a_task_that_was_left_is_let_go(talk: Talk) -> None:
    asked = await waiting_for_photo(talk)
    await talk.say("cancel")

    assert await talk.say(came(asked)) == ""
    assert await talk.say(failed(asked, "file_gone")) == ""
    assert talk.state.drafts == ()


async def test_photo_of_a_task_below_another_comes_quietly(talk: Talk) -> None:
    await asked_for_photo(talk)
    await send(talk)
    asked = fetch(talk)
    await talk.say("prove")
    assert "Please send the paper." in talk.text

    assert await talk.say(came(asked)) == ""

    await talk.say("cancel")
    assert await talk.say("$5") == "40 cm for 5.00, as seen. Right?"


async def test_going_back_asks_for_another(talk: Talk) -> None:
    await waiting_for_photo(talk)
    await talk.say("back")
    await talk.say("back")

    assert talk.keys == ["gallery.hang.photo.ask"]


async def test_words_are_no_photo(talk: Talk) -> None:
    await asked_for_photo(talk)

    await talk.say("it is red")
    assert talk.keys == ["gallery.hang.photo.not_understood"]

    for said in (str(new_id()), f'{{"id":"{new_id()}"}}'):
        await talk.say(said)
        assert talk.context.asks == []
        assert "photo" not in talk.state.drafts[-1].known


@pytest.mark.parametrize("kind", ["audio", "video", "sticker", "document"])
async def test_other_files_are_no_photo(talk: Talk, kind: str) -> None:
    await asked_for_photo(talk)

    await send(talk, kind, mime_type="application/pdf")

    assert talk.keys == ["gallery.hang.photo.not_understood"]
    assert talk.context.asks == []


async def test_photo_may_be_sent_as_a_document(talk: Talk) -> None:
    await asked_for_photo(talk)

    await send(talk, "document", mime_type="image/png")

    assert wished(fetch(talk)).kind is FileKind.IMAGE


@pytest.mark.parametrize("kind", ["audio", "video", "sticker", "document"])
async def test_what_cannot_be_read_is_answered_once_in_a_burst(kind: str) -> None:
    talk = Talk(dialogue())

    await talk.say(sent(talk, kind), sent(talk, kind), sent(talk, "image"), sent(talk, kind))

    assert talk.keys == ["dialogue.please_type"]


async def test_notes_that_follow_one_another_are_answered_once() -> None:
    talk = Talk(dialogue())
    await talk.say("order roses")
    await talk.say(sent(talk, "audio"))
    assert talk.keys == ["dialogue.please_type", "garden.order.count.ask"]

    for kind in ("audio", "video", "sticker", "unsupported"):
        talk.wait(timedelta(seconds=20))
        await talk.say(sent(talk, kind))
        assert talk.said.neutral is None

    await talk.say("7")
    assert talk.keys == ["garden.order.place.ask"]


async def test_note_after_a_pause_or_after_other_words_is_answered_again() -> None:
    talk = Talk(dialogue())
    await talk.say(sent(talk, "audio"))
    talk.wait(timedelta(seconds=31))
    await talk.say(sent(talk, "audio"))
    assert talk.keys == ["dialogue.please_type"]

    await talk.say("order roses")
    await talk.say(sent(talk, "audio"))
    assert talk.keys == ["dialogue.please_type", "garden.order.count.ask"]


async def test_open_question_is_asked_again_below_it() -> None:
    talk = Talk(dialogue())
    await talk.say("order roses")

    await talk.say(sent(talk, "audio"), sent(talk, "audio"))

    assert talk.keys == ["dialogue.please_type", "garden.order.count.ask"]


async def test_what_is_typed_beside_a_voice_note_counts() -> None:
    talk = Talk(dialogue())
    await talk.say("order roses")

    await talk.say(sent(talk, "audio"), "7")

    assert talk.keys == ["dialogue.please_type", "garden.order.place.ask"]


async def test_picture_that_nothing_asks_for_is_said_to_be_of_no_use() -> None:
    talk = Talk(dialogue())

    await talk.say(sent(talk), sent(talk))

    assert talk.keys == ["dialogue.picture_unused"]
    assert talk.context.asks == []


async def test_words_below_a_picture_that_nothing_asks_for_count() -> None:
    talk = Talk(dialogue())

    await send(talk, text="order roses")

    assert talk.keys == ["garden.order.count.ask"]


@pytest.mark.parametrize("kind", ["image", "audio", "video", "sticker", "document", "unsupported"])
def test_more_may_follow_a_file(kind: str) -> None:
    talk = Talk(dialogue())

    assert not dialogue().settles_at_once(talk.state, sent(talk, kind))


@pytest.mark.parametrize(
    ("word", "key"), [("agent", "dialogue.handed_over"), ("stop", "dialogue.opted_out")]
)
async def test_whoever_calls_a_person_or_stops_is_told_of_that_alone(
    talk: Talk, word: str, key: str
) -> None:
    await talk.say(sent(talk, "audio"), word)

    assert talk.keys == [key]
