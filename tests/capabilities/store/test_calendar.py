"""What comes due in a store: orders that nobody paid, carts that nobody touches."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.calendar import CALENDAR, REMIND, remind
from sokoni.capabilities.store.machine import By, Charge, Status
from sokoni.capabilities.store.models.carts import Cart, CartItem
from sokoni.capabilities.store.models.orders import Order, Reservation
from sokoni.capabilities.store.service.fulfilment import Fulfilment
from sokoni.capabilities.store.service.orders import MoneyNews, PaymentMove
from sokoni.capabilities.store.telling import NEWS, news_for, placed_alert, tell_news
from sokoni.merchants.models import Merchant
from sokoni.messaging.events import Timer, TimerFor
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
    yes,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


async def shop(session: AsyncSession, **store: object) -> None:
    merchant = Merchant(
        id=SHOP,
        slug="corner-shop",
        name="Corner Shop",
        country="ZW",
        currency="USD",
        timezone="Africa/Harare",
        languages=["en"],
        capabilities={"store": store},
        settings={},
        created_at=MONDAY,
    )
    session.add(merchant)
    await session.flush()


async def due(session: AsyncSession, at: datetime) -> list[TimerFor]:
    """Sweep again and again until nothing more is due by the time."""
    connection = await session.connection()
    found: list[TimerFor] = []
    for _ in range(9):
        next_due = await CALENDAR.next_due(connection)
        if next_due is None or at < next_due:
            return found
        found += await CALENDAR.take(connection, at, 100)
    pytest.fail("the calendar never comes to rest")


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


async def test_a_cart_is_recalled_once_and_thrown_away_a_week_later(
    session: AsyncSession,
) -> None:
    await shop(session, remind_cart_hours=20)
    coffee = await stocked(session)
    await carts(session).add(ANN, coffee.id, 2)

    assert await due(session, MONDAY + 19 * HOUR) == []
    (timer,) = await due(session, MONDAY + 20 * HOUR)
    assert (timer.contact_id, timer.timer.name) == (ANN, REMIND)
    said = await remind(context_of(session), timer.timer)
    assert said is not None
    assert said.key == "store.remind"
    assert await due(session, MONDAY + 6 * DAY) == []
    assert (await carts(session).show(ANN)).pieces == 2
    assert await due(session, MONDAY + 7 * DAY) == []
    assert (await carts(session).show(ANN)).cart is None


async def test_nobody_is_reminded_of_a_cart_that_changed_since(session: AsyncSession) -> None:
    await shop(session, remind_cart_hours=20)
    coffee = await stocked(session)
    await carts(session).add(ANN, coffee.id)
    (timer,) = await due(session, MONDAY + 20 * HOUR)
    await carts(session).clear(ANN)

    assert await remind(context_of(session), timer.timer) is None


async def test_a_contact_is_reminded_once_a_week_at_most(session: AsyncSession) -> None:
    await shop(session, remind_cart_hours=20)
    coffee = await stocked(session)
    await carts(session).add(ANN, coffee.id)
    assert len(await due(session, MONDAY + 20 * HOUR)) == 1
    await orders(session).place(yes(prepaid=False))

    late = MONDAY + 2 * DAY
    await carts(session).add(ANN, coffee.id)
    await session.execute(update(Cart).where(Cart.open == 1).values(updated_at=late, due_at=late))

    assert await due(session, late + 6 * DAY) == []


async def test_a_reminder_that_comes_too_late_is_none(session: AsyncSession) -> None:
    await shop(session, remind_cart_hours=20)
    await carts(session).add(ANN, (await stocked(session)).id)

    assert await due(session, MONDAY + 23 * HOUR) == []


async def test_who_has_nothing_in_the_cart_is_not_reminded(session: AsyncSession) -> None:
    await shop(session, remind_cart_hours=1)
    await carts(session).look_at(ANN, (await stocked(session)).id)

    assert await due(session, MONDAY + 2 * HOUR) == []


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
