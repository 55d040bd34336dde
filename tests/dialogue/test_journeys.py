"""What happens to tasks is noticed, whichever way they end."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from sokoni.dialogue.journeys import Happened, Mark
from sokoni.messaging.events import Timer
from tests.dialogue.talking import Talk

ORDER = "garden.order"
STARTED, FINISHED = Mark(ORDER, Happened.STARTED), Mark(ORDER, Happened.FINISHED)


def asked(step: str) -> Mark:
    return Mark(ORDER, Happened.ASKED, step)


def answered(step: str) -> Mark:
    return Mark(ORDER, Happened.ANSWERED, step)


def left(step: str) -> Mark:
    return Mark(ORDER, Happened.LEFT, step)


async def test_a_task_is_started_asked_about_and_finished(talk: Talk) -> None:
    marks: list[Sequence[Mark]] = []
    for line in ("order 10 roses to Gokwe", "clay", "skip", "yes"):
        await talk.say(line)
        marks.append(talk.said.marks)

    assert marks == [
        (STARTED, asked("pot")),
        (asked("note"), answered("pot")),
        (asked("confirm"), answered("note")),
        (answered("confirm"), FINISHED),
    ]


async def test_how_long_a_question_was_open_is_told(talk: Talk) -> None:
    await talk.say("order roses")
    talk.wait(timedelta(seconds=40))
    await talk.say("lots")
    talk.wait(timedelta(seconds=50))
    await talk.say("10")

    assert {answered("count"), Mark(ORDER, Happened.SECONDS, "count", 90)} <= set(talk.said.marks)


@pytest.mark.parametrize(("pause", "line"), [(timedelta(hours=2), "10"), (timedelta(0), "back")])
async def test_who_went_away_or_back_did_not_take_so_long_to_answer(
    talk: Talk, pause: timedelta, line: str
) -> None:
    await talk.say("order")
    await talk.say("roses")
    talk.wait(pause)
    await talk.say(line)

    assert not {Happened.ANSWERED, Happened.SECONDS} & {one.happened for one in talk.said.marks}


@pytest.mark.parametrize("word", ["cancel", "stop"])
async def test_a_task_that_is_given_up_is_left_at_its_question(talk: Talk, word: str) -> None:
    await talk.say("order roses")
    await talk.say(word)

    assert talk.said.marks == (left("count"),)


async def test_a_task_begun_anew_is_left_and_started(talk: Talk) -> None:
    await talk.say("order roses")
    await talk.say("10")
    await talk.say("restart")

    assert set(talk.said.marks) == {left("place"), STARTED, asked("plant")}


async def test_a_task_that_nobody_touched_for_long_is_left_when_they_write_again(
    talk: Talk,
) -> None:
    await talk.say("order roses")
    talk.wait(timedelta(days=31))
    await talk.say(Timer(name="dialogue"))

    assert talk.said.marks == (left("count"),)


async def test_a_question_in_between_is_a_task_of_its_own(talk: Talk) -> None:
    await talk.say("order roses")
    await talk.say("opening hours")

    assert set(talk.said.marks) == {
        Mark("garden.hours", Happened.STARTED),
        Mark("garden.hours", Happened.FINISHED),
    }


async def test_a_question_that_is_asked_again_counts_once(talk: Talk) -> None:
    await talk.say("order roses")
    await talk.say("lots")

    assert talk.said.marks == (Mark(ORDER, Happened.MISSED, "count"),)
