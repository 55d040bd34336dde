"""Money that staff look at: what they see of it, and what the contact hears of their decision."""

from collections.abc import Mapping

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.payments.states import PaymentState
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.fake_stripe import FakeStripe
from tests.capabilities.store.front import ShopFront, stripe_front, tell


async def paid_oddly(shop: ShopFront, fake: FakeStripe, other: Mapping[str, object]) -> str:
    """Have Ana order for $9.00 and pay something else; return what she hears."""
    await shop.buy(2)
    fake.pay((await shop.payment()).provider_id, **other)
    return await tell(shop, fake)


async def decide(desk: AsgiClient, verdict: str) -> None:
    (review,) = (await desk.get("/api/v1/reports")).json()["items"]
    answer = await desk.post(f"/api/v1/reports/{review['reference']}/{verdict}")
    assert answer.status == 200


@pytest.mark.parametrize(
    ("other", "goes_back"),
    [({"amount_total": 200}, "$2.00"), ({"currency": "zar"}, "R9.00")],
)
async def test_who_paid_oddly_hears_that_the_money_goes_back(
    engine: AsyncEngine, database_url: str, other: Mapping[str, object], goes_back: str
) -> None:
    async with stripe_front(database_url) as (shop, fake):
        odd = await paid_oddly(shop, fake, other)
        assert "Somebody of us looks at it and tells you" in odd
        assert "Pay now" not in odd

        await decide(shop.desk, "reject")
        told = await shop.run()
        again = await tell(shop, fake)

        assert f"{goes_back} for {(await shop.order()).reference}, which did not fit" in told
        assert "Pay now" in told
        assert again == ""
        assert len(fake.refunds) == 1
        assert (await shop.payment()).state == PaymentState.CANCELLED
        assert (await shop.desk.get("/api/v1/reports")).json()["items"] == []


async def test_staff_see_what_came_beside_what_was_asked_for(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_front(database_url) as (shop, fake):
        await paid_oddly(shop, fake, {"amount_total": 200})

        (review,) = (await shop.desk.get("/api/v1/reports")).json()["items"]

        order = await shop.order()
        assert review["what"] == f"{order.reference} 9.00 USD"
        assert (review["reason"], review["text"]) == ("amount", f"2.00 USD {order.reference}")


async def test_money_that_staff_take_is_told_as_it_came_and_the_newer_link_is_closed(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_front(database_url) as (shop, fake):
        await paid_oddly(shop, fake, {"amount_total": 800})
        assert "To pay: $9.00" in await shop.say("pay")
        _, newer = await shop.payments()

        await decide(shop.desk, "approve")
        told = await shop.run()

        assert "We received $8.00" in told
        assert await shop.stands() == ("paid", "paid")
        assert (await shop.order()).paid == 8
        assert fake.sessions[newer.provider_id]["status"] == "expired"
        assert [one.state for one in await shop.payments()] == ["paid", "cancelled"]
