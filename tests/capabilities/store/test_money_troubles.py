"""Money that goes wrong, by the whole way: chat, page or webhook, ledger, order, chat."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.capabilities.store.machine import Charge, Status
from sokoni.kit.money import Money
from sokoni.payments.base import Known
from sokoni.payments.gateways import known_of
from sokoni.payments.models import Payment
from sokoni.payments.sandbox.gateway import SandboxGateway
from sokoni.payments.states import PaymentState
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_stripe import fake_stripe
from sokoni.testing.stripe_answers import Trouble
from tests.capabilities.store.front import (
    STRIPE,
    ShopFront,
    shop_front,
    stripe_front,
    tell,
)
from tests.failures.fleet import free_port


async def told_paid(
    shop: ShopFront, payment: Payment, said: Callable[[Known], Known] = lambda known: known
) -> str:
    """Have the gateway tell that a payment was made; return what the contact hears."""
    live = shop.app.gateways.find(shop.merchant_id, "sandbox")
    assert live is not None
    assert isinstance(live.gateway, SandboxGateway)
    body, headers = live.gateway.chosen(said(known_of(payment)), "pay")
    path = f"/payments/sandbox/callback/{payment.token}"
    answer = await shop.web.request("POST", path, body=body, headers=headers)
    assert answer.status == 200
    return await shop.run()


def _of(money: Money, reference: str = "") -> Callable[[Known], Known]:
    """Return what has a gateway tell of other money."""
    return lambda known: replace(known, money=money, reference=reference or known.reference)


async def cancelled(shop: ShopFront) -> str:
    await shop.say("cancel my order")
    return await shop.say("yes")


async def cancelled_by_staff(shop: ShopFront) -> str:
    await shop.move(status="cancelled", reason="sold out")
    return await shop.run()


async def too_late(shop: ShopFront) -> str:
    return await shop.wait(timedelta(hours=2))


@pytest.mark.parametrize("over", [cancelled, cancelled_by_staff, too_late])
async def test_money_for_an_order_that_is_over_is_for_staff_and_the_order_stays_over(
    engine: AsyncEngine,
    database_url: str,
    over: Callable[[ShopFront], Awaitable[str]],
) -> None:
    async with shop_front(database_url, store="{pay_minutes: 60}") as shop:
        await shop.buy(2)
        said = await over(shop)
        assert (await shop.order()).reference in said

        told = await told_paid(shop, await shop.payment())

        assert "came that does not fit. Somebody of us looks at it" in told
        assert "We received" not in told
        stands = await shop.stands()
        assert (stands[0], stands[1] in {Charge.UNPAID, Charge.EXPIRED}) == ("cancelled", True)
        assert await shop.reports() == [("payment", "cancelled")]
        assert (await shop.payment()).paid == 0
        assert await shop.stock() == (10, 0)
        assert "cancelled" in await shop.say("order status")


@pytest.mark.parametrize(
    ("money", "why"),
    [
        (Money(Decimal("8.99"), "USD"), "amount"),
        (Money(Decimal("9.01"), "USD"), "amount"),
        (Money(Decimal("0.01"), "USD"), "amount"),
        (Money(Decimal("9.00"), "ZAR"), "currency"),
    ],
)
async def test_other_money_than_was_asked_for_is_for_staff_and_the_order_waits_on(
    engine: AsyncEngine, database_url: str, money: Money, why: str
) -> None:
    async with shop_front(database_url) as shop:
        await shop.buy(2)

        told = await told_paid(shop, await shop.payment(), _of(money))

        assert "came that does not fit" in told
        assert await shop.stands() == (Status.PLACED, Charge.UNPAID)
        assert await shop.reports() == [("payment", why)]
        assert await shop.stock() == (10, 2)
        assert "awaiting payment" in await shop.say("order status")


async def test_money_of_another_order_is_for_staff(engine: AsyncEngine, database_url: str) -> None:
    async with shop_front(database_url) as shop:
        await shop.buy(2)

        other = _of(Money(Decimal(9), "USD"), reference="ORD-OTHER")
        await told_paid(shop, await shop.payment(), other)

        assert await shop.stands() == (Status.PLACED, Charge.UNPAID)
        assert await shop.reports() == [("payment", "reference")]


async def test_the_same_money_told_twice_is_one_payment(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url) as shop:
        await shop.buy(2)
        payment = await shop.payment()

        first, again = await told_paid(shop, payment), await told_paid(shop, payment)

        assert "We received $9.00" in first
        assert again == ""
        assert (await shop.reports(), (await shop.order()).paid) == ([], Decimal(9))
        assert (await shop.moves()).count("pay") == 1


async def test_money_that_comes_twice_for_one_link_is_for_staff_the_second_time(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url) as shop:
        await shop.buy(2)
        payment = await shop.payment()
        await told_paid(shop, payment)

        told = await told_paid(
            shop, payment, lambda known: replace(known, provider_id="cs_sandbox_second")
        )

        assert "came that does not fit" in told
        assert await shop.stands() == (Status.PAID, Charge.PAID)
        assert (await shop.order()).paid == 9
        assert await shop.reports() == [("payment", "twice")]
        assert await shop.stock() == (8, 0)


async def test_money_that_comes_by_the_old_link_and_the_new_is_for_staff_the_second_time(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url) as shop:
        await shop.buy(2)
        await shop.choose("fail")
        assert "did not go through" in await shop.run()
        again = await shop.say("pay")
        assert "To pay: $9.00" in again
        old, new = await shop.payments()
        await told_paid(shop, new)

        told = await told_paid(shop, old)

        assert "came that does not fit" in told
        assert [one.state for one in await shop.payments()] == ["failed", "paid"]
        assert await shop.reports() == [("payment", "twice")]
        assert (await shop.order()).paid == 9


async def test_the_order_is_kept_while_the_gateway_is_down_and_the_link_follows(
    engine: AsyncEngine, database_url: str
) -> None:
    clock, port = StoppedClock(), free_port()
    payments = STRIPE.format(url=f"http://127.0.0.1:{port}").replace("\n", " ")
    async with shop_front(database_url, payments, clock=clock) as shop:
        said = await shop.buy(2)

        assert "The link to pay follows here shortly" in said
        assert await shop.stands() == (Status.PLACED, Charge.UNPAID)
        assert "To pay" not in await shop.wait(timedelta(minutes=10))
        assert (await shop.payment()).state == PaymentState.CREATED
        assert await shop.stock() == (10, 2)

        async with fake_stripe(now=lambda: clock().timestamp(), port=port) as fake:
            told = await shop.wait(timedelta(hours=1))
            assert "To pay: $9.00" in told
            assert len(fake.sessions) == 1
            fake.pay((await shop.payment()).provider_id)
            assert "We received $9.00" in await tell(shop, fake)
            assert await shop.stands() == (Status.PAID, Charge.PAID)


async def test_a_gateway_that_was_down_until_the_links_time_was_nearly_over_makes_another(
    engine: AsyncEngine, database_url: str
) -> None:
    clock, port = StoppedClock(), free_port()
    payments = STRIPE.format(url=f"http://127.0.0.1:{port}").replace("\n", " ")
    payments = payments.replace("account:", "minutes: 60, account:")
    async with shop_front(database_url, payments, clock=clock) as shop:
        await shop.buy(2)
        assert "To pay" not in await shop.wait(timedelta(minutes=40))

        async with fake_stripe(now=lambda: clock().timestamp(), port=port) as fake:
            told = await shop.wait(timedelta(minutes=30))

            assert "To pay: $9.00" in told
            assert await shop.reports() == []
            (session,) = fake.sessions.values()
            fake.pay(session["id"])
            assert "We received $9.00" in await tell(shop, fake)


async def test_a_gateway_that_stays_down_is_for_staff_in_the_end(
    engine: AsyncEngine, database_url: str
) -> None:
    clock, port = StoppedClock(), free_port()
    payments = STRIPE.format(url=f"http://127.0.0.1:{port}").replace("\n", " ")
    payments = payments.replace("account:", "minutes: 60, account:")
    async with shop_front(database_url, payments, clock=clock) as shop:
        await shop.buy(2)

        told = await shop.wait(timedelta(hours=3))

        assert told.count("Somebody of us looks at it") == 1
        assert await shop.reports() == [("payment", "no_link")]
        assert await shop.stands() == (Status.PLACED, Charge.UNPAID)


async def test_a_link_that_was_made_without_an_answer_is_asked_for_under_the_same_key(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_front(database_url) as (shop, fake):
        fake.trouble(Trouble.LOST)
        said = await shop.buy(2)
        assert "follows here shortly" in said
        assert (await shop.payment()).state == PaymentState.CREATED
        assert await shop.reports() == []

        assert "To pay: $9.00" in await shop.wait(timedelta(minutes=5))
        assert len(fake.sessions) == 1

        # Paid, and the webhook is lost, too: the gateway is asked.
        fake.pay((await shop.payment()).provider_id)
        fake.webhooks.clear()
        assert "We received $9.00" in await shop.wait(timedelta(minutes=10))
        assert await shop.stands() == (Status.PAID, Charge.PAID)


async def test_a_link_that_nobody_can_make_is_for_staff_and_the_order_waits_on(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_front(database_url) as (shop, fake):
        fake.trouble(Trouble.CARD)

        said = await shop.buy(2)

        assert "Somebody of us looks at it" in said
        assert await shop.reports() == [("payment", "no_link")]
        assert await shop.stands() == (Status.PLACED, Charge.UNPAID)


async def test_a_link_that_nobody_wants_is_closed_and_not_asked_about_for_ever(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_front(database_url) as (shop, fake):
        await shop.buy(2)
        await cancelled(shop)
        session = (await shop.payment()).provider_id
        assert fake.sessions[session]["status"] == "expired"

        await tell(shop, fake)
        fake.asked.clear()
        await shop.wait(timedelta(hours=30))

        assert len(fake.asked) <= 2
        assert (await shop.payment()).poll_at is None


async def test_where_nobody_can_be_asked_a_cancelled_payment_is_let_be(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url) as shop:
        await shop.buy(2)
        await cancelled(shop)

        assert await shop.wait(timedelta(minutes=5)) == "\n"
        payment = await shop.payment()
        assert (payment.state, payment.poll_at) == (PaymentState.CANCELLED, None)
