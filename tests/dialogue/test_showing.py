"""What a prompt shows besides words: choices of which a number is so many, a paper, a list."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.base import Limits
from tests.dialogue.counter import counter
from tests.dialogue.talking import Talk


@pytest.fixture
async def talk(engine: AsyncEngine) -> AsyncIterator[Talk]:
    async with AsyncSession(engine) as session:
        yield Talk(counter(), session=session)


@pytest.fixture
async def typed(engine: AsyncEngine) -> AsyncIterator[Talk]:
    """Talk on a channel without buttons: choices are numbers."""
    async with AsyncSession(engine) as session:
        yield Talk(counter(), session=session, limits=Limits().text_only())


@pytest.mark.parametrize("number", ["1", "2", "3", "40"])
async def test_a_bare_number_is_so_many_where_no_numbers_are_shown(
    talk: Talk, number: str
) -> None:
    await talk.say("show the card")

    assert await talk.say(number) == f"Put down: {number} tea."


async def test_a_tap_takes_one(talk: Talk) -> None:
    await talk.say("show the card")

    assert await talk.tap("Put down") == "Put down: 1 tea."


async def test_a_number_that_stands_beside_a_choice_is_the_choice(typed: Talk) -> None:
    await typed.say("show the card")

    assert await typed.say("2") == "Brought or fetched?"


async def test_a_number_beyond_the_choices_is_so_many(typed: Talk) -> None:
    await typed.say("show the card")

    assert await typed.say("7") == "Put down: 7 tea."


async def test_a_paper_goes_with_the_words_and_the_choices(talk: Talk) -> None:
    await talk.say("show the card")

    neutral = talk.said.neutral
    assert neutral is not None
    assert (neutral.document_url, neutral.document_name) == (
        "https://counter.example/tea.pdf",
        "tea.pdf",
    )
    assert (talk.labels, neutral.written) == (["Put down", "Pay"], True)


async def test_a_paper_is_given_out_once(talk: Talk) -> None:
    await talk.say("show the card")
    await talk.say("put milk")

    neutral = talk.said.neutral
    assert neutral is not None
    assert (neutral.document_url, neutral.written) == ("", False)
