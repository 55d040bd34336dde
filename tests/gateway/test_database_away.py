import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.engine import open_engine
from sokoni.db.vault import Vault
from tests.gateway.away import Relay
from tests.gateway.driving import (
    NUMBER,
    call,
    change,
    gateway,
    signed,
    text_item,
    webhook,
    whatsapp,
)
from tests.messaging.arriving import count

pytestmark = pytest.mark.parametrize("database_url", ["postgresql", "mariadb"], indirect=True)
PATH = f"/webhook/whatsapp/token-{NUMBER}"


@pytest.fixture
async def relay(database_url: str) -> AsyncIterator[Relay]:
    url = make_url(database_url)
    async with Relay(url.host or "127.0.0.1", url.port or 5432) as relay:
        yield relay


@pytest.fixture
async def far(database_url: str, relay: Relay) -> AsyncIterator[AsyncEngine]:
    """Open the database through the relay."""
    url = make_url(database_url).set(host="127.0.0.1", port=relay.port)
    engine = open_engine(url.render_as_string(hide_password=False), pool_size=2)
    yield engine
    await engine.dispose()


async def test_nothing_is_acknowledged_until_the_database_is_back(
    engine: AsyncEngine, far: AsyncEngine, relay: Relay, vault: Vault
) -> None:
    gate = gateway(far, vault, whatsapp())

    async def write(name: str) -> int:
        body = webhook(change(text_item(name, f"26377100{ord(name[0]):04}")))
        return (await call(gate.app, PATH, body, signed(body))).status

    before = await write("a1")
    await relay.shut()
    away = [await write("a2"), *await asyncio.gather(write("b1"), write("c1"))]
    health = await call(gate.app, "/health", method="GET")
    metrics = await call(gate.app, "/metrics", method="GET")
    await relay.open()
    after = [await write(name) for name in ("a2", "b1", "c1")]

    assert (before, away, after) == (200, [503] * 3, [200] * 3)
    assert (health.status, metrics.status) == (503, 200)
    assert b"database: down" in health.body
    assert (await call(gate.app, "/health", method="GET")).status == 200
    assert await count(engine, "inbox") == 4
    assert await count(engine, "conversations") == 3


async def test_a_connection_cut_between_two_webhooks_is_nobodys_fault(
    engine: AsyncEngine, far: AsyncEngine, relay: Relay, vault: Vault
) -> None:
    gate = gateway(far, vault, whatsapp())
    bodies = [webhook(change(text_item(f"w{n}"))) for n in range(4)]

    statuses = []
    for body in bodies:
        statuses.append((await call(gate.app, PATH, body, signed(body))).status)
        await relay.shut()
        await relay.open()

    assert statuses == [200] * 4
    assert await count(engine, "inbox") == 4
