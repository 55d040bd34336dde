"""Refunds that a gateway took, and whose money came back: days later, or before its answer."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.capabilities.store.machine import Charge
from sokoni.payments.models import RefundState
from sokoni.testing.fake_stripe import FakeStripe
from sokoni.testing.stripe_answers import Trouble
from tests.capabilities.store.front import ShopFront, refunds, stripe_front, tell


async def given_back(shop: ShopFront, fake: FakeStripe, amount: str = "9.00") -> str:
    """Have Ana pay $9.00, and so much of it go back; return Stripe's id of the refund."""
    await shop.buy(2)
    fake.pay((await shop.payment()).provider_id)
    await tell(shop, fake)
    path = f"/api/v1/payments/{(await shop.payment()).id}/refund"
    await shop.desk.post(path, {"amount": amount})
    await shop.run()
    return list(fake.refunds)[-1]


async def money(shop: ShopFront) -> tuple[str, str, Decimal, Decimal]:
    payment, order = await shop.payment(), await shop.order()
    return payment.state, order.charge_status, payment.refunded, order.refunded


async def test_a_refund_that_fails_later_is_for_staff_and_the_order_is_paid_again(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_front(database_url) as (shop, fake):
        refund = await given_back(shop, fake)
        await tell(shop, fake)
        assert await money(shop) == ("refunded", "refunded", Decimal(9), Decimal(9))

        fake.fail_refund(refund)
        told = await tell(shop, fake)

        assert told.count("could not be given back yet") == 1
        assert await money(shop) == ("paid", "paid", Decimal(0), Decimal(0))
        assert await refunds(shop) == [("9.00", RefundState.FAILED)]
        assert await shop.reports() == [("payment", "refund_failed")]
        assert (await shop.moves())[-1] == "restore"

        again = f"/api/v1/payments/{(await shop.payment()).id}/refund"
        assert (await shop.desk.post(again, {})).status == 202
        await shop.run()
        assert await money(shop) == ("refunded", "refunded", Decimal(9), Decimal(9))
        assert len(fake.refunds) == 2


async def test_what_else_was_given_back_stays_so(engine: AsyncEngine, database_url: str) -> None:
    async with stripe_front(database_url) as (shop, fake):
        first = await given_back(shop, fake, "2.00")
        path = f"/api/v1/payments/{(await shop.payment()).id}/refund"
        await shop.desk.post(path, {"amount": "3.00"})
        await shop.run()
        await tell(shop, fake)

        fake.fail_refund(first)
        await tell(shop, fake)

        stands = ("partially_refunded", "partially_refunded", Decimal(3), Decimal(3))
        assert await money(shop) == stands
        assert await refunds(shop) == [("2.00", RefundState.FAILED), ("3.00", RefundState.DONE)]


async def test_what_is_told_in_the_wrong_order_is_asked_about(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_front(database_url) as (shop, fake):
        refund = await given_back(shop, fake)
        fake.fail_refund(refund)
        fake.webhooks.reverse()

        await tell(shop, fake)

        assert await money(shop) == ("paid", "paid", Decimal(0), Decimal(0))
        assert ("webhook", "refunded", "late") in await shop.history()


async def test_a_failure_that_is_told_before_the_answer_is_not_forgotten(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_front(database_url) as (shop, fake):
        await shop.buy(2)
        fake.pay((await shop.payment()).provider_id)
        await tell(shop, fake)
        fake.trouble(Trouble.LOST)
        path = f"/api/v1/payments/{(await shop.payment()).id}/refund"
        await shop.desk.post(path, {})
        await shop.run()
        fake.fail_refund(list(fake.refunds)[-1])
        fake.webhooks[:] = fake.webhooks[-1:]

        await tell(shop, fake)
        await shop.wait(timedelta(minutes=5))

        assert len(fake.refunds) == 1
        assert await refunds(shop) == [("9.00", RefundState.FAILED)]
        assert await money(shop) == ("paid", "paid", Decimal(0), Decimal(0))


async def test_a_refund_that_was_made_at_the_gateway_fails_too(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_front(database_url) as (shop, fake):
        await shop.buy(2)
        fake.pay((await shop.payment()).provider_id)
        await tell(shop, fake)
        (charge,) = fake.charges.values()
        refund = fake.refund({"payment_intent": charge["payment_intent"], "amount": "400"})
        await tell(shop, fake)
        assert await money(shop) == (
            "partially_refunded",
            "partially_refunded",
            Decimal(4),
            Decimal(4),
        )

        fake.fail_refund(refund["id"])
        await tell(shop, fake)

        assert await money(shop) == ("paid", "paid", Decimal(0), Decimal(0))
        assert await shop.reports() == [("payment", "refund_failed")]


async def test_money_that_staff_did_not_want_and_that_comes_back_is_theirs_to_look_at_again(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_front(database_url) as (shop, fake):
        await shop.buy(2)
        fake.pay((await shop.payment()).provider_id, amount_total=500)
        await tell(shop, fake)
        (review,) = (await shop.desk.get("/api/v1/reports")).json()["items"]
        await shop.desk.post(f"/api/v1/reports/{review['reference']}/reject", {})
        await shop.run()
        assert await refunds(shop) == [("5.00", RefundState.DONE)]

        fake.fail_refund(list(fake.refunds)[-1])
        await tell(shop, fake)

        payment = await shop.payment()
        assert (payment.review, payment.paid) == ("refund_failed", Decimal(0))
        assert await refunds(shop) == [("5.00", RefundState.FAILED)]
        assert (await shop.order()).charge_status == Charge.UNPAID
