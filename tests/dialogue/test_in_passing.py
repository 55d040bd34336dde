"""Things done in passing, slots that may be moot, words and orders that a capability looks up."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.base import Limits
from sokoni.channels.inbound import Message, OrderLine
from sokoni.dialogue.saying import Saying, offered_once
from sokoni.messaging.prompts import Choice, Prompt, Start
from tests.dialogue.counter import PayFlow, counter
from tests.dialogue.talking import Talk


@pytest.fixture
async def talk(engine: AsyncEngine) -> AsyncIterator[Talk]:
    async with AsyncSession(engine) as session:
        yield Talk(counter(), session=session)


async def test_what_is_done_in_passing_is_said_without_a_word_around_it(talk: Talk) -> None:
    await talk.say("pay")

    said = await talk.say("put tea")

    assert said == "Put down: 1 tea.\n1. Pay\n\nBrought or fetched?"


async def test_a_phrase_parts_a_message_where_it_begins_a_clause(talk: Talk) -> None:
    assert await talk.say("put tea and drop milk") == "Put down: 1 tea.\n\nDropped: milk."
    assert await talk.say("put salt and pepper") == "Put down: 1 salt and pepper."
    assert await talk.say("put salt and put pepper") == "Put down: 1 salt and put pepper."


async def test_a_choice_that_is_offered_below_is_not_told_above(talk: Talk) -> None:
    await talk.say("put tea and drop milk")

    assert talk.labels == ["Pay"]


def test_only_choices_that_do_the_same_are_left_out() -> None:
    pay, other = Choice("pay", command=Start("a")), Choice("pay", command=Start("b"))
    sayings = [Saying(Prompt("x", choices=(pay, other))), Saying(Prompt("y", choices=(pay,)))]

    assert [one.prompt.choices for one in offered_once(sayings)] == [(other,), (pay,)]


async def test_a_moot_slot_is_neither_asked_for_nor_offered_for_a_change(talk: Talk) -> None:
    await talk.say("pay")

    assert await talk.say("fetched") == "fetched, : 5?"
    assert await talk.say("edit") == "Brought or fetched?"


async def test_a_slot_with_one_answer_is_never_asked_for(talk: Talk) -> None:
    PayFlow.ways = ("brought",)

    assert await talk.say("pay") == "Where to?"


async def test_a_needed_slot_cannot_be_skipped(talk: Talk) -> None:
    await talk.say("pay")
    await talk.say("brought")

    await talk.say("skip")

    assert "dialogue.cannot_skip" in talk.keys
    assert talk.text.endswith("Where to?")


async def test_a_location_is_an_address_with_what_it_is_near_to(talk: Talk) -> None:
    await talk.say("pay", "brought")

    assert await talk.say(talk.pinned(-18.2, 28.9)) == "brought, Gokwe (-18.2, 28.9): 5?"


async def test_a_location_completes_an_address_that_was_typed(talk: Talk) -> None:
    await talk.say("pay", "brought")
    await talk.say("12 Hill Road")

    said = await talk.say(talk.pinned(-18.2, 28.9))

    assert said == "brought, 12 Hill Road, Gokwe (-18.2, 28.9): 5?"


async def test_what_is_refused_and_asked_of_nobody_is_summed_up_anew(talk: Talk) -> None:
    await talk.say("pay", "fetched")
    PayFlow.total = 6

    said = await talk.say("yes")

    assert said == "It costs more now.\n\nfetched, : 6?"
    assert await talk.say("yes") == "Paid."


async def test_words_that_nobody_understood_are_looked_up(talk: Talk) -> None:
    assert await talk.say("teapot") == "Put down: 1 teapot."
    assert "counter.put.done" not in (await talk.say("kettle"))


async def test_nothing_is_looked_up_where_an_answer_is_awaited(talk: Talk) -> None:
    await talk.say("pay", "brought")

    assert await talk.say("teapot") == "brought, teapot: 5?"


async def test_an_order_of_the_channels_catalogue_is_taken(talk: Talk) -> None:
    line = OrderLine(retailer_id="T-1", quantity=2, price=Decimal(1), currency="USD")
    plain = talk.message(kind="order", text="before five please")
    order = Message(
        provider_id=plain.provider_id,
        sender=plain.sender,
        sent_at=plain.sent_at,
        kind="order",
        text=plain.text,
        order=(line,),
    )

    assert await talk.say(order) == "Ordered 1."


async def test_a_number_is_the_label_that_says_it(talk: Talk) -> None:
    await talk.say("what is there")

    assert await talk.say("40") == "Put down: 1 40."
    await talk.say("what is there")
    assert await talk.say("2") == "Put down: 1 2."


async def test_a_number_that_is_shown_beats_the_label(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        talk = Talk(counter(), session=session, limits=Limits().text_only())
        await talk.say("what is there")

        assert await talk.say("2") == "Put down: 1 large."


async def test_who_takes_the_second_does_not_only_pick_it(talk: Talk) -> None:
    await talk.say("what is there")

    assert await talk.say("I'll take the second one") == 'Put down: "large".'
