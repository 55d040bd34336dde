from dataclasses import replace
from datetime import date, timedelta

from fastapi import FastAPI, Response
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.config import Environment, Settings
from sokoni.db.vault import Vault
from sokoni.gateway.app import build_gateway
from sokoni.gateway.asgi import AsgiApp
from sokoni.kit.ids import AccountId, MerchantId, new_id
from sokoni.merchants.models import ChannelAccount, Merchant
from sokoni.merchants.service import TAKEN_OUT
from sokoni.messaging.models import PricedCount
from sokoni.testing.clock import NOON
from tests.gateway.driving import (
    CLOCK,
    NUMBER,
    FixedAccounts,
    call,
    change,
    gateway,
    parts,
    signed,
    text_item,
    webhook,
    whatsapp,
)

PATH = f"/webhook/whatsapp/token-{NUMBER}"


async def test_health_has_a_line_for_every_part(engine: AsyncEngine, vault: Vault) -> None:
    settings = Settings(redis_url="redis://127.0.0.1:1/0")
    gate = gateway(engine, vault, whatsapp(), settings=settings)
    body = webhook(change(text_item("w1")))
    await call(gate.app, PATH, body, signed(body))
    CLOCK.advance(timedelta(seconds=7))

    reply = await call(gate.app, "/health", method="GET")
    CLOCK.set(NOON)

    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/plain")
    assert reply.body.decode().splitlines() == [
        "database: ok",
        "redis: down (ConnectionError)",
        "inbox: 1 waiting, the oldest due for 7 s",
        "statuses: 0 waiting",
        "outbox: 0 waiting",
        "requests: 0 waiting",
        "channels: ok",
    ]


async def test_health_counts_the_numbers_that_cannot_send(
    engine: AsyncEngine, vault: Vault
) -> None:
    gate = gateway(engine, vault, whatsapp())
    async with AsyncSession(engine) as session, session.begin():
        for number, reason in enumerate(("", "channel_down 190", TAKEN_OUT)):
            session.add(
                ChannelAccount(
                    merchant_id=MerchantId(new_id()),
                    channel="whatsapp_cloud",
                    account=f"door{number}",
                    key=str(number),
                    config=b"",
                    paused_reason=reason,
                    created_at=NOON,
                )
            )

    reply = await call(gate.app, "/health", method="GET")

    assert reply.status == 200
    assert "channels: 1 of 2 cannot send" in reply.body.decode().splitlines()


async def test_metrics_count_webhooks_and_queues(engine: AsyncEngine, vault: Vault) -> None:
    gate = gateway(engine, vault, whatsapp())
    body = webhook(change(text_item("w1")))
    for _ in range(2):
        await call(gate.app, PATH, body, signed(body))
    await call(gate.app, PATH, body)
    await call(gate.app, "/webhook/whatsapp/x", body)

    told = (await call(gate.app, "/metrics", method="GET")).body.decode()

    for line in (
        'sokoni_webhooks_total{platform="whatsapp",result="stored"} 2.0',
        'sokoni_webhooks_total{platform="whatsapp",result="bad_signature"} 1.0',
        'sokoni_webhooks_total{platform="unknown",result="unknown_account"} 1.0',
        'sokoni_signature_failures_total{platform="whatsapp"} 1.0',
        "sokoni_duplicates_total 1.0",
        "sokoni_flush_events_count 2.0",
        "sokoni_webhook_age_seconds_count 2.0",
        'sokoni_queue{queue="inbox"} 1.0',
        'sokoni_queue{queue="outbox"} 0.0',
    ):
        assert line in told.splitlines()


async def test_metrics_tell_what_each_number_used_up(engine: AsyncEngine, vault: Vault) -> None:
    gate = gateway(engine, vault, whatsapp())
    merchant_id, account_id = MerchantId(new_id()), AccountId(new_id())
    merchant = Merchant(
        id=merchant_id,
        slug="market",
        name="Market",
        country="ZW",
        currency="USD",
        timezone="Africa/Harare",
        languages=["en"],
        capabilities={},
        created_at=NOON,
    )
    account = ChannelAccount(
        id=account_id,
        merchant_id=merchant_id,
        channel="whatsapp_cloud",
        account="door",
        key=NUMBER,
        config=b"",
        created_at=NOON,
    )
    months = [
        PricedCount(
            account_id=account_id,
            month=month,
            category="service",
            billable=4,
            free=used,
            metered=used,
            told=0,
        )
        for month, used in ((date(2026, 2, 1), 990), (date(2026, 3, 1), 250))
    ]
    async with AsyncSession(engine) as session, session.begin():
        session.add_all([merchant, account, *months])

    told = (await call(gate.app, "/metrics", method="GET")).body.decode().splitlines()

    number = f'channel="whatsapp_cloud",number="{NUMBER}"'
    assert f"sokoni_free_messages_used_ratio{{{number}}} 0.25" in told
    for billable, count in (("yes", "4.0"), ("no", "250.0")):
        labels = f'billable="{billable}",category="service",{number}'
        assert f"sokoni_priced_messages{{{labels}}} {count}" in told


async def test_a_loop_that_hangs_is_named_and_the_process_is_to_be_started_anew(
    engine: AsyncEngine, vault: Vault
) -> None:
    silences = {"turns": 0.4, "delivery": 130.2}
    made = replace(parts(engine, vault, FixedAccounts()), silences=lambda: silences)
    app = build_gateway(made)

    health, live = [await call(app, path, method="GET") for path in ("/health", "/live")]
    silences["delivery"] = 1.0
    again = await call(app, "/live", method="GET")

    assert (health.status, live.status, again.status) == (503, 503, 200)
    assert "database: ok" in health.body.decode()
    assert live.body.decode() == "delivery: no step for 130 s\n"
    assert again.body.decode() == "loops: ok\n"


async def behind(engine: AsyncEngine, vault: Vault, environment: Environment) -> AsgiApp:
    inner = FastAPI()

    @inner.get("/page")
    async def page() -> Response:
        return Response("hello", headers={"x-frame-options": "DENY"})

    settings = Settings(env=environment)
    return build_gateway(parts(engine, vault, FixedAccounts(), settings), inner)


async def test_the_rest_is_answered_behind_with_security_headers(
    engine: AsyncEngine, vault: Vault
) -> None:
    app = await behind(engine, vault, Environment.PRODUCTION)

    reply = await call(app, "/page", method="GET")

    assert (reply.status, reply.body) == (200, b"hello")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'self'" in reply.headers["content-security-policy"]
    assert reply.headers["strict-transport-security"]
    assert len(reply.headers["x-trace-id"]) == 16


async def test_development_does_not_insist_on_https(engine: AsyncEngine, vault: Vault) -> None:
    app = await behind(engine, vault, Environment.DEVELOPMENT)

    reply = await call(app, "/nowhere", method="GET")

    assert reply.status == 404
    assert "strict-transport-security" not in reply.headers


async def test_how_requests_end_and_how_long_they_take_is_measured(
    engine: AsyncEngine, vault: Vault
) -> None:
    inner = FastAPI()

    @inner.get("/api/v1/broken")
    async def broken() -> Response:
        return Response(status_code=500)

    app = build_gateway(parts(engine, vault, FixedAccounts()), inner)
    await call(app, "/api/v1/broken", method="GET")
    await call(app, "/nowhere", method="GET")

    said = (await call(app, "/metrics", method="GET")).body.decode()

    assert 'sokoni_http_seconds_count{part="api",status="5xx"} 1.0' in said
    assert 'sokoni_http_seconds_count{part="pages",status="4xx"} 1.0' in said
