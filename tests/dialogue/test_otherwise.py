"""A question with choices that may be answered in other words: "something else", and the words."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.dialogue.talking import Talk
from tests.dialogue.workshop import MERCHANT, JobFlow, LeaveFlow, workshop


@pytest.fixture
async def asked(session: AsyncSession) -> Talk:
    """Return a conversation in which "Why?" was asked."""
    talk = Talk(workshop(), MERCHANT, session=session)
    assert await talk.say("call it off") == "Why?"
    assert talk.labels == ["Too expensive", "Not in time", "Something else"]
    return talk


@pytest.mark.parametrize(
    "said",
    [
        "he did not show up",
        "I found somebody else",
        "plumber was drunk",
        "he came and I need nothing now",
        "When are you open was never answered",
        "thief",
        "he took my money, what can I do?",
        "he is 2 hours behind",
    ],
)
async def test_other_words_are_something_else_and_kept(asked: Talk, said: str) -> None:
    assert await asked.say(said) == "Called off."

    assert LeaveFlow.left == [("other", said)]


@pytest.mark.parametrize(
    ("said", "reason"),
    [("2", "late"), ("not in time", "late"), ("Not in tim", "late"), ("too exp", "dear")],
)
async def test_number_label_and_nearly_the_label_come_first(
    asked: Talk, said: str, reason: str
) -> None:
    assert await asked.say(said) == "Anything else?"

    await asked.say("skip")
    assert LeaveFlow.left == [(reason, "")]


async def test_who_picks_something_else_is_asked_for_the_words(asked: Talk) -> None:
    assert await asked.say("3") == "Anything else?"

    await asked.say("he did not show up")
    assert LeaveFlow.left == [("other", "he did not show up")]


@pytest.mark.parametrize(
    ("said", "done"),
    [
        ("stop", "OptOut"),
        ("agent", "HandOver"),
        ("cancel", "Cancel"),
        ("back", "Back"),
        ("menu", "Menu"),
        ("skip", "Skip"),
        ("can I talk to someone", "HandOver"),
        ("how can I talk to a human?", "HandOver"),
        ("thanks", "Thank"),
    ],
)
async def test_control_words_stay_control_words(asked: Talk, said: str, done: str) -> None:
    await asked.say(said)

    assert asked.said.trace.endswith(done.lower())
    assert LeaveFlow.left == []


@pytest.mark.parametrize("said", ["9", "please", "yes", "..."])
async def test_what_says_nothing_is_not_understood(asked: Talk, said: str) -> None:
    assert await asked.say(said) == "Please pick a reason, or write one."

    assert LeaveFlow.left == []


@pytest.mark.parametrize("said", ["and what?", "did he ever come?", "who is she?"])
async def test_question_that_nothing_answers_is_told_who_can_and_ours_is_put_again(
    asked: Talk, said: str
) -> None:
    told = "That I cannot answer. Write support to talk to a person."

    assert await asked.say(said) == f"{told}\n\nWhy?"
    assert LeaveFlow.left == []


async def test_after_two_questions_a_person_is_offered(asked: Talk) -> None:
    await asked.say("did he ever come?")
    await asked.say("who is she?")

    assert "Talk to a person" in asked.labels


@pytest.mark.parametrize("said", ["who comes?", "and who comes tomorrow?", "when are you open"])
async def test_question_in_the_middle_is_answered(asked: Talk, said: str) -> None:
    assert await asked.say(said) == "Farai comes.\n\nWhy?"

    assert LeaveFlow.left == []


@pytest.mark.parametrize("said", ["book", "I need a plumber in Gokwe tomorrow at 3pm"])
async def test_another_task_begins_where_it_is_all_that_is_said(asked: Talk, said: str) -> None:
    await asked.say(said)

    assert asked.state.drafts[-1].task == JobFlow.name
    assert LeaveFlow.left == []


async def test_words_too_many_to_be_kept_are_asked_for(asked: Talk) -> None:
    long = "he never came, and nobody answered the phone all day"
    assert await asked.say(long) == "Anything else?"

    await asked.say("he never came")
    assert LeaveFlow.left == [("other", "he never came")]
