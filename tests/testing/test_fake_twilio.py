"""The fake Twilio behaves as Twilio does, and reports what it took."""

import json
import random
from base64 import b64encode
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest

from sokoni.channels.inbound import Inbound, Status, WebhookRequest
from sokoni.kit.http import ReqwestClient, Response
from sokoni.testing.fake_graph import fails_later, slow
from sokoni.testing.fake_twilio import (
    ACCOUNT,
    NUMBER,
    FakeTwilio,
    Reporting,
    fake_twilio,
    refused,
)
from sokoni.testing.loopback import Answered, Asked, serving
from sokoni.testing.twilio_contents import StoredContent
from tests.channels.twilio_whatsapp.captured import channel

PHONE = "+263771000001"
BUTTONS = {
    "twilio/quick-reply": {
        "body": "{{1}}",
        "actions": [{"type": "QUICK_REPLY", "title": "{{2}}", "id": "{{3}}"}],
    }
}


class Receiver:
    """A webhook's other end: fails as often as told, then reads what comes."""

    def __init__(self, failing: int = 0) -> None:
        self.failing = failing
        self.url = ""
        self.got: list[Inbound] = []

    def answer(self, asked: Asked) -> Answered:
        if self.failing:
            self.failing -= 1
            return Answered(503)
        request = WebhookRequest(
            url=f"{self.url}{asked.path}", headers=asked.headers, body=asked.body
        )
        listening = channel()
        listening.verify(request)
        self.got += [one.item for one in listening.parse(listening.content(request))]
        return Answered(body=b"<Response/>")

    def statuses(self) -> list[Status]:
        return [item for item in self.got if isinstance(item, Status)]


@pytest.fixture
async def http() -> AsyncIterator[ReqwestClient]:
    async with ReqwestClient(total=2) as http:
        yield http


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with fake_twilio() as twilio:
        yield twilio


@pytest.fixture
async def receiver(twilio: FakeTwilio) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with serving(receiver.answer) as receiver.url:
        twilio.reporting = Reporting()
        yield receiver


def authorization(twilio: FakeTwilio) -> dict[str, str]:
    both = f"{twilio.account_sid}:{twilio.auth_token}".encode()
    return {"authorization": f"Basic {b64encode(both).decode()}"}


async def say(http: ReqwestClient, twilio: FakeTwilio, **fields: str) -> Response:
    usual = {"To": f"whatsapp:{PHONE}", "From": f"whatsapp:{NUMBER}"}
    form = usual | (fields or {"Body": "Hello"})
    return await http.request(
        "POST",
        f"{twilio.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        headers=authorization(twilio),
        body=urlencode(form).encode(),
    )


async def create(http: ReqwestClient, twilio: FakeTwilio, body: object) -> Response:
    return await http.request(
        "POST", f"{twilio.url}/v1/Content", headers=authorization(twilio), json=body
    )


def code(response: Response) -> int:
    return int(json.loads(response.body)["code"])


async def test_message_is_taken_and_named(http: ReqwestClient, twilio: FakeTwilio) -> None:
    answer = await say(http, twilio)

    (taken,) = twilio.taken
    told = json.loads(answer.body)
    assert answer.status == 201
    assert (told["sid"], told["status"], told["to"]) == (taken.sid, "queued", f"whatsapp:{PHONE}")
    assert (taken.to, taken.form["Body"]) == (PHONE, "Hello")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"To": PHONE, "Body": "Hi"}, 21211),
        ({"From": "whatsapp:+15550000000", "Body": "Hi"}, 21606),
        ({"To": f"whatsapp:{NUMBER}", "Body": "Hi"}, 63031),
        ({"Body": " "}, 21619),
        ({"MediaUrl": "goats.jpg"}, 21620),
        ({"Body": "x" * 1601}, 21617),
        ({"Body": "x" * 1025, "MediaUrl": "https://a.example/g.jpg"}, 21617),
        ({"Body": "Hi", "StatusCallback": "/webhook"}, 21609),
        ({"Body": "Hi", "PersistentAction": "here"}, 63005),
        ({"ContentSid": "HX1"}, 21655),
    ],
)
async def test_message_is_refused(
    http: ReqwestClient, twilio: FakeTwilio, fields: dict[str, str], error: int
) -> None:
    assert code(await say(http, twilio, **fields)) == error
    assert twilio.taken == []


async def test_place_is_taken(http: ReqwestClient, twilio: FakeTwilio) -> None:
    place = "geo:-18.2171,28.9369|Gokwe"

    assert (await say(http, twilio, Body="Here", PersistentAction=place)).status == 201


async def test_stranger_is_refused(http: ReqwestClient, twilio: FakeTwilio) -> None:
    twilio.auth_token, given = "changed", authorization(twilio)

    answer = await http.request("GET", f"{twilio.url}/v1/Content", headers=given)

    assert (answer.status, code(answer)) == (401, 20003)


