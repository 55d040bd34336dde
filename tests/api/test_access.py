"""Who may ask what: keys, scopes, and one merchant's things for one merchant only."""

from uuid import uuid4

import pytest

from sokoni.kit.ids import MerchantId
from sokoni.messaging.models import EventState
from sokoni.testing.asgi import Answer
from tests.api.market import Market

BEARER = "www-authenticate"
GUARDED = (
    ("GET", "/api/v1/conversations"),
    ("GET", "/api/v1/conversations/{conversation}"),
    ("GET", "/api/v1/conversations/{conversation}/messages"),
    ("POST", "/api/v1/conversations/{conversation}/take"),
    ("POST", "/api/v1/conversations/{conversation}/back"),
    ("POST", "/api/v1/conversations/{conversation}/say"),
    ("GET", "/api/v1/contacts"),
    ("GET", "/api/v1/contacts/+263771000001"),
    ("GET", "/api/v1/contacts/+263771000001/export"),
    ("GET", "/api/v1/contacts/+263771000001/export.pdf"),
    ("DELETE", "/api/v1/contacts/+263771000001"),
    ("POST", "/api/v1/contacts/+263771000001/opt_out"),
    ("POST", "/api/v1/contacts/+263771000001/opt_in"),
    ("GET", "/api/v1/events"),
    ("GET", "/api/v1/events/{event}"),
    ("POST", "/api/v1/events/{event}/replay"),
    ("GET", "/api/v1/places"),
    ("POST", "/api/v1/places"),
    ("POST", "/api/v1/places/{place}/verify"),
    ("DELETE", "/api/v1/places/{place}"),
    ("GET", "/api/v1/payments"),
    ("GET", "/api/v1/payments/{event}"),
    ("POST", "/api/v1/payments/{event}/refund"),
    ("POST", "/api/v1/payments/{event}/mark-paid"),
    ("POST", "/api/v1/payments/{event}/mark-refused"),
    ("GET", "/api/v1/reports"),
    ("POST", "/api/v1/reports"),
    ("POST", "/api/v1/reports/{event}/approve"),
    ("POST", "/api/v1/reports/{event}/reject"),
    ("GET", "/api/v1/stats"),
)
NAMING = [(method, path) for method, path in GUARDED if "{" in path or "contacts/" in path]


BODIES = {
    "reports": b'{"what": "LST-0000000"}',
    "refund": b"{}",
    "mark-paid": b'{"amount": "2.50", "currency": "USD"}',
    "mark-refused": b"{}",
    "say": b'{"text": "hello"}',
    "places": b'{"name": "Nyamazizi", "latitude": -18.45, "longitude": 29.05}',
}
NEEDED = {
    "events": "events",
    "stats": "read",
    "places": "places",
    "reports": "reviews",
    "payments": "payments",
}


async def ask(market: Market, method: str, path: str, key: str = "", **ids: object) -> Answer:
    body = BODIES.get(path.rpartition("/")[2], b"") if method == "POST" else b""
    given = {"conversation": uuid4(), "event": uuid4(), "place": uuid4(), **ids}
    headers = {"content-type": "application/json"}
    client = market.client(key)
    return await client.request(method, path.format(**given), body=body, headers=headers)


def code(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json()["code"]


@pytest.mark.parametrize(("method", "path"), GUARDED)
async def test_nothing_is_shown_without_a_key(market: Market, method: str, path: str) -> None:
    answer = await ask(market, method, path)

    assert code(answer) == (401, "api_key_missing")
    assert answer.headers[BEARER] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), GUARDED)
async def test_a_key_that_nobody_issued_opens_nothing(
    market: Market, method: str, path: str
) -> None:
    await market.merchant("one")

    assert code(await ask(market, method, path, "sk_guessed")) == (401, "api_key_invalid")


