"""What comes due in a store: orders that nobody paid, carts that nobody touches."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.machine import By, Charge, Status
from sokoni.capabilities.store.models.carts import Cart, CartItem
from sokoni.capabilities.store.models.orders import Order, Reservation
from sokoni.capabilities.store.service.fulfilment import Fulfilment
from sokoni.capabilities.store.service.orders import MoneyNews, PaymentMove
from sokoni.capabilities.store.telling import NEWS, news_for, placed_alert, tell_news
from sokoni.messaging.events import Timer
from tests.capabilities.store.calendars import due, shop
from tests.capabilities.store.shopping import (
    ANN,
    BEN,
    MONDAY,
    SHOP,
    carts,
    context_of,
    counted,
    orders,
    placed,
    stocked,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


async def test_an_order_that_nobody_pays_ends_and_the_contact_hears_of_it(
    session: AsyncSession,
) -> None:
    coffee = await stocked(session)
    order = await placed(session, coffee, 4)

    assert await due(session, MONDAY + DAY - HOUR) == []
    (timer,) = await due(session, MONDAY + DAY)

    ended = await orders(session).get(order.id)
    assert (ended.status, await counted(session, coffee)) == (Status.CANCELLED, (10, 0))
    assert (timer.contact_id, timer.timer.name) == (ANN, NEWS)
    said = await tell_news(context_of(session), timer.timer)
    assert said is not None
    assert (said.key, said.params["reference"]) == ("store.news.expired", order.reference)
    assert await tell_news(context_of(session, BEN), timer.timer) is None


async def test_an_order_whose_money_is_set_aside_waits_on(session: AsyncSession) -> None:
    coffee = await stocked(session)
    order = await placed(session, coffee)
    news = MoneyNews(move=PaymentMove.AUTHORIZED, amount=order.total, currency="USD")
    await orders(session).payment(order.id, news)
    # As if it had been set aside in the moment in which its time was over.
    await session.execute(update(Reservation).values(expires_at=MONDAY + DAY))

    assert await due(session, MONDAY + 2 * DAY) == []

    assert (await orders(session).get(order.id)).charge_status == Charge.AUTHORIZED
    assert await counted(session, coffee) == (10, 1)


async def test_what_is_promised_to_nobody_is_free_again(session: AsyncSession) -> None:
    coffee = await stocked(session)
    order = await placed(session, coffee)
    await session.execute(
        update(Order).where(Order.id == order.id).values(charge_status=Charge.PAID)
    )

    assert await due(session, MONDAY + 2 * DAY) == []

    assert await counted(session, coffee) == (10, 0)


async def test_what_is_kept_for_later_outlives_the_cart(session: AsyncSession) -> None:
    await shop(session, abandoned_cart_days=3)
    coffee, tea = await stocked(session), await stocked(session)
    await carts(session).add(ANN, coffee.id)
    await carts(session).add(ANN, tea.id)
    await carts(session).save(ANN, tea.id)

    await due(session, MONDAY + 3 * DAY)
    shown = await carts(session).show(ANN)
    assert ([one.id for one in shown.saved], shown.lines) == ([tea.id], ())
    await due(session, MONDAY + 90 * DAY)
    assert (await session.scalars(select(CartItem.id))).all() == []
    assert (await session.scalars(select(Cart.id))).all() == []


async def test_the_contact_hears_what_staff_did(session: AsyncSession) -> None:
    order = await placed(session, await stocked(session), 2, prepaid=False)
    desk = Fulfilment(session, SHOP, MONDAY, "rudo")
    assert placed_alert(order).prompt.key == "store.staff.placed"

    sent = await desk.fulfil(order, {}, tracking="ZM-12")
    news = news_for(sent)
    assert news.contact_id == ANN
    assert news.tell.instead is not None
    said = await tell_news(context_of(session), news.tell.instead)
    assert said is not None
    assert (said.key, said.params["tracking"]) == ("store.news.fulfilled.tracked", "ZM-12")

    noted = await desk.note(sent, "The van is late")
    await desk.deliver(noted)
    assert await tell_news(context_of(session), news.tell.instead) is None


@pytest.mark.parametrize(
    ("reason", "paid", "key"),
    [
        ("", False, "store.news.cancelled"),
        ("sold out", False, "store.news.cancelled.why"),
        ("", True, "store.news.cancelled.paid"),
        ("sold out", True, "store.news.cancelled.why.paid"),
    ],
)
async def test_the_contact_hears_why_an_order_is_off(
    session: AsyncSession,
    reason: str,
    paid: bool,
    key: str,
) -> None:
    order = await placed(session, await stocked(session))
    if paid:
        news = MoneyNews(move=PaymentMove.PAID, amount=Decimal("4.50"), currency="USD")
        await orders(session).payment(order.id, news)

    await orders(session).cancel(order.id, By.STAFF, staff="rudo", reason=reason)
    told = Timer(name=NEWS, data={"order": str(order.id), "status": "cancelled"})
    said = await tell_news(context_of(session), told)

    assert said is not None
    assert said.key == key
