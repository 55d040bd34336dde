"""The fake Graph API behaves as Meta does, and reports what it took."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sokoni.channels.inbound import Inbound, Message, Status, WebhookRequest
from sokoni.kit.http import ReqwestClient, Response
from sokoni.testing.fake_graph import (
    FakeGraph,
    Reporting,
    fails_later,
    fake_graph,
    refused,
    slow,
)
from sokoni.testing.graph_templates import ApprovedTemplate
from sokoni.testing.loopback import Answered, Asked, serving
from sokoni.testing.meta_webhooks import MetaWebhooks, Signed
from tests.channels.whatsapp_cloud.captured import NUMBER, channel

PHONE = "+263771000001"
HELLO: dict[str, object] = {"type": "text", "text": {"body": "Hello"}}


class Receiver:
    """A webhook's other end: fails as often as told, then keeps what comes."""

    def __init__(self, failing: int = 0) -> None:
        self.failing = failing
        self.got: list[Signed] = []

    def answer(self, asked: Asked) -> Answered:
        if self.failing:
            self.failing -= 1
            return Answered(503)
        self.got.append(Signed(asked.body, asked.headers))
        return Answered()

    def statuses(self) -> list[Status]:
        """Return what came, as the channel reads it."""
        return [item for signed in self.got for item in read(signed) if isinstance(item, Status)]


def read(signed: Signed) -> list[Inbound]:
    listening = channel()
    listening.verify(WebhookRequest(url="", headers=signed.headers, body=signed.body))
    return [arrived.item for arrived in listening.parse(signed.body)]


def templated(*components: dict[str, Any]) -> dict[str, Any]:
    template = {"name": "t", "language": {"code": "en"}, "components": components}
    return {"type": "template", "template": template}


def part(kind: str, *, text: str, more: str = "", typed: bool = True) -> dict[str, Any]:
    """Return a component with one or two variables."""
    values = [{"type": "text", "text": value} for value in (text, more) if value]
    return {"type": kind, "parameters": values} if typed else {"parameters": values}


@pytest.fixture
async def http() -> AsyncIterator[ReqwestClient]:
    async with ReqwestClient(total=2) as http:
        yield http


async def say(http: ReqwestClient, graph: FakeGraph, **parts: object) -> Response:
    return await http.request(
        "POST",
        f"{graph.url}/v25.0/{NUMBER}/messages",
        json={"messaging_product": "whatsapp", "to": PHONE, **HELLO, **parts},
        headers={"authorization": "Bearer good"},
    )


def code(response: Response) -> int:
    return int(json.loads(response.body)["error"]["code"])


async def test_message_is_taken_and_named(http: ReqwestClient) -> None:
    async with fake_graph() as graph:
        answer = await say(http, graph, biz_opaque_callback_data="o1")

    (taken,) = graph.taken
    assert json.loads(answer.body) == {
        "messaging_product": "whatsapp",
        "contacts": [{"input": PHONE, "wa_id": PHONE[1:]}],
        "messages": [{"id": taken.id}],
    }
    assert (taken.to, taken.outbox_id, taken.payload["text"]) == (PHONE, "o1", {"body": "Hello"})


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"type": "text", "text": {"body": "x" * 4097}}, 131009),
        ({"type": "text", "text": None}, 131008),
        ({"type": "hologram", "hologram": {}}, 131051),
        ({"type": "text", "text": {"body": "x"}, "to": ""}, 100),
        ({"type": "text", "text": {"body": "x"}, "messaging_product": "sms"}, 100),
        ({"type": "image", "image": {}}, 131008),
        ({"type": "image", "image": {"id": "1", "link": "https://a.example"}}, 131009),
        ({"type": "interactive", "interactive": {"type": "button"}}, 131009),
        ({"type": "template", "template": {"name": "t", "language": {}}}, 131008),
        (templated({"type": "head", "parameters": []}), 100),
        (templated({"type": "header", "parameters": [{"type": "image"}]}), 131008),
        (
            templated({"type": "header", "parameters": [{"type": "image", "image": {"id": ""}}]}),
            131009,
        ),
        (templated({"type": "body", "parameters": [{"type": "text", "text": "a\tb"}]}), 132018),
    ],
)
async def test_wrong_message_is_refused_with_metas_code(
    http: ReqwestClient, parts: dict[str, object], expected: int
) -> None:
    async with fake_graph() as graph:
        answer = await say(http, graph, **parts)

    assert (answer.status, code(answer)) == (400, expected)
    assert not graph.taken


