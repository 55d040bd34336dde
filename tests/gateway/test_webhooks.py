import asyncio
import json

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from sokoni.config import Environment, Settings
from sokoni.db.vault import Vault
from sokoni.gateway.asgi import LARGEST
from sokoni.messaging.models import EventState, InboxEvent
from sokoni.messaging.wakeups import INBOX, STATUSES
from sokoni.testing.clock import NOON
from tests.gateway.driving import (
    NUMBER,
    call,
    change,
    gateway,
    signed,
    simulator,
    status_item,
    text_item,
    webhook,
    whatsapp,
)
from tests.messaging.arriving import count, every

PRODUCTION = Settings(env=Environment.PRODUCTION)
SLOW = Settings(global_rate_per_second=2)
PATH = f"/webhook/whatsapp/token-{NUMBER}"


async def test_a_signed_message_is_stored_and_acknowledged(
    engine: AsyncEngine, vault: Vault
) -> None:
    account = whatsapp()
    gate = gateway(engine, vault, account)
    body = webhook(change(text_item("w1")))

    reply = await call(gate.app, PATH, body, signed(body))

    assert (reply.status, json.loads(reply.body)) == (200, {"status": "success"})
    [event] = await every(engine, InboxEvent)
    assert (event.account_id, event.key, event.received_at) == (account.id, "w1", NOON)
    assert await gate.hints.wait(INBOX, 0)
    assert not await gate.hints.wait(STATUSES, 0)


async def test_the_old_secret_still_counts_while_it_is_replaced(
    engine: AsyncEngine, vault: Vault
) -> None:
    gate = gateway(engine, vault, whatsapp())
    body = webhook(change(text_item("w1")))

    assert (await call(gate.app, PATH, body, signed(body, "old"))).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256=00"},
        {"X-Hub-Signature-256": "é"},
        signed(b"something else"),
        signed(webhook(change(text_item("w1"))), "another secret"),
    ],
)
async def test_a_bad_signature_stores_nothing(
    engine: AsyncEngine, vault: Vault, headers: dict[str, str]
) -> None:
    gate = gateway(engine, vault, whatsapp())

    reply = await call(gate.app, PATH, webhook(change(text_item("w1"))), headers)

    assert (reply.status, json.loads(reply.body)["code"]) == (401, "invalid_signature")
    assert await count(engine, "inbox") == 0
    assert gate.figure("sokoni_signature_failures_total", platform="whatsapp") == 1


async def test_the_same_webhook_fifty_times_at_once_has_one_effect(
    engine: AsyncEngine, vault: Vault
) -> None:
    gate = gateway(engine, vault, whatsapp())
    body = webhook(change(text_item("w1")))

    replies = await asyncio.gather(*(call(gate.app, PATH, body, signed(body)) for _ in range(50)))

    assert {reply.status for reply in replies} == {200}
    assert await count(engine, "inbox") == 1
    assert await count(engine, "conversations") == 1
    assert gate.figure("sokoni_duplicates_total") == 49


async def test_two_gateways_that_get_the_same_webhook_store_it_once(
    engine: AsyncEngine, vault: Vault
) -> None:
    account = whatsapp()
    gates = [gateway(engine, vault, account) for _ in range(3)]
    bodies = [webhook(change(text_item(f"w{n}", f"2637710000{n:02}"))) for n in range(20)]

    await asyncio.gather(
        *(call(gate.app, PATH, body, signed(body)) for body in bodies for gate in gates)
    )

    assert await count(engine, "inbox") == 20
    assert await count(engine, "contacts") == 20


async def test_two_senders_interleaved_keep_their_own_conversations(
    engine: AsyncEngine, vault: Vault
) -> None:
    gate = gateway(engine, vault, whatsapp())
    bodies = [webhook(change(text_item(f"w{n}", f"26377100000{n % 2}"))) for n in range(10)]

    for body in bodies:
        await call(gate.app, PATH, body, signed(body))

    events = await every(engine, InboxEvent)
    even = {event.conversation_id for event in events if int(event.key[1:]) % 2 == 0}
    odd = {event.conversation_id for event in events if int(event.key[1:]) % 2}
    assert [event.key for event in events] == [f"w{n}" for n in range(10)]
    assert (len(even), len(odd), len(even | odd)) == (1, 1, 2)


