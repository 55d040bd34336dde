"""Contacts who buy and turn out to be one, ask what is kept of them, or leave; figures by day."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.erasing import erase_contact
from sokoni.capabilities.store.exporting import export
from sokoni.capabilities.store.figures import by_day
from sokoni.capabilities.store.machine import Status
from sokoni.capabilities.store.merging import merge_contacts
from sokoni.capabilities.store.models.carts import Cart, StoreCustomer
from sokoni.capabilities.store.models.orders import Order
from sokoni.capabilities.store.service.customers import StoreCustomers
from sokoni.capabilities.store.service.orders import MoneyNews, PaymentMove
from sokoni.db.days import Days
from tests.capabilities.store.shopping import (
    ANN,
    BEN,
    MONDAY,
    SHOP,
    VAULT,
    carts,
    counted,
    orders,
    placed,
    profile,
    stocked,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)


async def test_two_carts_become_one(session: AsyncSession) -> None:
    coffee, tea = await stocked(session), await stocked(session)
    await carts(session).add(ANN, coffee.id, 2)
    await carts(session).add(ANN, tea.id)
    await carts(session).add(BEN, coffee.id, 3)
    order = await placed(session, tea, contact_id=ANN, address="12 Market Street")
    await carts(session).add(ANN, tea.id)

    await merge_contacts(await session.connection(), ANN, BEN)

    shown = await carts(session).show(BEN)
    assert {line.id: line.quantity for line in shown.lines} == {coffee.id: 3, tea.id: 1}
    assert (await carts(session).show(ANN)).cart is None
    assert [one.id for one in await orders(session).mine(BEN, limit=9)] == [order.id]
    last = await StoreCustomers(session, VAULT, SHOP, MONDAY).last_time(BEN)
    assert last is not None
    assert last.address == "12 Market Street"


async def test_lines_of_both_carts_add_up(session: AsyncSession) -> None:
    coffee = await stocked(session)
    await carts(session).add(ANN, coffee.id, 2)
    await carts(session).add(BEN, coffee.id, 3)

    await merge_contacts(await session.connection(), ANN, BEN)

    assert [one.quantity for one in (await carts(session).show(BEN)).lines] == [5]


async def test_all_that_is_kept_of_a_contact_is_exported(session: AsyncSession) -> None:
    coffee = await stocked(session)
    order = await placed(session, coffee, 2, address="12 Market Street", note="Ring twice")
    await placed(session, coffee, contact_id=BEN)
    await carts(session).add(ANN, coffee.id)

    found = await export(session, SHOP, ANN)

    assert [one["reference"] for one in found["orders"]] == [order.reference]
    assert [one["quantity"] for one in found["order_items"]] == [2]
    assert [one["move"] for one in found["order_events"]] == ["place"]
    assert len(found["carts"]) == 2
    assert "address" not in found["orders"][0]


async def test_who_leaves_is_forgotten_and_what_was_not_sent_is_off(
    session: AsyncSession,
) -> None:
    coffee = await stocked(session)
    order = await placed(session, coffee, 2, address="12 Market Street")
    await carts(session).add(ANN, coffee.id)
    other = await placed(session, coffee, contact_id=BEN)

    await erase_contact(await session.connection(), SHOP, ANN, MONDAY)

    found = await orders(session).get(order.id)
    assert (found.status, found.address) == (Status.CANCELLED, None)
    assert found.contact_id != ANN
    assert await counted(session, coffee) == (10, 1)
    assert (await orders(session).get(other.id)).contact_id == BEN
    for model in (Cart, StoreCustomer, Order):
        theirs = select(model.id).where(model.contact_id == ANN)
        assert (await session.scalars(theirs)).all() == []


async def test_orders_are_counted_by_day(session: AsyncSession) -> None:
    coffee = await stocked(session)
    await placed(session, coffee)
    order = await placed(session, coffee, 2)
    news = MoneyNews(move=PaymentMove.PAID, amount=order.total, currency="USD")
    await orders(session, later=timedelta(days=1)).payment(order.id, news)
    days = Days.until(MONDAY + timedelta(days=1), profile().zone, 7)
    monday, tuesday = MONDAY.date(), (MONDAY + timedelta(days=1)).date()

    assert await by_day(session, SHOP, days) == {
        "orders": {monday: 2},
        "orders_paid": {tuesday: 1},
        "orders_cancelled": {},
        "orders_unpaid": {},
        "paid_minor_units": {tuesday: 900},
    }