BUTTONS = ("", "https://a.example/t/{{1}}")
SHIPPED = ApprovedTemplate(
    name="shipped",
    language="en_US",
    header="TEXT",
    header_text="Order {{1}}",
    body="{{1}}, it goes to {{2}}.",
    buttons=BUTTONS,
)
BY_NAME = ApprovedTemplate(name="by_name", language="en", body="It goes to {{place}}.")
SHOWN = ApprovedTemplate(name="shown", language="en", header="IMAGE", body="New")
HEAD = part("header", text="ORD-7")
BODY = part("body", text="Ana", more="Gokwe")
LINK = {"type": "button", "sub_type": "url", "index": "1", **part("", text="7", typed=False)}
PLACE = {"type": "text", "parameter_name": "place", "text": "Gokwe"}


@pytest.mark.parametrize(
    ("name", "components", "expected"),
    [
        ("shipped", (HEAD, BODY, LINK), 0),
        ("shipped", (HEAD, part("body", text="Ana"), LINK), 132000),
        ("shipped", (BODY, LINK), 132000),
        ("shipped", (HEAD, BODY), 131008),
        ("shipped", (HEAD, BODY, {**LINK, "index": "0"}, LINK), 132012),
        ("shipped", (HEAD, BODY, {**LINK, "index": "7"}, LINK), 132000),
        ("shipped", (HEAD, part("body", text="x" * 1024, more="y"), LINK), 132005),
        ("shipped", (HEAD, {**BODY, "parameters": [PLACE, PLACE]}, LINK), 132012),
        ("by_name", ({"type": "body", "parameters": [PLACE]},), 0),
        ("by_name", (part("body", text="Gokwe"),), 100),
        ("by_name", ({"type": "body", "parameters": [{**PLACE, "parameter_name": "x"}]},), 132012),
        ("shown", (part("header", text="no picture"),), 132012),
        ("shown", (), 132012),
        ("paused", (), 132015),
        ("disabled", (), 132016),
        ("pending", (), 132001),
        ("nobody_knows", (), 132001),
    ],
)
async def test_a_template_is_held_to_what_was_approved(
    http: ReqwestClient, name: str, components: tuple[dict[str, Any], ...], expected: int
) -> None:
    stopped = [
        ApprovedTemplate(name=status.lower(), language="en", body="Hello", status=status)
        for status in ("PAUSED", "DISABLED", "PENDING")
    ]
    language = {"code": "en_US" if name == "shipped" else "en"}
    template = {"name": name, "language": language, "components": components}
    async with fake_graph() as graph:
        graph.templates.add(SHIPPED, BY_NAME, SHOWN, *stopped)
        answer = await say(http, graph, type="template", template=template)

    assert (answer.status, code(answer) if expected else 0) == (400 if expected else 200, expected)


async def test_bad_token_is_refused(http: ReqwestClient) -> None:
    async with fake_graph(FakeGraph(tokens=frozenset({"other"}))) as graph:
        assert code(await say(http, graph)) == 190

        graph.tokens |= {"good"}
        assert (await say(http, graph)).status == 200


async def test_shut_window_lets_templates_through(http: ReqwestClient) -> None:
    template = {"name": "t", "language": {"code": "en"}}
    async with fake_graph() as graph:
        graph.shut_windows.add(PHONE)

        assert code(await say(http, graph)) == 131047
        assert (await say(http, graph, type="template", template=template)).status == 200


