"""Money of orders that are cancelled, or called off in part: given back once, by whoever can."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.capabilities.store.machine import Charge, Status
from sokoni.payments.models import RefundState
from sokoni.testing.stripe_answers import Trouble
from tests.capabilities.store.front import (
    CASH,
    SANDBOX,
    ShopFront,
    refunds,
    shop_front,
    stripe_front,
    tell,
)

TAXED: Final = "{tax: {rate: '15', included: false}, delivery: [{id: road, zones: [{price: 2}]}]}"


async def paid(shop: ShopFront, quantity: int = 3) -> None:
    """Have Ana buy and pay."""
    await shop.buy(quantity)
    await shop.choose("pay")
    await shop.run()
    assert await shop.stands() == (Status.PAID, Charge.PAID)


async def test_staff_cancel_a_paid_order_and_the_money_goes_back_at_once(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url) as shop:
        await paid(shop)
        off = await shop.move(status="cancelled", reason="sold out", refund=True)
        told = await shop.run()

        assert off["status"] == "cancelled"
        assert "was cancelled: sold out" in told
        assert "$13.50 for" in told
        assert await shop.stands() == (Status.CANCELLED, Charge.REFUNDED)
        assert await refunds(shop) == [("13.50", RefundState.DONE)]
        assert await shop.stock() == (10, 0)
        again = await shop.move(status="cancelled", refund=True)
        assert again["code"] == "order_moved"
        assert await refunds(shop) == [("13.50", RefundState.DONE)]


async def test_staff_may_decide_about_the_money_later(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url) as shop:
        await paid(shop)
        off = await shop.move(status="cancelled")
        told = await shop.run()

        assert (off["charge_status"], off["refund_due"]) == ("paid", "13.50")
        assert "You will be told when your $13.50 is on its way back" in told
        payment = (await shop.payment()).id
        await shop.desk.post(f"/api/v1/payments/{payment}/refund", {"amount": "3.50"})
        await shop.run()
        order = (await shop.desk.get(f"/api/v1/orders/{off['id']}")).json()
        assert (order["charge_status"], order["refund_due"]) == ("partially_refunded", "10.00")


async def test_what_is_left_of_a_partly_sent_order_is_cancelled_and_given_back(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url) as shop:
        await paid(shop)
        await shop.move(status="fulfilled", items={"COF-1": 1})
        off = await shop.move(status="cancelled", reason="broken", refund=True)
        told = await shop.run()

        assert (off["status"], off["called_off"], off["refund_due"]) == (
            "fulfilled",
            "9.00",
            "9.00",
        )
        assert "this does not come any more" in told
        assert "Ground coffee" in told
        assert "Why: broken" in told
        assert "$9.00 of $13.50" in told
        assert await shop.stands() == (Status.FULFILLED, Charge.PARTLY_REFUNDED)
        assert await refunds(shop) == [("9.00", RefundState.DONE)]
        assert await shop.stock() == (9, 0)
        shown = (await shop.desk.get(f"/api/v1/orders/{off['id']}")).json()
        assert (shown["refunded"], shown["refund_due"]) == ("9.00", "0.00")
        assert "Not coming: -$9.00" in await shop.say("order status")


async def test_a_piece_of_what_was_not_sent_is_cancelled_and_given_back(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url) as shop:
        await paid(shop)
        off = await shop.move(status="cancelled", items={"COF-1": 1}, refund=True)
        told = await shop.run()

        assert (off["status"], off["called_off"], off["items"][0]["called_off"]) == (
            "paid",
            "4.50",
            1,
        )
        assert "this does not come any more" in told
        assert "$4.50 of $13.50" in told
        assert await shop.stands() == (Status.PAID, Charge.PARTLY_REFUNDED)
        assert await refunds(shop) == [("4.50", RefundState.DONE)]
        assert await shop.stock() == (8, 0)
        await shop.move(status="cancelled", items={"COF-1": 2}, refund=True)
        told = await shop.run()
        assert "was cancelled" in told
        assert await shop.stands() == (Status.CANCELLED, Charge.REFUNDED)
        assert await refunds(shop) == [("4.50", RefundState.DONE), ("9.00", RefundState.DONE)]
        assert await shop.stock() == (10, 0)


async def test_a_piece_less_before_it_is_paid_is_asked_for_anew_by_a_new_link(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url) as shop:
        await shop.buy(3)
        off = await shop.move(status="cancelled", items={"COF-1": 1}, reason="broken")
        info = off["payment_info"]
        assert (info["payment_id"], info["payment_link"], info["amount"]) == (None, "", "9.00")
        told = await shop.run()

        assert (off["status"], off["charge_status"]) == ("placed", "unpaid")
        assert "Ground coffee" in told
        assert "Why: broken" in told
        assert f"To pay: $9.00 for {off['reference']}" in told
        assert [(one.state, one.money.amount) for one in await shop.payments()] == [
            ("cancelled", Decimal("13.50")),
            ("pending", Decimal(9)),
        ]
        assert await shop.stock() == (10, 2)
        await shop.choose("pay", (await shop.payments())[-1])
        assert "We received $9.00" in await shop.run()
        assert await shop.stands() == (Status.PAID, Charge.PAID)
        assert await shop.stock() == (8, 0)


async def test_pieces_that_are_not_in_it_cancel_nothing(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url) as shop:
        await paid(shop)
        for items in ({"NONE": 3}, {"COF-1": 4}):
            refused = await shop.move(status="cancelled", items=items, refund=True)
            assert refused["code"] == "pieces_wrong"
        assert await shop.stands() == (Status.PAID, Charge.PAID)
        assert await shop.stock() == (7, 0)


async def test_what_was_given_back_before_is_not_given_back_again(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url) as shop:
        await paid(shop)
        payment = (await shop.payment()).id
        await shop.desk.post(f"/api/v1/payments/{payment}/refund", {"amount": "3.50"})
        # Before the gateway was heard of, too.
        await shop.move(status="cancelled", refund=True)
        await shop.run()

        assert await refunds(shop) == [
            ("3.50", RefundState.DONE),
            ("10.00", RefundState.DONE),
        ]
        assert await shop.stands() == (Status.CANCELLED, Charge.REFUNDED)


async def test_cash_is_noted_as_to_be_given_back_by_hand(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url, CASH) as shop:
        await shop.buy(2)
        await shop.move(status="paid")
        await shop.run()
        off = await shop.move(status="cancelled", refund=True)

        assert (off["status"], off["refund_due"]) == ("cancelled", "9.00")
        assert off["history"][-1]["data"] == {"note": "to be given back by hand: 9.00 USD"}
        assert await refunds(shop) == []
        assert "You will be told when your $9.00" in await shop.run()


async def test_cash_on_delivery_is_asked_for_anew_when_less_comes(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url, CASH) as shop:
        await shop.buy(3)
        await shop.move(status="fulfilled", items={"COF-1": 2})
        await shop.move(status="cancelled")
        told = await shop.run()

        assert "To pay in cash: $9.00" in told
        assert [(one.state, one.money.amount) for one in await shop.payments()] == [
            ("cancelled", Decimal("13.50")),
            ("pending", Decimal(9)),
        ]
        await shop.move(status="paid")
        await shop.run()
        assert await shop.stands() == (Status.FULFILLED, Charge.PAID)
        assert (await shop.order()).paid == 9


@pytest.mark.parametrize(
    ("store", "said", "stands"),
    [
        ("{}", "Somebody of us gives you back", Charge.PAID),
        ("{refund_cancelled: at_once}", "We are giving back the $4.50", Charge.REFUNDED),
    ],
)
async def test_a_contact_who_cancels_has_the_money_back_as_the_merchant_wants(
    engine: AsyncEngine, database_url: str, store: str, said: str, stands: Charge
) -> None:
    async with shop_front(database_url, SANDBOX, store=store) as shop:
        await paid(shop, 1)
        await shop.say("cancel my order")
        told = await shop.say("yes")

        assert said in told
        assert await shop.stands() == (Status.CANCELLED, stands)
        back = [("4.50", RefundState.DONE)] if stands is Charge.REFUNDED else []
        assert await refunds(shop) == back


@pytest.mark.parametrize("trouble", [Trouble.LOST, Trouble.BROKEN, Trouble.THROTTLED])
async def test_a_refund_without_an_answer_is_unknown_and_made_once(
    engine: AsyncEngine, database_url: str, trouble: Trouble
) -> None:
    async with stripe_front(database_url) as (shop, fake):
        await shop.buy(2)
        fake.pay((await shop.payment()).provider_id)
        await tell(shop, fake)
        fake.trouble(trouble)
        await shop.move(status="cancelled", refund=True)
        told = await shop.run()

        assert "is on its way back to you" not in told
        assert await refunds(shop) == [("9.00", RefundState.ASKED)]
        assert await shop.stands() == (Status.CANCELLED, Charge.PAID)

        await shop.wait(timedelta(minutes=5))
        assert len(fake.refunds) == 1
        assert await refunds(shop) == [("9.00", RefundState.DONE)]
        assert await shop.stands() == (Status.CANCELLED, Charge.REFUNDED)


async def test_money_is_for_keys_that_may_touch_it(engine: AsyncEngine, database_url: str) -> None:
    async with shop_front(database_url) as shop:
        await paid(shop)
        shop.desk = await shop.program("read", "write", "conversations")
        for said in ({"status": "cancelled", "refund": True}, {"status": "paid"}):
            assert (await shop.move(**said))["code"] == "scope_missing"
        assert await shop.stands() == (Status.PAID, Charge.PAID)


DEAR: Final = (
    "{{tax: {{rate: '10', included: {included}}}, "
    "delivery: [{{id: road, zones: [{{price: 2}}]}}]}}"
)


@pytest.mark.parametrize("included", [True, False])
async def test_staff_may_have_the_shipping_go_back_too_and_it_goes_back_once(
    engine: AsyncEngine, database_url: str, *, included: bool
) -> None:
    store = DEAR.format(included=str(included).lower())
    async with shop_front(database_url, store=store) as shop:
        await paid(shop)
        whole = (await shop.order()).total
        await shop.move(status="fulfilled", items={"COF-1": 1})
        await shop.move(status="cancelled", items={"COF-1": 1}, refund=True, shipping=True)
        told = await shop.run()
        first = (await shop.order()).refunded
        await shop.move(status="cancelled", refund=True, shipping=True)
        await shop.run()

        piece = Decimal("4.50") if included else Decimal("4.95")
        shipping = Decimal("2.00") if included else Decimal("2.20")
        assert whole == 3 * piece + shipping
        assert first == piece + shipping
        assert f"${first:.2f} of ${whole:.2f}" in told
        assert (await shop.order()).refunded == 2 * piece + shipping


async def test_shipping_of_cash_on_delivery_need_not_be_paid_either(
    engine: AsyncEngine, database_url: str
) -> None:
    store = DEAR.format(included="true")
    async with shop_front(database_url, CASH, store=store) as shop:
        await shop.buy(3)
        await shop.move(status="fulfilled", items={"COF-1": 2})
        await shop.move(status="cancelled", shipping=True)

        assert "To pay in cash: $9.00" in await shop.run()


async def test_what_goods_that_came_back_are_worth_is_told_and_given_back_only_when_asked(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url, store=TAXED) as shop:
        await paid(shop)
        await shop.move(status="fulfilled")
        back = await shop.move(status="returned", items={"COF-1": 1})
        await shop.run()

        # A third of the goods with their tax, and nothing of the shipping.
        assert (back["refund_due"], back["return_due"]) == ("0.00", "5.18")
        assert await refunds(shop) == []
        rest = await shop.move(status="returned", items={"COF-1": 1}, refund=True)
        await shop.run()
        assert (rest["status"], await refunds(shop)) == (
            "partly_returned",
            [("10.35", RefundState.DONE)],
        )
        shown = (await shop.desk.get(f"/api/v1/orders/{rest['id']}")).json()
        assert (shown["refunded"], shown["return_due"]) == ("10.35", "0.00")


async def test_for_goods_of_an_order_that_was_never_paid_nothing_is_due(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url, CASH) as shop:
        await shop.buy()
        await shop.move(status="fulfilled")
        back = await shop.move(status="returned", refund=True)

        assert (back["status"], back["return_due"]) == ("returned", "0.00")
        assert await refunds(shop) == []
