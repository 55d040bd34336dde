"""What staff do about money: cash, refunds, and payments that want a look."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.messaging.models import Request
from sokoni.payments.states import PaymentState
from sokoni.testing.asgi import AsgiClient
from tests.conftest import THREE
from tests.payments.kiosk import Kiosk, Till, till
from tests.payments.test_stripe import only_session, stripe_shop, tell_all

URL: Final = "/api/v1/payments"
COD: Final = "payments: [{gateway: cod, refusals: 2, most: {USD: '50'}}, {gateway: sandbox}]\n"


async def program(shop: Till, *scopes: str) -> AsgiClient:
    return await shop.program(*scopes)


@pytest.fixture
async def cash(engine: AsyncEngine, database_url: str) -> AsyncIterator[Till]:
    async with till(database_url, COD) as opened:
        yield opened


async def first(client: AsgiClient, **params: str) -> Any:  # noqa: ANN401 -- JSON
    query = "&".join(f"{name}={value}" for name, value in params.items())
    return (await client.get(f"{URL}?{query}")).json()["items"][0]


# --- cash ---------------------------------------------------------------------------------------


async def test_cash_is_paid_when_staff_say_so(cash: Till) -> None:
    said = await cash.say("buy bread")
    client = await program(cash, "payments")
    payment = await first(client)

    assert "To pay in cash: $2.50 for BRD-0001" in said
    assert (payment["provider"], payment["status"]) == ("cod", "pending")

    answer = await client.post(
        f"{URL}/{payment['id']}/mark-paid", {"amount": "2.50", "currency": "USD"}
    )
    told = await cash.run()

    assert answer.status == 202
    assert "is baked" in told
    shown = (await client.get(f"{URL}/{payment['id']}")).json()
    assert shown["status"] == "paid"
    assert [(one["source"], one["by"]) for one in shown["history"]] == [("staff", "desk")]


async def test_another_amount_in_cash_wants_a_look(cash: Till) -> None:
    await cash.say("buy bread")
    client = await program(cash, "payments")
    payment = await first(client)

    await client.post(f"{URL}/{payment['id']}/mark-paid", {"amount": "2.00", "currency": "USD"})
    await cash.run()

    assert (await first(client))["status"] == "pending"
    assert await cash.reports() == [("payment", "amount")]


async def test_who_refused_twice_is_not_offered_cash_again(cash: Till) -> None:
    client = await program(cash, "payments")
    for _ in range(2):
        await cash.say("buy bread")
        payment = await first(client)
        await client.post(f"{URL}/{payment['id']}/mark-refused", {"reason": "not at home"})
        await cash.run()

    said = await cash.say("buy bread")

    assert "in cash" not in said
    assert (await first(client))["provider"] == "sandbox"


async def test_what_the_gateway_knows_is_not_for_staff_to_say(
    engine: AsyncEngine, database_url: str
) -> None:
    async with till(database_url) as shop:
        await shop.say("buy bread")
        client = await program(shop, "payments")
        payment = await first(client)

        answer = await client.post(
            f"{URL}/{payment['id']}/mark-paid", {"amount": "2.50", "currency": "USD"}
        )

        assert (answer.status, answer.json()["code"]) == (409, "payment_not_by_hand")
        assert (await shop.payment()).state == PaymentState.PENDING


# --- money given back ---------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_money_is_given_back_in_parts_once_by_each_key(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_shop(database_url) as (shop, fake):
        await shop.say("buy bread")
        fake.pay(only_session(fake))
        await tell_all(shop, fake)
        await shop.run()
        client = await program(shop, "payments")
        url = f"{URL}/{(await shop.payment()).id}/refund"

        part = {"amount": "1.00", "reason": "stale"}
        key = {"Idempotency-Key": "k1"}
        answers = [await client.post(url, part, headers=key) for _ in range(3)]
        told = await shop.run()
        await tell_all(shop, fake)
        again = await shop.run()
        payment = await shop.payment()

        assert [one.status for one in answers] == [202] * 3
        assert len(fake.refunds) == 1
        assert payment.state == PaymentState.PARTIALLY_REFUNDED
        assert payment.refunded == Decimal(1)
        assert "$1.00 of $2.50" in told
        assert "way back" not in again

        too_much = await client.post(url, {"amount": "1.51"})
        rest = await client.post(url, {})
        told = await shop.run()

        assert (too_much.status, too_much.json()["code"]) == (409, "refund_refused")
        assert rest.json()["amount"] == "1.50"
        assert (await shop.payment()).state == PaymentState.REFUNDED
        assert "$2.50 for BRD-0001 is on its way back" in told


async def test_a_refund_of_cash_is_taken_at_its_word(cash: Till) -> None:
    await cash.say("buy bread")
    client = await program(cash, "payments")
    payment = await first(client)
    url = f"{URL}/{payment['id']}"
    await client.post(f"{url}/mark-paid", {"amount": "2.50", "currency": "USD"})
    await cash.run()

    await client.post(f"{url}/refund", {})
    await cash.run()

    assert (await first(client))["status"] == "refunded"
    assert (await client.post(f"{url}/refund", {})).status == 409


# --- what wants a look --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "state"),
    [("approve", PaymentState.PAID), ("reject", PaymentState.CANCELLED)],
)
async def test_odd_money_is_taken_or_given_back_as_staff_decide(
    engine: AsyncEngine, database_url: str, verdict: str, state: PaymentState
) -> None:
    async with stripe_shop(database_url) as (shop, fake):
        await shop.say("buy bread")
        fake.pay(only_session(fake), amount_total=200)
        await tell_all(shop, fake)
        await shop.run()
        client = await program(shop, "reviews", "payments")
        (review,) = (await client.get("/api/v1/reports")).json()["items"]

        answer = await client.post(f"/api/v1/reports/{review['reference']}/{verdict}")
        await shop.run()
        await tell_all(shop, fake)
        await shop.run()
        payment = await shop.payment()

        assert answer.status == 200
        assert (payment.state, payment.review) == (state, "")
        assert sum(one["amount"] for one in fake.refunds.values()) == (
            200 if verdict == "reject" else 0
        )
        if verdict == "approve":
            assert payment.money.amount != payment.paid == 2
        other = "reject" if verdict == "approve" else "approve"
        changed = await client.post(f"/api/v1/reports/{review['reference']}/{other}")
        assert changed.status == 409


async def test_a_link_that_was_refused_is_made_when_staff_say_so(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_shop(database_url) as (shop, fake):
        shop_key, fake._key = fake._key, "sk_test_changed"
        await shop.say("buy bread")
        fake._key = shop_key
        client = await program(shop, "reviews")
        (review,) = (await client.get("/api/v1/reports")).json()["items"]

        await client.post(f"/api/v1/reports/{review['reference']}/approve")
        told = await shop.run()

        assert "To pay: $2.50" in told
        assert (await shop.payment()).state == PaymentState.PENDING


# --- who may, and where it is heard -------------------------------------------------------------


async def test_money_needs_a_scope_of_its_own_and_stays_with_its_merchant(cash: Till) -> None:
    await cash.say("buy bread")
    stranger = await program(cash, "read", "write", "conversations")

    assert (await stranger.get(URL)).status == 403
    payment = await cash.payment()
    assert (await stranger.post(f"{URL}/{payment.id}/refund", {})).status == 403


async def test_money_counts_while_a_person_has_the_conversation(
    engine: AsyncEngine, database_url: str
) -> None:
    async with till(database_url) as shop:
        await shop.say("buy bread")
        await shop.say("agent")
        await shop.choose("pay")

        silent = await shop.run()
        paid = (await shop.payment()).state
        told = await shop.wait(timedelta(hours=13))

        assert "baked" not in silent
        assert paid == PaymentState.PAID
        assert told.count("baked") == 1


async def test_money_counts_though_the_contact_wants_no_messages(
    engine: AsyncEngine, database_url: str
) -> None:
    async with till(database_url, kiosk=Kiosk()) as shop:
        await shop.say("buy bread")
        await shop.say("stop")

        await shop.choose("pay")
        await shop.run()

        assert (await shop.payment()).state == PaymentState.PAID
        async with AsyncSession(engine) as session:
            assert await session.scalar(select(func.count()).select_from(Request)) == 0