async def test_one_webhook_may_hold_many_entries_changes_and_items(
    engine: AsyncEngine, vault: Vault
) -> None:
    first = whatsapp()
    second = whatsapp("777")
    gate = gateway(engine, vault, first, second)
    body = webhook(
        change(text_item("w1"), text_item("w2", "263771000002")),
        change(text_item("w3"), number="777"),
        change(statuses=[status_item("w9", "sent"), status_item("w9", "read")]),
    )

    reply = await call(gate.app, PATH, body, signed(body))

    assert reply.status == 200
    events = {event.key: event.account_id for event in await every(engine, InboxEvent)}
    assert events == {
        "w1": first.id,
        "w2": first.id,
        "w3": second.id,
        "status:w9:sent": first.id,
        "status:w9:read": first.id,
    }
    assert await gate.hints.wait(STATUSES, 0)


async def test_a_secret_speaks_only_for_its_own_numbers(engine: AsyncEngine, vault: Vault) -> None:
    gate = gateway(engine, vault, whatsapp(), whatsapp("777", secret="not yours"))
    body = webhook(
        change(text_item("w1")),
        change(text_item("w2"), number="777"),
        change(text_item("w3"), number="nobody's"),
    )

    reply = await call(gate.app, PATH, body, signed(body))

    assert reply.status == 200
    events = await every(engine, InboxEvent)
    assert [event.key for event in events if event.state == EventState.WAITING] == ["w1"]
    assert gate.figure("sokoni_webhook_strays_total", platform="whatsapp") == 2


async def test_a_number_that_nobody_here_has_is_kept_once_a_day(
    engine: AsyncEngine, vault: Vault
) -> None:
    mine = whatsapp()
    gate = gateway(engine, vault, mine)
    first, *more = (webhook(change(text_item(f"w{n}"), number="mistyped")) for n in range(3))

    with capture_logs() as lines:
        replies = [await call(gate.app, PATH, one, signed(one)) for one in (first, *more)]

    assert {reply.status for reply in replies} == {200}
    [event] = await every(engine, InboxEvent)
    assert (event.state, event.account_id) == (EventState.UNREADABLE, mine.id)
    assert event.error.startswith("for mistyped, which is no account here")
    assert vault.open("inbox.payload", event.id, event.payload) == first
    assert [line["named"] for line in lines] == ["mistyped"]
    assert gate.figure("sokoni_webhook_strays_total", platform="whatsapp") == 3


@pytest.mark.parametrize(
    ("body", "stored"),
    [
        (b"{", 1),
        (b"", 1),
        (b"\xff\xfe\x00", 1),
        (b"[" * 100_000, 1),
        (b'{"object":"whatsapp_business_account","entry":[]}', 0),
    ],
)
async def test_a_body_that_nobody_can_read_is_kept_whole(
    engine: AsyncEngine, vault: Vault, body: bytes, stored: int
) -> None:
    gate = gateway(engine, vault, whatsapp())

    replies = [await call(gate.app, PATH, body, signed(body)) for _ in range(2)]

    assert {reply.status for reply in replies} == {200}
    events = await every(engine, InboxEvent)
    assert [event.state for event in events] == [EventState.UNREADABLE] * stored
    assert {vault.open("inbox.payload", one.id, one.payload) for one in events} <= {body}


