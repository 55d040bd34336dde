"""What comes through the real doors: hostile, repeated, malformed. The server goes on."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.capabilities.marketplace.models import Listing
from sokoni.db.writing import reading
from sokoni.messaging.models import EventState, InboxEvent, Message
from sokoni.testing.fake_graph import FakeGraph, fake_graph
from sokoni.testing.meta_webhooks import signed
from tests.failures.crowd import phone
from tests.failures.place import NUMBERS, SECRET, SLUG, number_id
from tests.failures.served import Served, served

_TEXTS = {
    "as long as can be": "x" * 65_536,
    "longer than is kept": "y " * 100_000,
    "emoji": "🐐" * 300 + "👨‍👩‍👧‍👦🇿🇼",
    "zero width": "sell\u200b\u200c\u200d\ufeff 10\u2060 goats",
    "control characters": "sell \x01\x02\x1b[31m goats \x7f\r\n\t",
    "nul": "goats\x00; DROP TABLE listings",
    "right to left": "\u202egoats\u202c \u2066sell\u2069",
    "spreadsheet": '=cmd|"/C calc"!A0',
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "sql": "'; DELETE FROM messages; --",
    "placeholders": "{name} {0.__class__} %s %(x)s ${HOME}",
    "combining": "a" + "\u0301" * 5_000,
    "digits": "9" * 5_000,
    "money": "$" + "9" * 400 + ".99 each",
    "spaces": " " * 4_000,
    "nothing": "",
}
_BODIES = {
    "deep": b"[" * 100_000,
    "deep object": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "no json": b"\xff\xfe\x00",
    "empty": b"",
    "a number": b"17",
    "null": b"null",
    "wrong types": json.dumps({"object": [], "entry": {"changes": 3}}).encode(),
    "wrong types inside": json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": 1, "changes": [{"value": "x"}]}]}
    ).encode(),
    "huge number": b'{"object":"whatsapp_business_account","entry":' + b"9" * 10_000 + b"}",
}
_SURROGATE = (
    b'{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages",'
    b'"value":{"messaging_product":"whatsapp","metadata":{"phone_number_id":"555000000000"},'
    b'"contacts":[{"wa_id":"263770000001","profile":{"name":"\\ud83d"}}],"messages":[{"from":'
    b'"263770000001","id":"wamid.half","timestamp":"1700000000","type":"text",'
    b'"text":{"body":"half \\ud83d of it"}}]}}]}]}'
)


@pytest.fixture
async def graph() -> AsyncIterator[FakeGraph]:
    async with fake_graph(FakeGraph(app_secret=SECRET)) as graph:
        yield graph


@pytest.fixture
async def here(database_url: str, engine: AsyncEngine, graph: FakeGraph) -> AsyncIterator[Served]:
    async with served(database_url, graph) as here:
        yield here


async def test_whatever_is_typed_is_kept_and_answered(here: Served, graph: FakeGraph) -> None:
    for number, text in enumerate(_TEXTS.values()):
        webhook = graph.webhooks(number_id(0)).text(phone(number), text, name=text[:50])
        assert (await here.post(webhook)).status == 200
    await here.idle()

    assert {taken.to for taken in graph.taken} == {phone(one) for one in range(len(_TEXTS))}
    assert await _states(here) == {EventState.DONE: len(_TEXTS)}
    await _still_answers(here, graph)


async def test_whatever_is_typed_in_the_middle_of_a_task_is_answered(
    here: Served, graph: FakeGraph
) -> None:
    webhooks = graph.webhooks(number_id(0))
    for number, text in enumerate(_TEXTS.values()):
        for line in ("selling maize", text, text, text):
            assert (await here.post(webhooks.text(phone(number), line))).status == 200
            await here.idle()

    assert await _states(here) == {EventState.DONE: 4 * len(_TEXTS)}
    await _still_answers(here, graph)


async def test_the_simulator_takes_or_refuses_whatever_is_typed(
    here: Served, graph: FakeGraph
) -> None:
    for number, text in enumerate(_TEXTS.values()):
        said = {"merchant": SLUG, "from": phone(number), "text": text}
        answered = await here.simulate(json.dumps(said).encode())
        assert answered.status in {200, 400, 422}, text[:40]
    await here.idle()

    assert EventState.PARKED not in await _states(here)
    await _still_answers(here, graph)


async def test_a_body_that_is_no_webhook_is_kept_or_refused_cleanly(
    here: Served, graph: FakeGraph
) -> None:
    halves = signed(_SURROGATE.replace(b"555000000000", number_id(0).encode()), SECRET)

    by_provider = [(await here.post(signed(body, SECRET))).status for body in _BODIES.values()]
    by_simulator = [(await here.simulate(body)).status for body in _BODIES.values()]
    half = (await here.post(halves)).status
    await here.idle()

    assert by_provider == [200] * len(_BODIES), "signed: kept, for staff to see"
    assert all(400 <= status < 500 or status == 200 for status in by_simulator)
    assert half == 200
    await _still_answers(here, graph)


async def test_fifty_identical_webhooks_at_once_have_one_effect(
    here: Served, graph: FakeGraph
) -> None:
    webhooks = graph.webhooks(number_id(1))
    for line in ("selling 10 goats at $20 in Gokwe", "yes"):
        same = webhooks.text(phone(0), line)
        answers = await asyncio.gather(*(here.post(same, 1) for _ in range(50)))
        await here.idle()
        assert {answer.status for answer in answers} == {200}

    assert len(graph.taken) == 2
    assert await _count(here, Listing) == 1
    assert await _count(here, Message) == 4
    assert await _states(here) == {EventState.DONE: 2}


async def _still_answers(here: Served, graph: FakeGraph) -> None:
    """Check that somebody else is served as ever."""
    before = len(graph.taken)
    for number in range(NUMBERS):
        webhook = graph.webhooks(number_id(number)).text("+263789999999", "menu")
        assert (await here.post(webhook, number)).status == 200
    await here.idle()
    assert len(graph.taken) == before + NUMBERS


async def _states(here: Served) -> dict[int, int]:
    async with reading(here.app.engine) as connection:
        rows = await connection.execute(
            select(InboxEvent.state, func.count()).group_by(InboxEvent.state)
        )
        return {row[0]: row[1] for row in rows}


async def _count(here: Served, what: type[Listing | Message]) -> int:
    async with reading(here.app.engine) as connection:
        return await connection.scalar(select(func.count()).select_from(what)) or 0
