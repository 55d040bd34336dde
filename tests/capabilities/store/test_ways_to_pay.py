"""How an order may be paid: what takes so much, from whom."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.capabilities.store.machine import Charge, Status
from tests.capabilities.store.front import ShopFront, shop_front

LIMITED = "[{gateway: sandbox}, {gateway: cod, refusals: 1, most: {USD: '5'}}]"
CASH_FIRST = "[{gateway: cod, refusals: 1, most: {USD: '5'}}, {gateway: sandbox}]"
CASH_ONLY = "[{gateway: cod, most: {USD: '5'}}]"


async def asked(shop: ShopFront, quantity: int) -> str:
    """Order coffee up to the question how to pay; return what is said."""
    await shop.say(f"add {quantity} ground coffee")
    await shop.say("checkout")
    return await shop.say("12 Market Street, Harare")


@pytest.mark.parametrize(("quantity", "cash"), [(1, True), (2, False)])
async def test_cash_is_offered_up_to_what_the_merchant_takes_in_cash(
    engine: AsyncEngine, database_url: str, *, quantity: int, cash: bool
) -> None:
    async with shop_front(database_url, LIMITED) as shop:
        said = await asked(shop, quantity)

        assert "Test payment" in said
        assert ("Cash on delivery" in said) is cash


async def test_a_way_that_no_longer_takes_the_order_is_asked_about_again(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url, LIMITED) as shop:
        await asked(shop, 1)
        assert "Shall we place the order" in await shop.say("2")
        await shop.say("2 more")

        said = await shop.say("checkout")
        said = said if "another" in said else await shop.say("yes")

        assert "That way to pay does not take this order" in said
        assert "Test payment" in said
        assert "Cash on delivery" not in said
        await shop.say("test payment")
        assert "/payments/sandbox/pay/" in await shop.say("yes")
        assert await shop.stands() == (Status.PLACED, Charge.UNPAID)


async def test_where_nothing_takes_so_much_staff_say_how_to_pay_and_nothing_is_sent_before(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url, CASH_ONLY) as shop:
        said = await shop.buy(2)

        assert "Somebody of us tells you how to pay" in said
        assert await shop.stands() == (Status.PLACED, Charge.UNPAID)
        assert (await shop.move(status="fulfilled"))["code"] == "order_moved"


async def test_who_refused_to_pay_in_cash_is_not_offered_it_again(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url, CASH_FIRST) as shop:
        assert "Cash on delivery" in await asked(shop, 1)
        await shop.say("1")
        await shop.say("yes")
        payment = await shop.payment()
        refused = f"/api/v1/payments/{payment.id}/mark-refused"
        assert (await shop.desk.post(refused, {"reason": "not at home"})).status == 202
        await shop.run()

        await shop.say("add 1 ground coffee")
        said = await shop.say("checkout")

        assert "Test payment" in said
        assert "Cash on delivery" not in said
