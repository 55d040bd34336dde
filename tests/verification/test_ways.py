"""One contract for all ways to send codes: each against a server that behaves as the real one."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

import pytest
from pydantic import ValidationError

from sokoni.connectors.auth_api.client import AuthApi
from sokoni.connectors.auth_api.config import AuthApiConfig
from sokoni.connectors.codes import (
    CodeUnknownError,
    CodeWay,
    NumberRefusedError,
    NumberTakenError,
    Sending,
    Verdict,
    WayAwayError,
)
from sokoni.connectors.twilio_codes.config import TwilioSmsConfig, TwilioVerifyConfig
from sokoni.connectors.twilio_codes.ways import TwilioSms, TwilioVerify
from sokoni.kit.http import ReqwestClient
from sokoni.kit.ids import MerchantId, PhoneNumber, new_id
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

INDIAN: Final = PhoneNumber("+919876543210")
WAYS: Final = ("auth_api", "auth_api_ours", "twilio_verify", "twilio_sms")
CHECKING: Final = ("auth_api", "twilio_verify")
NONE: Final = (0.0, 0.0)
NOWHERE: Final = "http://127.0.0.1:9"


def sending(**more: Any) -> Sending:  # noqa: ANN401
    given: dict[str, Any] = {
        "merchant_id": MerchantId(new_id()),
        "merchant": "MSME Bazaar",
        "number": INDIAN,
        "code": "123456",
        "text": "MSME Bazaar: your code is 123 456.",
        "minutes": 5,
        "language": "en",
        "country": "IN",
        "key": "code-1-1-1",
        "now": StoppedClock()(),
        "user_type": "MSME",
        "details": {"name": "Priya Sharma", "sector": "Technology", "pincode": "400001"},
    }
    return Sending(**{**given, **more})


@dataclass
class Bench:
    """A way with the server that stands for the other side."""

    way: CodeWay
    fake: FakeAuthApi | FakeTwilioCodes
    elsewhere: CodeWay
    """The same way, to a server that is not there."""
    impatient: CodeWay

    def script(self, *answers: Answered | None) -> None:
        self.fake.script(*answers)

    def refusing(self, status: int, code: int = 20500, **headers: str) -> Answered:
        if isinstance(self.fake, FakeAuthApi):
            return failing(status, **headers)
        return refused(code, status, **headers)

    def arrived(self) -> list[str]:
        """Return the numbers to which a code went."""
        if isinstance(self.fake, FakeAuthApi):
            return self.fake.sent
        if isinstance(self.way, TwilioSms):
            return [one.to for one in self.fake.sms]
        return [form["To"] for path, form in self.fake.asked if path.endswith("Verifications")]


MAKERS: Final[dict[str, Callable[[str, ReqwestClient], CodeWay]]] = {
    "auth_api": lambda url, http: AuthApi(
        AuthApiConfig(url=url), http, StoppedClock(), pauses=NONE
    ),
    "auth_api_ours": lambda url, http: AuthApi(
        AuthApiConfig(url=url, code_field="otp"), http, StoppedClock(), pauses=NONE
    ),
    "twilio_verify": lambda url, http: TwilioVerify(
        TwilioVerifyConfig.model_validate(
            {
                "account_sid": ACCOUNT,
                "auth_token": TOKEN,
                "service_sid": SERVICE,
                "base_url": url,
            }
        ),
        http,
        StoppedClock(),
    ),
    "twilio_sms": lambda url, http: TwilioSms(
        TwilioSmsConfig.model_validate(
            {"account_sid": ACCOUNT, "auth_token": TOKEN, "number": NUMBER, "base_url": url}
        ),
        http,
        StoppedClock(),
    ),
}


@pytest.fixture
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    name: str = request.param
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(ReqwestClient())
        hasty = await stack.enter_async_context(ReqwestClient(total=0.1))
        fake: FakeAuthApi | FakeTwilioCodes
        if name.startswith("auth_api"):
            fake = await stack.enter_async_context(fake_auth_api(StoppedClock()))
        else:
            fake = await stack.enter_async_context(fake_twilio_codes(StoppedClock()))
        make = MAKERS[name]
        impatient = make(fake.url, hasty)
        if name.startswith("auth_api"):
            ours = "otp" if name == "auth_api_ours" else ""
            config = AuthApiConfig(url=fake.url, code_field=ours, seconds=0.1)
            impatient = AuthApi(config, http, StoppedClock(), pauses=NONE)
        yield Bench(make(fake.url, http), fake, make(NOWHERE, http), impatient)


every_way = pytest.mark.parametrize("bench", WAYS, indirect=True)
checking_ways = pytest.mark.parametrize("bench", CHECKING, indirect=True)


@every_way
async def test_a_code_goes_to_the_number(bench: Bench) -> None:
    await bench.way.send(sending())

    assert bench.arrived() == [INDIAN]


@every_way
async def test_a_number_that_is_none_is_refused(bench: Bench) -> None:
    with pytest.raises(NumberRefusedError):
        await bench.way.send(sending(number=PhoneNumber("+0")))


@every_way
async def test_who_is_asked_too_often_says_how_long_to_wait(bench: Bench) -> None:
    bench.script(bench.refusing(429, 20429, retry_after="17"))

    with pytest.raises(WayAwayError) as away:
        await bench.way.send(sending())

    assert away.value.retry_after == 17


@every_way
async def test_a_server_that_is_broken_did_nothing(bench: Bench) -> None:
    bench.script(*[bench.refusing(500)] * 3)

    with pytest.raises(WayAwayError):
        await bench.way.send(sending())

    assert isinstance(bench.way, TwilioVerify) or bench.arrived() == []


@every_way
async def test_a_server_that_is_not_there_was_never_asked(bench: Bench) -> None:
    with pytest.raises(WayAwayError):
        await bench.elsewhere.send(sending())


@every_way
async def test_credentials_that_are_wrong_are_nothing_about_the_number(bench: Bench) -> None:
    bench.script(bench.refusing(401, 20003))

    with pytest.raises(WayAwayError):
        await bench.way.send(sending())


@every_way
async def test_an_answer_that_does_not_come_is_known_for_what_it_is(bench: Bench) -> None:
    bench.script(Answered(silent=True))
    with pytest.raises(CodeUnknownError):
        await bench.impatient.send(sending())

    asked = bench.fake.calls if isinstance(bench.fake, FakeAuthApi) else bench.fake.asked
    assert len(asked) == 1


@checking_ways
async def test_what_was_typed_is_judged_where_it_was_made(bench: Bench) -> None:
    sent = await bench.way.send(sending())
    code = bench.fake.code_of(INDIAN)
    wrong = f"{(int(code) + 1) % 10**6:06}"

    found = [await _checked(bench.way, sent.provider_id, one) for one in (wrong, code, code)]

    assert found == [Verdict.WRONG, Verdict.RIGHT, Verdict.EXPIRED]


@checking_ways
async def test_the_sixth_try_finds_the_code_burnt(bench: Bench) -> None:
    sent = await bench.way.send(sending())
    code = bench.fake.code_of(INDIAN)
    wrong = f"{(int(code) + 1) % 10**6:06}"

    found = [await _checked(bench.way, sent.provider_id, wrong) for _ in range(5)]

    assert found == [Verdict.WRONG] * 5
    assert await _checked(bench.way, sent.provider_id, code) is Verdict.BURNT


@checking_ways
async def test_a_check_that_nobody_answered_counts_for_nothing(bench: Bench) -> None:
    bench.script(*[bench.refusing(503)] * 3)

    assert await _checked(bench.way, "VE1", "123456") is Verdict.AWAY
    assert await _checked(bench.elsewhere, "VE1", "123456") is Verdict.AWAY


@checking_ways
async def test_a_check_whose_answer_was_lost_is_neither_right_nor_wrong(bench: Bench) -> None:
    bench.script(Answered(silent=True))

    assert await _checked(bench.impatient, "VE1", "123456") is Verdict.UNKNOWN


async def _checked(way: CodeWay, provider_id: str, code: str) -> Verdict:
    return await way.check(INDIAN, provider_id, code, "check-1")


# --- the Auth API alone -----------------------------------------------------------------------


@pytest.fixture
async def api() -> AsyncIterator[tuple[FakeAuthApi, Callable[..., AuthApi]]]:
    async with fake_auth_api(StoppedClock(), token="let-me-in") as fake, ReqwestClient() as http:

        def made(**more: Any) -> AuthApi:  # noqa: ANN401
            given = {"url": fake.url, "token": "let-me-in", **more}
            return AuthApi(AuthApiConfig.model_validate(given), http, StoppedClock(), pauses=NONE)

        yield fake, made


async def test_the_body_is_that_of_the_seed_and_nothing_else(
    api: tuple[FakeAuthApi, Callable[..., AuthApi]],
) -> None:
    fake, made = api

    await made().send(sending())

    (call,) = fake.calls
    assert call.path == "/auth/send-otp"
    assert call.key == "code-1-1-1"
    assert call.body == {
        "phone_number": "+919876543210",
        "user_type": "MSME",
        "metadata": {
            "source": "whatsapp",
            "onboarding_data": {
                "name": "Priya Sharma",
                "sector": "Technology",
                "pincode": "400001",
            },
        },
    }


async def test_what_is_broken_is_asked_twice_more_under_the_same_key(
    api: tuple[FakeAuthApi, Callable[..., AuthApi]],
) -> None:
    fake, made = api
    fake.script(failing(502), failing(503), None)

    await made().send(sending())

    assert [call.key for call in fake.calls] == ["code-1-1-1"] * 3
    assert fake.sent == [INDIAN]


async def test_who_is_registered_there_is_told_apart_from_a_bad_number(
    api: tuple[FakeAuthApi, Callable[..., AuthApi]],
) -> None:
    fake, made = api
    fake.registered.add(INDIAN)

    with pytest.raises(NumberTakenError):
        await made().send(sending())


async def test_our_own_code_is_handed_over_where_it_has_a_name(
    api: tuple[FakeAuthApi, Callable[..., AuthApi]],
) -> None:
    fake, made = api
    way = made(code_field="otp")

    await way.send(sending())

    assert not way.checks
    assert fake.calls[0].body["otp"] == "123456"


async def test_health_says_whether_it_is_there(
    api: tuple[FakeAuthApi, Callable[..., AuthApi]],
) -> None:
    fake, made = api

    assert await made().health() == "ok"
    fake.always(failing(503))
    assert await made().health() == "down (503)"
    assert (await made(url=NOWHERE).health()).startswith("down (NotSentError)")


# --- Twilio alone -----------------------------------------------------------------------------


async def test_verify_sends_five_times_in_ten_minutes_and_no_more() -> None:
    async with fake_twilio_codes(StoppedClock()) as fake, ReqwestClient() as http:
        way = MAKERS["twilio_verify"](fake.url, http)
        for _ in range(5):
            await way.send(sending())

        with pytest.raises(WayAwayError) as away:
            await way.send(sending())

        assert away.value.retry_after == 600


async def test_verify_refuses_prefixes_that_are_blocked() -> None:
    async with fake_twilio_codes(StoppedClock()) as fake, ReqwestClient() as http:
        fake.blocked.add(INDIAN)

        with pytest.raises(NumberRefusedError):
            await MAKERS["twilio_verify"](fake.url, http).send(sending())


def test_an_account_without_a_key_to_it_is_refused() -> None:
    with pytest.raises(ValidationError, match="auth_token"):
        TwilioSmsConfig(account_sid=ACCOUNT, number=NUMBER)
