"""Goods that do not come any more, before and after some were sent, and their money."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.machine import By, Charge, Status
from sokoni.capabilities.store.service.calling_off import CallingOff
from sokoni.capabilities.store.service.dues import refund_due, untaxed
from sokoni.capabilities.store.service.moves import OrderMovedError
from sokoni.capabilities.store.service.orders import MoneyNews, PaymentMove
from sokoni.capabilities.store.service.pieces import PiecesWrongError
from sokoni.kit.money import Money
from tests.capabilities.store.shopping import (
    ANN,
    MONDAY,
    SHOP,
    carts,
    counted,
    coupon,
    fulfilment,
    orders,
    paid,
    placed,
    stocked,
    yes,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)


def calling_off(session: AsyncSession) -> CallingOff:
    return CallingOff(session, SHOP, MONDAY, "rudo")


async def test_what_is_left_of_a_partly_sent_order_is_called_off(session: AsyncSession) -> None:
    order, coffee = await paid(session)
    desk = fulfilment(session)
    part = await desk.fulfil(order, {"COF-1": 1})

    off = calling_off(session)
    one = await off.call_off(part, {"COF-1": 1}, reason="broken")
    assert (one.status, one.called_off, refund_due(one)) == (
        Status.PARTLY_FULFILLED,
        Decimal("4.50"),
        Decimal("4.50"),
    )
    rest = await off.call_off(one, {})

    assert (rest.status, rest.charge_status) == (Status.FULFILLED, Charge.PAID)
    assert (rest.called_off, refund_due(rest)) == (Decimal(9), Decimal(9))
    assert await counted(session, coffee) == (9, 0)
    history = await orders(session).history(order.id)
    assert history[-2].data == {"pieces": {"COF-1": 1}, "amount": "4.50", "reason": "broken"}
    with pytest.raises(PiecesWrongError):
        await off.call_off(await desk.take_back(rest, {}), {})


async def test_cash_is_wanted_for_what_was_sent_alone(session: AsyncSession) -> None:
    coffee = await stocked(session, sku="COF-1")
    order = await placed(session, coffee, 3, prepaid=False)
    desk = fulfilment(session)
    off = await calling_off(session).call_off(await desk.fulfil(order, {"COF-1": 1}), {})
    book = orders(session)

    assert (off.charge_status, refund_due(off)) == (Charge.COD, Decimal(0))
    assert await book.wants_money(off.id) == Money(Decimal("4.50"), "USD")
    whole = MoneyNews(move=PaymentMove.PAID, amount=order.total, currency="USD")
    with pytest.raises(OrderMovedError):
        await book.payment(off.id, whole)
    done = await book.payment(off.id, replace(whole, amount=Decimal("4.50")))
    assert (done.charge_status, done.paid, refund_due(done)) == (
        Charge.PAID,
        Decimal("4.50"),
        Decimal(0),
    )


async def test_lines_with_discounts_are_called_off_to_the_cent(session: AsyncSession) -> None:
    coffee = await stocked(session, sku="COF-1")
    await coupon(session, "THIRD", percent=Decimal(33))
    await carts(session).add(ANN, coffee.id, 3)
    await carts(session).set_coupon(ANN, "THIRD")
    order = await orders(session).place(yes())
    news = MoneyNews(move=PaymentMove.PAID, amount=order.total, currency="USD")
    await orders(session).payment(order.id, news)
    moved = await fulfilment(session).fulfil(await orders(session).get(order.id), {"COF-1": 1})
    worths = []
    for _ in range(2):
        before = moved.called_off
        moved = await calling_off(session).call_off(moved, {"COF-1": 1})
        worths.append(moved.called_off - before)

    assert (order.total, worths) == (Decimal("9.04"), [Decimal("3.01"), Decimal("3.02")])


@pytest.mark.parametrize("pieces", [{}, {"COF-1": 3}])
async def test_all_of_what_was_not_sent_is_cancelled_and_not_called_off(
    session: AsyncSession, pieces: Mapping[str, int]
) -> None:
    order, coffee = await paid(session)

    assert await calling_off(session).is_all(order, pieces)
    with pytest.raises(OrderMovedError):
        await calling_off(session).call_off(order, pieces)
    assert await counted(session, coffee) == (7, 0)


async def test_a_piece_of_a_paid_order_is_called_off_and_the_rest_sent(
    session: AsyncSession,
) -> None:
    order, coffee = await paid(session)
    off = await calling_off(session).call_off(order, {"COF-1": 1}, reason="broken")

    assert (off.status, off.charge_status) == (Status.PAID, Charge.PAID)
    assert (off.called_off, refund_due(off)) == (Decimal("4.50"), Decimal("4.50"))
    assert await counted(session, coffee) == (8, 0)
    sent = await fulfilment(session).fulfil(off, {})
    assert sent.status == Status.FULFILLED
    (item,) = await orders(session).items(order.id)
    assert (item.fulfilled, item.called_off) == (2, 1)


async def test_a_piece_of_an_order_that_waits_for_its_money_is_promised_no_more(
    session: AsyncSession,
) -> None:
    coffee = await stocked(session, sku="COF-1")
    order = await placed(session, coffee, 3)
    off = await calling_off(session).call_off(order, {"COF-1": 1})
    book = orders(session)

    assert (off.status, off.charge_status) == (Status.PLACED, Charge.UNPAID)
    assert await counted(session, coffee) == (10, 2)
    assert await book.wants_money(off.id) == Money(Decimal(9), "USD")
    news = MoneyNews(move=PaymentMove.PAID, amount=Decimal(9), currency="USD")
    await book.payment(off.id, news)
    assert await counted(session, coffee) == (8, 0)


@pytest.mark.parametrize("prepaid", [True, False])
async def test_what_was_called_off_is_not_back_twice_when_the_rest_is_cancelled(
    session: AsyncSession, prepaid: bool
) -> None:
    coffee = await stocked(session, sku="COF-1")
    order = await placed(session, coffee, 3, prepaid=prepaid)
    await calling_off(session).call_off(order, {"COF-1": 1})

    await orders(session).cancel(order.id, By.STAFF)

    assert await counted(session, coffee) == (10, 0)


async def test_money_that_is_set_aside_is_for_all_of_it(session: AsyncSession) -> None:
    coffee = await stocked(session, sku="COF-1")
    order = await placed(session, coffee, 3)
    news = MoneyNews(move=PaymentMove.AUTHORIZED, amount=order.total, currency="USD")
    aside = await orders(session).payment(order.id, news)

    with pytest.raises(OrderMovedError):
        await calling_off(session).call_off(aside, {"COF-1": 1})
    assert await counted(session, coffee) == (10, 3)


async def test_goods_that_cost_nothing_are_sent_when_all_that_cost_are_called_off(
    session: AsyncSession,
) -> None:
    coffee = await stocked(session, sku="COF-1")
    bag = await stocked(session, sku="BAG-1", price="0")
    await carts(session).add(ANN, bag.id, 1)
    order = await placed(session, coffee, 2)
    off = await calling_off(session).call_off(order, {"COF-1": 2})

    assert (off.status, off.charge_status, off.pay_until) == (Status.PAID, Charge.PAID, None)
    assert await counted(session, coffee) == (10, 0)
    assert await counted(session, bag) == (9, 0)


async def test_tax_in_the_prices_of_what_does_not_come_is_no_tax(session: AsyncSession) -> None:
    coffee = await stocked(session, sku="COF-1")
    taxed = orders(session, tax={"rate": "15"})
    await carts(session).add(ANN, coffee.id, 3)
    order = await taxed.place(yes())
    off = await calling_off(session).call_off(order, {"COF-1": 1})

    assert (off.tax_total, off.called_off) == (Decimal("1.76"), Decimal("4.50"))
    assert untaxed(off, await taxed.items(off.id)) == Decimal("0.59")