@pytest.mark.parametrize(("method", "path"), GUARDED)
async def test_a_key_for_something_else_is_refused(market: Market, method: str, path: str) -> None:
    needed = NEEDED.get(path.split("/")[3], "conversations")
    scopes = {"read", "write", "conversations", "events", "places", "reviews"} - {needed}
    key = await market.key(await market.merchant("one"), *scopes)

    answer = await ask(market, method, path, key)

    assert code(answer) == (403, "scope_missing")
    assert answer.json()["mistakes"] == [{"where": needed, "problem": "missing"}]


@pytest.mark.parametrize(("method", "path"), NAMING)
async def test_what_is_another_merchants_does_not_exist(
    market: Market, method: str, path: str
) -> None:
    mine, theirs = await market.merchant("mine"), await market.merchant("theirs")
    conversation = await market.conversation(theirs, "+263771000001", "Tendai")
    event, place = await market.aside(conversation), await market.place(theirs, "Nyamazizi")
    key = await market.key(mine, "admin")

    answer = await ask(
        market, method, path, key, conversation=conversation, event=event, place=place
    )
    missing = await ask(market, method, path.replace("0001", "0002"), key)

    assert answer.status == 404
    assert answer.body == missing.body
    assert [one.state for one in await market.events(conversation)] == [EventState.PARKED]
    assert await market.places(theirs) == ["Nyamazizi"]


@pytest.mark.parametrize("path", ["/api/v1/conversations", "/api/v1/events", "/api/v1/places"])
async def test_lists_hold_nothing_of_another_merchant(market: Market, path: str) -> None:
    mine, theirs = await market.merchant("mine"), await market.merchant("theirs")
    await market.aside(await market.conversation(theirs, "+263771000001"))
    await market.place(theirs, "Nyamazizi")
    key = await market.key(mine, "admin")

    answer = await market.client(key).get(path)

    assert answer.json() == {"items": [], "next": None}


async def test_a_key_of_a_merchant_who_is_gone_opens_nothing(market: Market) -> None:
    key = await market.key(MerchantId(uuid4()), "admin")

    assert (await market.client(key).get("/api/v1/conversations")).status == 404


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer ", "sk_x"])
async def test_a_header_of_another_kind_is_no_key(market: Market, header: str) -> None:
    client = market.client()

    answer = await client.get("/api/v1/events", headers={"authorization": header})

    assert answer.status == 401


async def test_the_simulators_door_is_open_in_development_only(market: Market) -> None:
    await market.merchant("one")
    path = "/api/v1/simulator/one/+263771000001/messages"

    assert (await market.client().get(path)).status == 200
    assert (await market.client(production=True).get(path)).status == 404


async def test_what_is_asked_wrongly_is_named_without_repeating_it(market: Market) -> None:
    key = await market.key(await market.merchant("one"), "admin")

    answer = await market.client(key).get("/api/v1/conversations?limit=secret")

    assert code(answer) == (422, "invalid_request")
    assert answer.json()["mistakes"][0]["where"] == "query.limit"
    assert b"secret" not in answer.body


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nothing", 404), ("POST", "/api/v1/events", 405)],
)
async def test_a_path_that_is_not_there_is_a_problem_too(
    market: Market, method: str, path: str, status: int
) -> None:
    answer = await market.client().request(method, path)

    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("told", ["2000000", "10", "-1", "x"])
async def test_nobody_fills_the_memory_even_with_a_header_that_lies(
    market: Market, told: str
) -> None:
    body = b'{"text": "' + b"x" * 2_000_000 + b'"}'
    headers = {"content-type": "application/json", "content-length": told}
    path = f"/api/v1/conversations/{uuid4()}/say"

    answer = await market.client().request("POST", path, body=body, headers=headers)

    assert answer.status == 413
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_api_describes_itself(market: Market) -> None:
    client = market.client()

    page = (await client.get("/docs")).body.decode()
    assert "/api/v1/conversations/{conversation_id}/say" in page
    assert "src=" not in page
    assert "text: string" in page
    assert "window_until&quot;: &quot;2026-03-03T07:00:00Z" in page
    described = (await client.get("/openapi.json")).json()["paths"]
    assert "/api/v1/conversations/{conversation_id}/say" in described
