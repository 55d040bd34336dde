"""Twilio's door: forms signed over the public address, thanked for in TwiML."""

from dataclasses import replace
from typing import Final

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.accounts import LiveAccount
from sokoni.channels.inbound import Message, Status
from sokoni.config import Settings
from sokoni.db.vault import Vault
from sokoni.kit.ids import AccountId, MerchantId, new_id
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.models import EventState, InboxEvent
from sokoni.testing.twilio_webhooks import Posted, TwilioWebhooks, signed_json
from tests.channels.twilio_whatsapp.captured import ACCOUNT, KEY, NUMBER, channel
from tests.gateway.driving import Gateway, Reply, call, gateway
from tests.messaging.arriving import count, every

TOKEN: Final = "twilio-token-123"
PATH: Final = "/webhook/twilio/k3v9"
PUBLIC: Final = Settings(public_url="https://shop.example.com/sokoni/")
"""What Twilio calls; the proxy in front of us ends TLS and takes the first part of the path."""
ADDRESS: Final = f"https://shop.example.com/sokoni{PATH}"
WEBHOOKS: Final = TwilioWebhooks(ACCOUNT, TOKEN, NUMBER, ADDRESS)
PHONE: Final = "+263771000001"


def account(key: str = KEY, name: str = "k3v9") -> LiveAccount:
    return LiveAccount(
        id=AccountId(new_id()),
        merchant_id=MerchantId(new_id()),
        channel=channel(),
        key=key,
        account=name,
    )


async def post(gate: Gateway, posted: Posted, path: str = PATH) -> Reply:
    query = posted.url.partition("?")[2]
    return await call(gate.app, f"{path}?{query}" if query else path, posted.body, posted.headers)


async def stored(engine: AsyncEngine, vault: Vault, kind: type[msgspec.Struct]) -> object:
    [event] = await every(engine, InboxEvent)
    return msgspec.json.decode(vault.open(PLACE, event.id, event.payload), type=kind)


async def test_a_signed_message_is_stored_and_thanked_for_in_twiml(
    engine: AsyncEngine, vault: Vault
) -> None:
    gate = gateway(engine, vault, account(), settings=PUBLIC)

    reply = await post(gate, WEBHOOKS.text(PHONE, "Hi", id="SM1"))

    assert (reply.status, reply.headers["content-type"]) == (200, "text/xml")
    assert reply.body == b"<Response/>"
    said = await stored(engine, vault, Message)
    assert isinstance(said, Message)
    assert (said.provider_id, said.text) == ("SM1", "Hi")


async def test_the_short_address_works_for_the_only_account(
    engine: AsyncEngine, vault: Vault
) -> None:
    gate = gateway(engine, vault, account(), settings=PUBLIC)
    short = TwilioWebhooks(
        ACCOUNT, TOKEN, NUMBER, "https://shop.example.com/sokoni/webhook/twilio"
    )

    reply = await post(gate, short.text(PHONE, "Hi"), "/webhook/twilio")

    assert (reply.status, await count(engine, "inbox")) == (200, 1)


@pytest.mark.parametrize("path", ["/webhook", "/webhook/"])
async def test_the_second_seeds_address_works(
    engine: AsyncEngine, vault: Vault, path: str
) -> None:
    gate = gateway(engine, vault, account(), settings=PUBLIC)
    seeds = TwilioWebhooks(ACCOUNT, TOKEN, NUMBER, f"https://shop.example.com/sokoni{path}")

    reply = await post(gate, seeds.text(PHONE, "Hi"), path)

    assert (reply.status, await count(engine, "inbox")) == (200, 1)


async def test_what_twilio_sends_again_is_stored_once(engine: AsyncEngine, vault: Vault) -> None:
    gate = gateway(engine, vault, account(), settings=PUBLIC)
    first = WEBHOOKS.text(PHONE, "Hi", id="SM1")
    again = replace(first, headers={**first.headers, "i-twilio-idempotency-token": "other"})

    replies = [await post(gate, one) for one in (first, again)]

    assert {reply.body for reply in replies} == {b"<Response/>"}
    assert await count(engine, "inbox") == 1


