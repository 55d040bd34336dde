"""A contact proves a number in the chat: a code is sent, typed, wrong, old, burnt, renewed."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.verification.gate import ANA, BEN, NUMBER, Gate, another, code_in, gate


@pytest.fixture
async def door(engine: AsyncEngine, database_url: str) -> AsyncIterator[Gate]:
    async with gate(database_url) as opened:
        yield opened


async def asked(door: Gate, number: str = NUMBER, who: str | None = None) -> str:
    """Have a code sent to a number; return it."""
    who = who or "+263771000001"
    await door.say("let me in", who)
    return code_in(await door.say(number, who))


async def test_the_code_comes_as_an_sms_and_proves_the_number(door: Gate) -> None:
    await door.say("let me in")
    said = await door.say("0777 530 322")

    assert "We sent you a code" in said
    assert "[sms] The Gate: your code is" in said

    entered = await door.say(f"my code is {code_in(said)}")

    assert f"Come in, {NUMBER}" in entered
    assert await door.proofs() == [("gate", False)]
    assert await door.codes() == []


@pytest.mark.parametrize("digits", ["०१२३४५६७८९", "٠١٢٣٤٥٦٧٨٩"])
async def test_digits_of_other_scripts_are_read(door: Gate, digits: str) -> None:
    code = await asked(door)

    said = await door.say(code.translate(str.maketrans("0123456789", digits)))

    assert "Come in" in said


async def test_a_wrong_code_says_how_many_tries_are_left_until_it_is_burnt(door: Gate) -> None:
    code = await asked(door)
    wrong = another(code)

    said = [await door.say(wrong) for _ in range(5)]

    assert "4 tries left" in said[0]
    assert "1 try left" in said[3]
    assert "tried too often" in said[4]
    assert "tried too often" in await door.say(code)
    assert await door.proofs() == []


async def test_what_is_too_short_to_be_a_code_does_not_count(door: Gate) -> None:
    code = await asked(door)

    said = await door.say("1234")

    assert "6 digits" in said
    assert [one.attempts for one in await door.codes()] == [0]
    assert "Come in" in await door.say(code)


async def test_an_old_code_is_no_longer_good(door: Gate) -> None:
    code = await asked(door)
    await door.wait(timedelta(minutes=5, seconds=1))

    assert "no longer good" in await door.say(code)


async def test_another_code_is_had_after_a_while_and_ends_the_first(door: Gate) -> None:
    first = await asked(door)

    assert "in 30 seconds" in await door.say("send it again")
    await door.wait(timedelta(seconds=31))
    second = code_in(await door.say("send it again"))

    assert "in 60 seconds" in await door.say("send it again")
    if first != second:
        assert "not right" in await door.say(first)
    assert "Come in" in await door.say(second)


async def test_another_number_has_a_code_of_its_own(door: Gate) -> None:
    first = await asked(door)

    assert "Which number" in await door.say("another number")
    second = code_in(await door.say("0777 530 323"))

    if first != second:
        assert "not right" in await door.say(first)
    assert "Come in, +263777530323" in await door.say(second)


@pytest.mark.parametrize("said", ["wrong number", "that's not my number", "nhamba haisiyo"])
async def test_who_says_that_the_number_is_wrong_is_asked_for_it(door: Gate, said: str) -> None:
    await asked(door)
    again = await door.say(said)
    second = await door.say("0777 530 323")

    assert "[sms]" not in again
    assert [one.attempts for one in await door.codes()] == [0, 0]
    assert "Come in, +263777530323" in await door.say(code_in(second))


@pytest.mark.parametrize(
    "said", ["0777530323", "wrong number, it's 0777530323", "my number is +263 777 530 323"]
)
async def test_another_number_written_for_the_code_is_the_number_from_then_on(
    door: Gate, said: str
) -> None:
    await asked(door)

    second = await door.say(said)

    assert [one.attempts for one in await door.codes()] == [0, 0]
    assert "Come in, +263777530323" in await door.say(code_in(second))


async def test_who_asked_for_too_many_codes_is_offered_no_other_number(door: Gate) -> None:
    await asked(door)
    said = [await door.say(f"077753033{nth}") for nth in range(5)]

    assert "You asked for too many codes" in said[-1]
    assert "or write another number" not in said[-1]


async def test_a_number_is_sent_five_codes_an_hour_whoever_asks(door: Gate) -> None:
    for pause in (31, 61, 121, 301, 0):
        await door.say("let me in" if pause == 31 else "send it again")
        if pause == 31:
            await door.say(NUMBER)
        await door.wait(timedelta(seconds=pause))

    await door.wait(timedelta(seconds=301))
    assert "asked for too many codes" in await door.say("send it again")
    await door.say("let me in", BEN)
    refused = await door.say(NUMBER, BEN)

    assert "Too many codes" in refused
    assert "[sms]" not in refused


async def test_who_else_proves_the_number_waits_for_staff_and_is_told_of_nobody(
    door: Gate,
) -> None:
    await door.say(await asked(door))
    await door.wait(timedelta(minutes=1))

    said = await door.say(await asked(door, who=BEN), BEN)

    assert "One of us looks at your details" in said
    assert await door.proofs() == [("gate", False), ("gate", True)]


async def test_the_message_is_forgotten_once_the_code_was_sent(door: Gate) -> None:
    await asked(door)

    (code,) = await door.codes()

    assert (code.state, code.code) == ("sent", None)


async def test_nobody_proves_the_number_that_they_write_from_or_proved_before(door: Gate) -> None:
    await door.say("i come to visit")
    await door.say("Ana")
    own = await door.say(ANA)
    await door.say("i come to visit")
    await door.say("Ana")
    other = await door.say(NUMBER)
    await door.say(code_in(other))
    await door.say("i come to visit")
    await door.say("Ana")

    assert f"Come in, {ANA}" in own
    assert f"Come in, {NUMBER}" in await door.say(NUMBER)


async def test_who_begins_again_at_the_code_begins_the_whole_task(door: Gate) -> None:
    await door.say("i come to visit")
    await door.say("Ana")
    await door.say(NUMBER)

    assert "Who are you?" in await door.say("restart")


async def test_a_question_in_between_loses_neither_the_code_nor_the_place(door: Gate) -> None:
    code = await asked(door)

    helped = await door.say("help")

    assert "write it here" in helped
    assert "Come in" in await door.say(code)