async def test_script_runs_out_and_messages_are_taken_again(http: ReqwestClient) -> None:
    async with fake_graph() as graph:
        graph.script(refused(130429), refused(131056, retry_after="6"))
        first, second, third = [await say(http, graph) for _ in range(3)]

    assert (code(first), code(second), third.status) == (130429, 131056, 200)
    assert second.headers["retry-after"] == "6"


async def test_script_for_one_contact_leaves_the_others_alone(http: ReqwestClient) -> None:
    async with fake_graph() as graph:
        graph.script(refused(131026), to="+263772000002")

        assert (await say(http, graph)).status == 200
        assert code(await say(http, graph, to="+263772000002")) == 131026


async def test_outage_lasts_until_it_is_over(http: ReqwestClient) -> None:
    async with fake_graph() as graph:
        graph.always(refused(131016, 503))
        during = [(await say(http, graph)).status for _ in range(3)]
        graph.always(None)

        assert during == [503, 503, 503]
        assert (await say(http, graph)).status == 200


async def test_late_answer_still_comes(http: ReqwestClient) -> None:
    async with fake_graph() as graph:
        graph.script(slow(0.05))

        assert (await say(http, graph)).status == 200


async def test_what_was_taken_is_reported_with_good_signatures(http: ReqwestClient) -> None:
    receiver = Receiver(failing=2)
    async with serving(receiver.answer) as url:
        graph = FakeGraph(app_secret="new", reporting=Reporting(url=url))
        async with fake_graph(graph):
            await say(http, graph, biz_opaque_callback_data="o1")
            await asyncio.wait_for(graph.reported(), 2)

    (taken,) = graph.taken
    statuses = receiver.statuses()
    assert {status.status for status in statuses} == {"sent", "delivered", "read"}
    assert {(status.provider_id, status.outbox_id) for status in statuses} == {(taken.id, "o1")}


async def test_reports_come_twice_and_out_of_order(http: ReqwestClient) -> None:
    receiver = Receiver()
    shuffled = random.Random(7)
    async with serving(receiver.answer) as url:
        reporting = Reporting(url=url, times=2, shuffled=shuffled)
        graph = FakeGraph(app_secret="new", reporting=reporting)
        async with fake_graph(graph):
            await say(http, graph)
            await asyncio.wait_for(graph.reported(), 2)

    assert len(receiver.statuses()) == 6


async def test_failure_is_reported_later(http: ReqwestClient) -> None:
    receiver = Receiver()
    async with serving(receiver.answer) as url:
        graph = FakeGraph(app_secret="new", reporting=Reporting(url=url))
        async with fake_graph(graph):
            graph.script(fails_later(131026))
            answer = await say(http, graph)
            await asyncio.wait_for(graph.reported(), 2)

    (status,) = receiver.statuses()
    assert answer.status == 200
    assert (status.status, status.error_code) == ("failed", "131026")


@pytest.mark.parametrize(
    "kind", ["text", "button", "list", "template", "location", "image", "contacts"]
)
def test_inbound_webhooks_are_such_as_the_channel_reads(kind: str) -> None:
    webhooks = MetaWebhooks(NUMBER, "new")
    made = {
        "text": lambda: webhooks.text("ZW.9", "Hi", name="Rudo", reply_to="wamid.1"),
        "button": lambda: webhooks.button_reply(PHONE, "yes", "Yes"),
        "list": lambda: webhooks.list_reply(PHONE, "yes", "Yes"),
        "template": lambda: webhooks.template_reply(PHONE, "yes", "Yes"),
        "location": lambda: webhooks.location(PHONE, -18.2, 28.9),
        "image": lambda: webhooks.image(PHONE, caption="These"),
        "contacts": lambda: webhooks.contact("ZW.9", PHONE),
    }

    (item,) = read(made[kind]())
    assert isinstance(item, Message)
    assert item.kind == {"button": "choice", "list": "choice", "template": "choice"}.get(
        kind, kind
    )