async def test_a_status_knows_the_message_by_its_address(
    engine: AsyncEngine, vault: Vault
) -> None:
    gate = gateway(engine, vault, account(), settings=PUBLIC)
    ours = str(new_id())

    reply = await post(
        gate, WEBHOOKS.status("delivered", "SM1", PHONE, callback=f"{ADDRESS}?outbox={ours}")
    )

    assert (reply.status, reply.body) == (200, b"<Response/>")
    status = await stored(engine, vault, Status)
    assert isinstance(status, Status)
    assert (status.status, status.provider_id, status.outbox_id) == ("delivered", "SM1", ours)


async def test_status_of_what_a_service_sent_from_another_number_is_kept(
    engine: AsyncEngine, vault: Vault
) -> None:
    gate = gateway(engine, vault, account(), settings=PUBLIC)
    other = TwilioWebhooks(ACCOUNT, TOKEN, "+263242700009", ADDRESS)

    reply = await post(
        gate, other.status("read", "SM1", PHONE, callback=f"{ADDRESS}?outbox={new_id()}")
    )

    assert reply.status == 200
    status = await stored(engine, vault, Status)
    assert isinstance(status, Status)
    assert status.status == "read"


async def test_an_event_in_json_is_kept(engine: AsyncEngine, vault: Vault) -> None:
    gate = gateway(engine, vault, account(), settings=PUBLIC)

    reply = await post(gate, signed_json(ADDRESS, b'{"type":"error"}', TOKEN))

    assert (reply.status, reply.body) == (200, b"<Response/>")
    assert await count(engine, "inbox") == 1


@pytest.mark.parametrize(
    "forged",
    [
        TwilioWebhooks(ACCOUNT, "another-token", NUMBER, ADDRESS).text(PHONE, "Hi"),
        TwilioWebhooks(ACCOUNT, TOKEN, NUMBER, f"http://127.0.0.1:8000{PATH}").text(PHONE, "Hi"),
        replace(WEBHOOKS.text(PHONE, "Hi"), headers={}),
        replace(WEBHOOKS.text(PHONE, "Hi"), body=b"From=whatsapp%3A%2B263771000002"),
        replace(
            WEBHOOKS.status("read", "SM1", PHONE, callback=ADDRESS), url=f"{ADDRESS}?outbox=1"
        ),
    ],
)
async def test_a_forged_request_stores_nothing(
    engine: AsyncEngine, vault: Vault, forged: Posted
) -> None:
    gate = gateway(engine, vault, account(), settings=PUBLIC)

    reply = await post(gate, forged)

    assert reply.status == 401
    assert await count(engine, "inbox") == 0
    assert gate.figure("sokoni_signature_failures_total", platform="twilio") == 1


async def test_a_form_nobody_can_read_is_kept_whole(engine: AsyncEngine, vault: Vault) -> None:
    gate = gateway(engine, vault, account(), settings=PUBLIC)

    reply = await post(
        gate, WEBHOOKS.message("", {"Body": "Hi", "WaId": "", "ExternalUserId": ""})
    )

    assert reply.status == 200
    [event] = await every(engine, InboxEvent)
    assert event.state == EventState.UNREADABLE
    assert b"Body=Hi" in vault.open(PLACE, event.id, event.payload)


async def test_one_address_serves_two_numbers_of_an_account(
    engine: AsyncEngine, vault: Vault
) -> None:
    second = account(f"{ACCOUNT}/+263242000000", "other")
    gate = gateway(engine, vault, account(), second, settings=PUBLIC)
    other = TwilioWebhooks(ACCOUNT, TOKEN, "+263242000000", ADDRESS)

    await post(gate, other.text(PHONE, "Hi"))

    [event] = await every(engine, InboxEvent)
    assert event.account_id == second.id
