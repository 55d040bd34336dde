"""What settles too little is kept: choices come of it, and the next answer completes it."""

from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.dialogue.talking import PROFILE, Talk
from tests.dialogue.workshop import MERCHANT, JobFlow, workshop

ISSUE = "I need a plumber in Gokwe, my sink is blocked"


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=PROFILE.zone)


@pytest.fixture
async def talk(session: AsyncSession) -> Talk:
    """Return a conversation in which "When?" was asked, on a Monday."""
    talk = Talk(workshop(), MERCHANT, session=session)
    assert await talk.say(ISSUE) == "When?"
    return talk


async def booked(talk: Talk) -> datetime:
    await talk.say("yes")
    [job] = JobFlow.jobs
    return job.when.at


async def test_choices_come_of_what_was_said_vaguely(talk: Talk) -> None:
    JobFlow.taken.add(at(6, 10))

    assert await talk.say("friday morning") == "Fri 6 Mar is free at these times."
    assert talk.labels == ["9:00", "11:00"]

    await talk.say("2")
    assert await booked(talk) == at(6, 11)


@pytest.mark.parametrize(
    ("vague", "said", "meant"),
    [
        ("friday morning", "10", at(6, 10)),
        ("friday morning", "at 11am please", at(6, 11)),
        ("friday morning", "10:00", at(6, 10)),
        ("friday afternoon", "at 4", at(6, 16)),
        ("friday afternoon", "12", at(6, 12)),
        ("friday evening", "7", at(6, 19)),
        ("friday", "14:00", at(6, 14)),
        ("friday morning", "thursday at 3pm", at(5, 15)),
        ("friday morning", "tomorrow at 10", at(3, 10)),
    ],
)
async def test_time_in_words_completes_it(
    talk: Talk, vague: str, said: str, meant: datetime
) -> None:
    await talk.say(vague)
    assert "Right?" in await talk.say(said)

    assert await booked(talk) == meant


async def test_it_is_completed_step_by_step(talk: Talk) -> None:
    assert await talk.say("friday") == "Fri 6 Mar is free at these times."
    assert await talk.say("in the morning") == "Fri 6 Mar is free at these times."
    assert talk.labels == ["9:00", "10:00", "11:00"]

    await talk.say("10:00")
    assert await booked(talk) == at(6, 10)


async def test_day_alone_keeps_the_part_of_the_day(talk: Talk) -> None:
    await talk.say("tomorrow morning")
    await talk.say("friday")
    assert talk.labels == ["9:00", "10:00", "11:00"]

    await talk.say("1")
    assert await booked(talk) == at(6, 9)


async def test_hour_alone_leaves_several_days_open(talk: Talk) -> None:
    await talk.say("next week")
    assert await talk.say("at 10") == "Mon 9 Mar is free at these times."

    await talk.say("tuesday next week at 10")
    assert await booked(talk) == at(10, 10)


async def test_weekday_is_one_of_the_week_that_was_told(talk: Talk) -> None:
    await talk.say("next week")
    await talk.say("wednesday at 10")
    assert await booked(talk) == at(11, 10)


async def test_day_replaces_as_soon_as_possible(talk: Talk) -> None:
    await talk.say("asap")
    assert await talk.say("tomorrow") == "Tue 3 Mar is free at these times."
    await talk.say("at 10")
    assert await booked(talk) == at(3, 10)


async def test_choices_are_offered_again_after_a_question_in_the_middle(talk: Talk) -> None:
    await talk.say("friday morning")
    assert await talk.say("who comes?") == "Farai comes.\n\nWhen?"
    assert talk.labels == ["9:00", "10:00", "11:00"]

    await talk.say("10:00")
    assert await booked(talk) == at(6, 10)


async def test_what_cannot_be_had_is_kept_as_near_what_is_wanted(talk: Talk) -> None:
    JobFlow.taken.add(at(6, 10))

    assert (await talk.say("friday at 10am")).startswith("Somebody else has Fri 6 Mar")
    assert "10:00" not in talk.labels

    await talk.say("11am")
    assert await booked(talk) == at(6, 11)


async def test_vague_value_said_early_is_narrowed_at_once(session: AsyncSession) -> None:
    talk = Talk(workshop(), MERCHANT, session=session)

    await talk.say("I need an electrician in Gokwe on friday morning, my lights keep tripping")
    assert talk.labels == ["9:00", "10:00", "11:00"]
    await talk.say("1")

    assert await booked(talk) == at(6, 9)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("the time, make it 2pm", at(6, 14)),
        ("make it thursday", at(5, 10)),
        ("make it tomorrow at 9", at(3, 9)),
    ],
)
async def test_correction_leaves_the_day_or_the_hour(
    talk: Talk, said: str, meant: datetime
) -> None:
    await talk.say("friday at 10am")
    assert "Right?" in await talk.say(said)

    assert await booked(talk) == meant


async def test_going_back_to_the_question_keeps_nothing_of_a_settled_time(talk: Talk) -> None:
    await talk.say("friday at 10am")
    await talk.say("edit")
    await talk.tap("Time")

    assert talk.text == "When?"
