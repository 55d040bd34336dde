"""The gateway over the accounts that really stand in the database."""

from uuid import UUID

import msgspec
import pytest
from sqlalchemy import insert, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.accounts import Accounts
from sokoni.channels.registry import Registry
from sokoni.db.engine import open_engine
from sokoni.db.vault import Vault
from sokoni.gateway.app import build_gateway
from sokoni.gateway.asgi import AsgiApp
from sokoni.kit.ids import new_id
from sokoni.merchants.models import ChannelAccount
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.models import InboxEvent
from sokoni.messaging.parked import ParkedEvents
from sokoni.messaging.replaying import Outcome, Replayed, Replaying
from sokoni.testing.clock import NOON
from tests.gateway.away import Relay
from tests.gateway.driving import (
    CLOCK,
    NUMBER,
    SECRET,
    NoHttp,
    call,
    change,
    parts,
    signed,
    text_item,
    webhook,
)
from tests.messaging.arriving import count, every

PATH = "/webhook/whatsapp/unguessable"


async def connect(
    engine: AsyncEngine,
    vault: Vault,
    number: str = NUMBER,
    account: str = "unguessable",
    merchant: UUID | None = None,
) -> None:
    account_id = new_id()
    config = {
        "phone_number_id": number,
        "access_token": "t",
        "app_secrets": [SECRET],
        "verify_token": "verify-me",
    }
    sealed = vault.seal("channel_accounts.config", account_id, msgspec.json.encode(config))
    row = {
        "id": account_id,
        "merchant_id": merchant or new_id(),
        "channel": "whatsapp_cloud",
        "account": account,
        "key": number,
        "config": sealed,
        "paused_reason": "",
        "created_at": NOON,
    }
    async with engine.begin() as connection:
        await connection.execute(insert(ChannelAccount), row)


def app(engine: AsyncEngine, vault: Vault) -> AsgiApp:
    accounts = Accounts(engine, vault, Registry(), NoHttp(), CLOCK)
    return build_gateway(parts(engine, vault, accounts))


async def test_an_account_is_found_by_the_address_and_signs_for_itself(
    engine: AsyncEngine, vault: Vault
) -> None:
    await connect(engine, vault)
    gate = app(engine, vault)
    body = webhook(change(text_item("w1")), change(text_item("w2"), number="999"))

    taken = await call(gate, PATH, body, signed(body))
    refused = await call(gate, PATH, body, signed(body, "guess"))
    missed = await call(gate, "/webhook/whatsapp/guessed", body, signed(body))

    assert (taken.status, refused.status, missed.status) == (200, 401, 404)
    # The message to the number that is ours, and what tells of the other.
    assert await count(engine, "inbox") == 2


async def test_a_message_to_a_mistyped_number_is_read_once_the_number_is_mended(
    engine: AsyncEngine, vault: Vault
) -> None:
    merchant = new_id()
    await connect(engine, vault, merchant=merchant)
    gate = app(engine, vault)
    body = webhook(change(text_item("w1")), change(text_item("w2"), number="999"))
    await call(gate, PATH, body, signed(body))

    before = await replay(engine, vault)
    await connect(engine, vault, "999", "another", merchant)
    after = await replay(engine, vault)

    assert (before.outcome, before.why) == (
        Outcome.UNREADABLE,
        "999 is no account of this merchant",
    )
    assert (after.outcome, after.items) == (Outcome.READ, 1)
    waiting = [one.key for one in await every(engine, InboxEvent) if one.state == 0]
    assert waiting == ["w1", "w2"]


async def replay(engine: AsyncEngine, vault: Vault) -> Replayed:
    """Replay the one event that was set aside, as the operator does."""
    events = ParkedEvents(vault, None)
    accounts = Accounts(engine, vault, Registry(), NoHttp(), CLOCK)
    async with AsyncSession(engine) as session:
        [event] = await events.page(session, limit=9)
    replaying = Replaying(
        engine=engine,
        events=events,
        inbox=Inbox(engine, vault, CLOCK),
        accounts=accounts,
        clock=CLOCK,
    )
    return await replaying.replay(event)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_gateway_that_starts_without_a_database_has_providers_come_again(
    database_url: str, engine: AsyncEngine, vault: Vault
) -> None:
    await connect(engine, vault)
    url = make_url(database_url)
    async with Relay(url.host or "127.0.0.1", url.port or 5432) as relay:
        far = open_engine(
            url.set(host="127.0.0.1", port=relay.port).render_as_string(hide_password=False)
        )
        gate = app(far, vault)
        body = webhook(change(text_item("w1")))

        await relay.shut()
        away = await call(gate, PATH, body, signed(body))
        await relay.open()
        back = await call(gate, PATH, body, signed(body))
        await far.dispose()

    assert (away.status, back.status) == (503, 200)
