"""What every gateway promises, held against all of them on every database."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.dialogue.payment_requests import LINK
from sokoni.kit.redaction import redact
from sokoni.messaging.models import EventKind, Request
from sokoni.payments.gateways import known_of
from sokoni.payments.models import Payment
from sokoni.payments.registry import Registry
from sokoni.payments.sandbox.gateway import SandboxGateway
from sokoni.payments.states import PaymentState
from tests.conftest import THREE
from tests.payments.kiosk import Till, events, till
from tests.payments.test_stripe import only_session, stripe_shop, tell_all

GATEWAYS: Final = ("sandbox", "cod", "stripe")
COPIES: Final = 50


@pytest.fixture(params=GATEWAYS)
async def shop(
    request: pytest.FixtureRequest, engine: AsyncEngine, database_url: str
) -> AsyncIterator[Till]:
    if request.param == "stripe":
        async with stripe_shop(database_url) as (opened, _):
            yield opened
    else:
        async with till(database_url, f"payments: [{{gateway: {request.param}}}]\n") as opened:
            yield opened


def test_the_suite_knows_every_gateway() -> None:
    assert set(Registry()) == set(GATEWAYS)


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_what_a_gateway_keeps_secret_no_log_shows(gateway: str) -> None:
    config = Registry().get(gateway).config
    sealed = {name for name, one in config.model_fields.items() if "Secret" in str(one.annotation)}

    shown = redact(None, "info", dict.fromkeys(config.secrets, "hush"))

    assert sealed == config.secrets
    assert "hush" not in shown.values()


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_payment_is_pending_once_the_contact_can_pay(shop: Till) -> None:
    said = await shop.say("buy bread")
    payment = await shop.payment()
    (live,) = shop.app.gateways.of(shop.merchant_id)

    assert "$2.50 for BRD-0001" in said
    assert payment.state == PaymentState.PENDING
    assert payment.provider == live.name == live.gateway.name
    assert (payment.link is not None) is live.can.link
    assert (payment.poll_at is not None) is not live.can.by_hand
    assert payment.created_at <= payment.updated_at < payment.expires_at
    assert len(payment.token) >= 32


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_nobody_gets_in_without_a_signature(shop: Till) -> None:
    await shop.say("buy bread")
    payment = await shop.payment()
    (live,) = shop.app.gateways.of(shop.merchant_id)
    before = await events(shop.app.engine)

    answers = [
        await shop.web.request("POST", f"/payments/{live.name}/callback/{token}", body=body)
        for token in (payment.token, live.account)
        for body in (b"", b"{}", b"\xff\xfe", b'{"status":"paid"}')
    ]
    strange = await shop.web.request("POST", f"/payments/{live.name}/callback/x", body=b"{}")

    assert {one.status for one in answers} == {401}
    assert strange.status == 404
    assert await events(shop.app.engine) == before


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_coming_back_from_paying_changes_nothing(shop: Till) -> None:
    await shop.say("buy bread")
    payment = await shop.payment()

    page = await shop.web.get(f"/payments/{payment.provider}/callback/{payment.token}")
    await shop.run()

    assert page.status == 200
    assert b"The Kiosk" in page.body
    assert (await shop.payment()).state == PaymentState.PENDING


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_fifty_copies_of_a_webhook_at_once_have_one_effect(
    engine: AsyncEngine, database_url: str
) -> None:
    async with till(database_url) as shop:
        await shop.say("buy bread")
        payment = await shop.payment()
        gateway = shop.app.gateways.of(shop.merchant_id)[0].gateway
        assert isinstance(gateway, SandboxGateway)
        body, headers = gateway.chosen(known_of(payment), "pay")
        path = f"/payments/sandbox/callback/{payment.token}"

        answers = await asyncio.gather(
            *(shop.web.request("POST", path, body=body, headers=headers) for _ in range(COPIES))
        )
        told = await shop.run()

        assert {one.status for one in answers} == {200}
        assert [kind for kind, _ in await events(engine)].count(EventKind.PAYMENT) == 1
        assert told.count("is baked") == 1
        assert await shop.history() == [("webhook", "paid", "applied")]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
@pytest.mark.parametrize("choice", ["fail", "expire"])
async def test_what_came_to_nothing_is_told_and_may_be_paid_all_the_same(
    engine: AsyncEngine, database_url: str, choice: str
) -> None:
    async with till(database_url) as shop:
        await shop.say("buy bread")
        gateway = shop.app.gateways.of(shop.merchant_id)[0].gateway
        assert isinstance(gateway, SandboxGateway)
        payment = await shop.payment()
        paid = gateway.chosen(known_of(payment), "pay")

        await shop.choose(choice)
        told = await shop.run()
        over = await shop.web.get(f"/payments/sandbox/pay/{payment.token}")
        path = f"/payments/sandbox/callback/{payment.token}"
        await shop.web.request("POST", path, body=paid[0], headers=paid[1])
        late = await shop.run()

        assert "did not go through" in told or "is over" in told
        assert b"<button" not in over.body
        assert b"Choose what shall happen" not in over.body
        assert "is baked" in late
        assert (await shop.payment()).state == PaymentState.PAID


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_nobody_paid_expires_by_itself(engine: AsyncEngine, database_url: str) -> None:
    async with till(database_url, "payments: [{gateway: sandbox, minutes: 60}]\n") as shop:
        await shop.say("buy bread")

        told = await shop.wait(timedelta(minutes=61))

        assert "is over" in told
        assert (await shop.payment()).state == PaymentState.EXPIRED


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_worker_that_dies_after_asking_makes_no_second_link(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_shop(database_url) as (shop, fake):
        await shop.say("buy bread")
        # As if the process had ended after Stripe answered, and before that was written down.
        async with AsyncSession(engine) as session, session.begin():
            lost = {"status": PaymentState.CREATED, "payment_id": "", "payment_link": None}
            await session.execute(update(Payment.__table__).values(lost))  # type: ignore[arg-type] # a table
            running = {"state": "running", "lease_until": shop.clock()}
            await session.execute(
                update(Request).where(Request.kind == LINK).values(**running, attempts=1)
            )

        await shop.wait(timedelta(minutes=2))

        asked = [one for one in fake.asked if one.path == "/v1/checkout/sessions"]
        assert len(asked) == 2
        assert len({one.headers["idempotency-key"] for one in asked}) == 1
        assert len(fake.sessions) == 1
        fake.pay(only_session(fake))
        await tell_all(shop, fake)
        assert "is baked" in await shop.run()
