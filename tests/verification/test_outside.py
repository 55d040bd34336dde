"""Codes that others send and check: what the contact hears while these are slow, away or lost."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_auth_api import FakeAuthApi, failing, fake_auth_api
from sokoni.testing.fake_twilio_codes import (
    ACCOUNT,
    NUMBER,
    SERVICE,
    TOKEN,
    FakeTwilioCodes,
    fake_twilio_codes,
    refused,
)
from sokoni.testing.loopback import Answered
from tests.verification import gate as gates
from tests.verification.gate import Gate, another, gate

THEIRS = "+263777530322"
RUDO = "+263772000009"
STAFF = f"staff: [{{name: Rudo, role: owner, phone: '{RUDO}'}}]\n"


@dataclass
class Town:
    """A gate, and those who send its codes."""

    gate: Gate
    api: FakeAuthApi
    twilio: FakeTwilioCodes


@pytest.fixture
async def town(
    engine: AsyncEngine, database_url: str, request: pytest.FixtureRequest
) -> AsyncIterator[Town]:
    clock = StoppedClock()
    async with fake_auth_api(clock) as api, fake_twilio_codes(clock) as twilio:
        ways = {
            "auth_api": f"{{way: auth_api, url: {api.url}}}",
            "verify": f"{{way: twilio_verify, account_sid: {ACCOUNT}, auth_token: {TOKEN},"
            f" service_sid: {SERVICE}, base_url: {twilio.url}}}",
            "sms": f"{{way: twilio_sms, account_sid: {ACCOUNT}, auth_token: {TOKEN},"
            f' number: "{NUMBER}", base_url: {twilio.url}}}',
        }
        named = ", ".join(ways[one] for one in request.param.split("+"))
        async with gate(database_url, f"{STAFF}verification: [{named}]\n", clock=clock) as opened:
            yield Town(opened, api, twilio)


def by(ways: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("town", [ways], indirect=True)


async def ask(town: Town, number: str = THEIRS) -> str:
    await town.gate.say("let me in")
    return await town.gate.say(number)


@by("auth_api")
async def test_the_service_is_told_what_the_task_knows_and_checks_the_code(town: Town) -> None:
    await ask(town)
    (call,) = town.api.calls
    code = town.api.code_of(THEIRS)

    wrong = await town.gate.say(another(code))
    right = await town.gate.say(code)

    assert call.body["user_type"] == "GUEST"
    assert call.body["metadata"]["onboarding_data"]["name"] == "Ana"
    assert "being checked" in wrong
    assert "4 tries left" in wrong
    assert "Come in" in right
    assert await town.gate.proofs() == [("gate", False)]


@by("auth_api")
async def test_a_service_that_is_down_is_apologised_for_and_the_code_follows(town: Town) -> None:
    town.api.always(failing(503))

    said = await ask(town)
    meanwhile = await town.gate.wait(timedelta(minutes=3))
    town.api.always(None)
    after = await town.gate.wait(timedelta(minutes=1))

    assert "cannot be sent at the moment" in said
    assert meanwhile.strip() == ""
    assert f"now on its way to {THEIRS}" in after
    assert town.api.sent == [THEIRS]
    assert "Come in" in await town.gate.say(town.api.code_of(THEIRS))


@by("auth_api")
async def test_a_lost_answer_is_asked_for_again_under_the_same_key(town: Town) -> None:
    town.api.script(Answered(cut=True))

    await ask(town)
    said = await town.gate.wait(timedelta(minutes=1))

    assert len({call.key for call in town.api.calls}) == 1
    assert "now on its way" in said


@by("auth_api")
async def test_a_service_that_wants_to_be_left_alone_is(town: Town) -> None:
    town.api.script(failing(429, retry_after="600"))

    await ask(town)
    await town.gate.wait(timedelta(minutes=9))
    before = len(town.api.calls)
    await town.gate.wait(timedelta(minutes=2))

    assert before == 1
    assert town.api.sent == [THEIRS]


@by("auth_api")
async def test_who_is_known_there_is_asked_for_another_number_and_told_of_nobody(
    town: Town,
) -> None:
    town.api.registered.add(THEIRS)

    said = await ask(town)
    more = await town.gate.say("0777 530 323")

    assert "cannot go on with this number" in said
    assert "registered" not in said
    assert "We sent you a code" in more
    assert town.api.sent == ["+263777530323"]


@by("auth_api+sms")
async def test_the_next_way_is_taken_where_the_first_is_away(town: Town) -> None:
    town.api.always(failing(503))

    await ask(town)

    (sms,) = town.twilio.sms
    assert "Come in" in await town.gate.say(gates.code_in(sms.body))


@by("verify")
async def test_a_try_that_is_under_way_is_judged_once_and_counted(town: Town) -> None:
    await ask(town)
    wrong = another(town.twilio.code_of(THEIRS))

    said = [await town.gate.say(wrong) for _ in range(5)]

    assert "1 try left" in said[3]
    assert "tried too often" in said[4]
    checks = len([path for path, _ in town.twilio.asked if path.endswith("Check")])
    assert "tried too often" in await town.gate.say(town.twilio.code_of(THEIRS))
    assert len([path for path, _ in town.twilio.asked if path.endswith("Check")]) == checks == 5


@by("verify")
async def test_a_check_that_nobody_answered_may_be_made_again(town: Town) -> None:
    await ask(town)
    code = town.twilio.code_of(THEIRS)
    town.twilio.script(refused(20500, 503))

    said = await town.gate.say(code)

    assert "cannot be checked" in said
    assert [one.attempts for one in await town.gate.codes()] == [0]
    assert "Come in" in await town.gate.say(code)


@by("verify")
async def test_a_number_that_cannot_be_sent_to_is_asked_for_again(town: Town) -> None:
    town.twilio.blocked.add(THEIRS)

    said = await ask(town)

    assert "No code can be sent to this number" in said
    assert "We sent you a code" in await town.gate.say("0777 530 323")


@by("sms")
async def test_a_lost_answer_has_the_same_code_sent_once_more_and_no_other(town: Town) -> None:
    town.twilio.script(Answered(cut=True), Answered(cut=True))

    await ask(town)
    said = await town.gate.wait(timedelta(seconds=20))

    bodies = [form["Body"] for _, form in town.twilio.asked]
    assert len(bodies) == 2
    assert len({gates.code_in(body) for body in bodies}) == 1
    assert "could not learn whether your code went out" in said
    assert "Come in" in await town.gate.say(gates.code_in(bodies[0]))


@by("sms")
async def test_staff_are_told_once_that_nobody_knows_whether_codes_went_out(town: Town) -> None:
    await town.gate.say("hi", RUDO)
    for number in (THEIRS, "+263777530323"):
        town.twilio.script(Answered(cut=True), Answered(cut=True))
        await ask(town, number)
        await town.gate.wait(timedelta(seconds=40))

    told = await town.gate.run(RUDO)

    assert told.count("Nobody knows whether a code") == 1
    assert "twilio_sms did not answer" in told
    assert THEIRS not in told


@by("sms")
async def test_a_code_that_waited_to_go_out_is_as_good_as_new(town: Town) -> None:
    town.twilio.script(*[refused(20500, 503)] * 3)

    await ask(town)
    await town.gate.wait(timedelta(minutes=8))

    (sms,) = town.twilio.sms
    assert "Come in" in await town.gate.say(gates.code_in(sms.body))