@pytest.mark.parametrize(
    "wrong",
    [
        {"1": "Sure?", "2": "Yes", "3": ""},
        {"1": "Two\nlines", "2": "Yes", "3": "yes"},
        {"1": "a     b", "2": "Yes", "3": "yes"},
        {"1": 1, "2": "Yes", "3": "yes"},
        ["Sure?"],
    ],
)
async def test_variables_are_refused(
    http: ReqwestClient, twilio: FakeTwilio, wrong: object
) -> None:
    sid = json.loads((await create(http, twilio, {"language": "en", "types": BUTTONS})).body)[
        "sid"
    ]

    answer = await say(http, twilio, ContentSid=sid, ContentVariables=json.dumps(wrong))

    assert code(answer) == 21656


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"types": BUTTONS},
        {"language": "en", "types": {}},
        {"language": "en", "types": {"twilio/hologram": {}}},
        {
            "language": "en",
            "types": {"twilio/list-picker": {"body": "b", "items": [{"item": "i"}]}},
        },
        {
            "language": "en",
            "types": {
                "twilio/call-to-action": {
                    "body": "b",
                    "actions": [{"type": "URL", "title": "t", "url": "https://{{1}}.example/"}],
                }
            },
        },
    ],
)
async def test_content_is_refused(http: ReqwestClient, twilio: FakeTwilio, body: object) -> None:
    answer = await create(http, twilio, body)

    assert answer.status == 400
    assert twilio.contents.kept == {}


async def test_content_may_be_looked_at_and_deleted(
    http: ReqwestClient, twilio: FakeTwilio
) -> None:
    made = json.loads((await create(http, twilio, {"language": "en", "types": BUTTONS})).body)
    url = f"{twilio.url}/v1/Content/{made['sid']}"

    asked = [
        await http.request(method, url, headers=authorization(twilio))
        for method in ("GET", "DELETE", "GET")
    ]

    assert json.loads(asked[0].body) == made
    assert [answer.status for answer in asked] == [200, 204, 404]


# --- statuses ---------------------------------------------------------------------------------


async def test_every_status_is_posted_signed_and_about_the_message(
    http: ReqwestClient, twilio: FakeTwilio, receiver: Receiver
) -> None:
    await say(http, twilio, Body="Hi", StatusCallback=f"{receiver.url}/w?outbox=o1")
    await twilio.reported()

    statuses = receiver.statuses()
    assert sorted(one.status for one in statuses) == ["delivered", "read", "sent", "taken"]
    assert {(one.provider_id, one.outbox_id) for one in statuses} == {(twilio.taken[0].sid, "o1")}


async def test_statuses_come_again_until_they_are_taken_and_in_any_order(
    http: ReqwestClient, twilio: FakeTwilio, receiver: Receiver
) -> None:
    receiver.failing = 3
    twilio.reporting = Reporting(times=2, shuffled=random.Random(1))

    await say(http, twilio, Body="Hi", StatusCallback=f"{receiver.url}/w")
    await twilio.reported()

    assert len(receiver.statuses()) == 8


async def test_statuses_may_be_lost_as_twilio_loses_them(
    http: ReqwestClient, twilio: FakeTwilio, receiver: Receiver
) -> None:
    receiver.failing = 3
    twilio.reporting = Reporting(repeated=False)

    await say(http, twilio, Body="Hi", StatusCallback=f"{receiver.url}/w")
    await twilio.reported()

    assert len(receiver.statuses()) == 1


@pytest.mark.parametrize(
    ("settings", "error"),
    [({"shut_windows": {PHONE}}, "63016"), ({"joined": set()}, "63015")],
)
async def test_what_whatsapp_refuses_is_told_later(
    http: ReqwestClient,
    twilio: FakeTwilio,
    receiver: Receiver,
    settings: dict[str, set[str]],
    error: str,
) -> None:
    for name, value in settings.items():
        setattr(twilio, name, value)

    answer = await say(http, twilio, Body="Hi", StatusCallback=f"{receiver.url}/w")
    await twilio.reported()

    assert answer.status == 201
    failed = [one.error_code for one in receiver.statuses() if one.status == "failed"]
    assert failed == [error]


async def test_approved_content_passes_a_shut_window(
    http: ReqwestClient, twilio: FakeTwilio, receiver: Receiver
) -> None:
    twilio.shut_windows = {PHONE}
    types = {"twilio/text": {"body": "Hello"}}
    hello = twilio.contents.add(StoredContent(friendly_name="hello", types=types, approved=True))

    await say(http, twilio, ContentSid=hello.sid, StatusCallback=f"{receiver.url}/w")
    await twilio.reported()

    assert "failed" not in {one.status for one in receiver.statuses()}


async def test_steps_are_done_in_order(
    http: ReqwestClient, twilio: FakeTwilio, receiver: Receiver
) -> None:
    twilio.script(refused(20429, 429, retry_after="7"), slow(0), fails_later(63024))

    answers = [await say(http, twilio, Body="Hi", StatusCallback=f"{receiver.url}/w")] + [
        await say(http, twilio, Body="Hi", StatusCallback=f"{receiver.url}/w") for _ in range(2)
    ]
    await twilio.reported()

    assert [answer.status for answer in answers] == [429, 201, 201]
    assert answers[0].headers["retry-after"] == "7"
    assert [one.error_code for one in receiver.statuses() if one.error_code] == ["63024"]