async def test_a_body_too_large_is_refused_and_logged_once(
    engine: AsyncEngine, vault: Vault
) -> None:
    gate = gateway(engine, vault, whatsapp())
    large = b"x" * (LARGEST + 1)

    with capture_logs() as lines:
        told = await call(gate.app, PATH, b"", {"Content-Length": str(len(large))})
        untold = await call(gate.app, PATH, chunks=[large[: LARGEST // 2]] * 3)

    assert (told.status, untold.status) == (413, 413)
    assert [line["why"] for line in lines] == ["body_too_large"]
    assert await count(engine, "inbox") == 0


async def test_a_body_of_three_megabytes_is_taken(engine: AsyncEngine, vault: Vault) -> None:
    gate = gateway(engine, vault, whatsapp())
    body = webhook(change(text_item("w1", text="x" * (LARGEST - 1000))))

    reply = await call(gate.app, PATH, headers=signed(body), chunks=[body[:1000], body[1000:]])

    assert reply.status == 200
    assert await count(engine, "inbox") == 1


@pytest.mark.parametrize(
    "path",
    ["/webhook/whatsapp/guessed", "/webhook/telegram", "/webhook/whatsapp", "/hook/"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_address_that_stands_for_no_account_is_not_found(
    engine: AsyncEngine, vault: Vault, path: str, method: str
) -> None:
    gate = gateway(engine, vault, whatsapp(), whatsapp("777"))
    body = webhook(change(text_item("w1")))

    reply = await call(gate.app, path, body, signed(body), method=method)

    assert reply.status == 404
    assert await count(engine, "inbox") == 0


@pytest.mark.parametrize(
    "path",
    [
        "/webhook/whatsapp",
        "/webhook/whatsapp/",
        PATH,
        PATH + "/",
        "/api/whatsapp/webhook",
        "/hook",
        "/hook/",
        "/hook/verify/",
    ],
)
async def test_every_address_takes_messages_and_the_challenge(
    engine: AsyncEngine, vault: Vault, path: str
) -> None:
    gate = gateway(engine, vault, whatsapp())
    body = webhook(change(text_item("w1")))
    query = "?hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=11%2058"

    taken = await call(gate.app, path, body, signed(body))
    asked = await call(gate.app, path + query, method="GET")

    assert (taken.status, json.loads(taken.body)) == (200, {"status": "success"})
    assert (asked.status, asked.body) == (200, b"11 58")
    assert asked.headers["content-type"] == "text/plain"


async def test_the_fourth_seed_asks_without_a_mode(engine: AsyncEngine, vault: Vault) -> None:
    gate = gateway(engine, vault, whatsapp())
    query = "?hub.verify_token=verify-me&hub.challenge=1158"

    assert (await call(gate.app, "/hook/verify/" + query, method="GET")).body == b"1158"
    assert (await call(gate.app, PATH + query, method="GET")).status == 403


async def test_a_wrong_verify_token_is_refused(engine: AsyncEngine, vault: Vault) -> None:
    gate = gateway(engine, vault, whatsapp())
    query = "?hub.mode=subscribe&hub.verify_token=guess&hub.challenge=1158"

    reply = await call(gate.app, PATH + query, method="GET")

    assert reply.status == 403
    assert b"1158" not in reply.body


async def test_other_methods_are_refused(engine: AsyncEngine, vault: Vault) -> None:
    gate = gateway(engine, vault, whatsapp())

    assert (await call(gate.app, PATH, method="DELETE")).status == 405


def said(merchant: str) -> bytes:
    return json.dumps({"merchant": merchant, "from": "+263771000001", "text": "hi"}).encode()


async def test_the_simulators_body_names_the_merchant(engine: AsyncEngine, vault: Vault) -> None:
    shop, market = simulator("shop"), simulator("market")
    gate = gateway(engine, vault, shop, market)

    taken = await call(gate.app, "/webhook/simulator", said("market"))
    unknown = await call(gate.app, "/webhook/simulator", said("nowhere"))

    assert (taken.status, unknown.status) == (200, 404)
    [event] = await every(engine, InboxEvent)
    assert event.account_id == market.id


async def test_the_simulators_door_is_shut_in_production(
    engine: AsyncEngine, vault: Vault
) -> None:
    gate = gateway(engine, vault, simulator("shop"), settings=PRODUCTION)

    reply = await call(gate.app, "/webhook/simulator", said("shop"))

    assert reply.status == 404
    assert await count(engine, "inbox") == 0


async def test_more_than_the_installation_takes_in_comes_again_later(
    engine: AsyncEngine, vault: Vault
) -> None:
    gate = gateway(engine, vault, whatsapp(), settings=SLOW)

    async def write(one: dict[str, object]) -> int:
        body = webhook(one)
        return (await call(gate.app, PATH, body, signed(body))).status

    statuses = [await write(change(text_item(f"w{n}"))) for n in range(3)]
    report = await write(change(statuses=[status_item("w9", "sent")]))

    assert statuses == [200, 200, 503]
    assert report == 200
    assert await count(engine, "inbox") == 3


async def test_who_hangs_up_is_not_answered(engine: AsyncEngine, vault: Vault) -> None:
    gate = gateway(engine, vault, whatsapp())

    with pytest.raises(IndexError):
        await call(gate.app, PATH, headers=signed(b""), chunks=[])

    assert await count(engine, "inbox") == 0
