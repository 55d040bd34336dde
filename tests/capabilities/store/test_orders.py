"""Orders: placed in one go or not at all, paid, cancelled, timed out; stock never oversold."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from sokoni.capabilities.store.machine import By, Charge, Move, Status
from sokoni.capabilities.store.models.carts import Coupon
from sokoni.capabilities.store.models.catalogue import Product, Variant
from sokoni.capabilities.store.models.orders import Order, OrderItem, Reservation
from sokoni.capabilities.store.service.carted import Trouble
from sokoni.capabilities.store.service.checkout import CartEmptyError, NotDeliveredError, Wish
from sokoni.capabilities.store.service.coupons import CouponRefusedError
from sokoni.capabilities.store.service.moves import OrderMovedError, OrderUnknownError
from sokoni.capabilities.store.service.orders import MoneyNews, PaymentMove
from sokoni.capabilities.store.service.placing import CartChangedError, TotalChangedError
from sokoni.capabilities.store.service.shipping import Destination
from sokoni.db.writing import write_patiently
from sokoni.kit.ids import ContactId, new_id
from sokoni.kit.money import Money
from tests.capabilities.store.shopping import (
    ANN,
    BEN,
    carts,
    checkout,
    counted,
    coupon,
    orders,
    placed,
    stocked,
    yes,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)


def news(move: PaymentMove, amount: str = "4.50", currency: str = "USD") -> MoneyNews:
    return MoneyNews(move=move, amount=Decimal(amount), currency=currency)


async def rows(session: AsyncSession, model: type[Order | OrderItem | Reservation]) -> int:
    return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_a_cart_becomes_an_order(session: AsyncSession) -> None:
    coffee, tea = await stocked(session), await stocked(session, name="Tea", price="2.00")
    await carts(session).add(ANN, coffee.id, 2)
    await carts(session).add(ANN, tea.id)

    order = await orders(session).place(
        yes(address="12 Market Street", pin=(-17.8, 31.0), note="Ring twice")
    )

    assert order.reference.startswith("ORD-")
    assert (order.status, order.charge_status) == (Status.PLACED, Charge.UNPAID)
    assert (order.items_total, order.total) == (Decimal(11), Decimal(11))
    book = orders(session)
    assert book.address_of(order) == "12 Market Street"
    assert (book.pin_of(order), book.note_of(order)) == ((-17.8, 31.0), "Ring twice")
    items = await book.items(order.id)
    assert [(one.name, one.quantity, one.unit_price) for one in items] == [
        ("Coffee", 2, Decimal("4.50")),
        ("Tea", 1, Decimal(2)),
    ]
    assert (await carts(session).show(ANN)).lines == ()
    assert await counted(session, coffee) == (10, 2)
    assert [(one.move, one.by) for one in await book.history(order.id)] == [
        (Move.PLACE, By.CONTACT)
    ]
    assert (await book.find_quoted(order.reference.lower(), ANN)) is not None
    assert await book.find_quoted(order.reference, BEN) is None


async def test_what_was_bought_keeps_its_price(session: AsyncSession) -> None:
    coffee = await stocked(session)
    order = await placed(session, coffee, 2)

    await session.execute(update(Variant).where(Variant.id == coffee.id).values(price=Decimal(9)))
    await session.execute(
        update(Product).where(Product.id == coffee.product_id).values(names={"en": "Other"})
    )

    items = await orders(session).items(order.id)
    assert [(one.name, one.unit_price) for one in items] == [("Coffee", Decimal("4.50"))]
    assert (await orders(session).get(order.id)).total == Decimal(9)


async def test_an_empty_cart_is_no_order(session: AsyncSession) -> None:
    with pytest.raises(CartEmptyError):
        await orders(session).place(yes())


Change = Callable[[AsyncSession, Variant], Awaitable[object]]


async def _dearer(session: AsyncSession, variant: Variant) -> None:
    await session.execute(update(Variant).where(Variant.id == variant.id).values(price=Decimal(5)))


async def _withdrawn(session: AsyncSession, variant: Variant) -> None:
    await session.execute(update(Variant).where(Variant.id == variant.id).values(withdrawn=True))


async def _sold_out(session: AsyncSession, variant: Variant) -> None:
    await session.execute(update(Variant).where(Variant.id == variant.id).values(on_hand=0))


@pytest.mark.parametrize(
    ("change", "trouble"),
    [(_dearer, Trouble.PRICE), (_withdrawn, Trouble.GONE), (_sold_out, Trouble.OUT)],
)
async def test_what_changed_between_cart_and_yes_is_no_order(
    session: AsyncSession, change: Change, trouble: Trouble
) -> None:
    coffee, tea = await stocked(session), await stocked(session)
    await carts(session).add(ANN, coffee.id)
    await carts(session).add(ANN, tea.id)
    await change(session, coffee)

    with pytest.raises(CartChangedError) as changed:
        await orders(session).place(yes())

    assert [(one.line.id, one.trouble) for one in changed.value.findings] == [(coffee.id, trouble)]
    assert await rows(session, Order) == 0
    assert (await counted(session, tea)) == (10, 0)
    await carts(session).mend(ANN)
    assert (await orders(session).place(yes())).reference


async def test_another_total_than_the_contact_said_yes_to_is_no_order(
    session: AsyncSession,
) -> None:
    coffee = await stocked(session)
    await carts(session).add(ANN, coffee.id)

    with pytest.raises(TotalChangedError) as changed:
        await orders(session).place(yes(agreed=Decimal("4.00")))

    assert changed.value.quote.sums.total == Decimal("4.50")
    assert await rows(session, Order) == 0
    assert (await orders(session).place(yes(agreed=Decimal("4.5")))).total == Decimal("4.50")


async def test_a_coupon_that_ended_is_told_before_the_order(session: AsyncSession) -> None:
    coffee = await stocked(session, price="10.00")
    await carts(session).add(ANN, coffee.id)
    made = await coupon(session, "TEN", percent=Decimal(10), uses_max=1)
    await checkout(session).use_coupon(ANN, "ten")
    await session.execute(update(Coupon).where(Coupon.id == made.id).values(uses=1))

    with pytest.raises(CouponRefusedError):
        await orders(session).place(yes())

    assert await rows(session, Order) == 0


async def test_a_coupon_is_used_once_by_each_and_comes_back_with_a_cancelled_order(
    session: AsyncSession,
) -> None:
    coffee = await stocked(session, price="10.00")
    made = await coupon(session, "TEN", percent=Decimal(10), once_each=True)
    await carts(session).add(ANN, coffee.id)
    await checkout(session).use_coupon(ANN, "TEN")
    order = await orders(session).place(yes())
    await carts(session).add(ANN, coffee.id)

    assert order.total == Decimal(9)
    with pytest.raises(CouponRefusedError):
        await checkout(session).use_coupon(ANN, "TEN")
    await orders(session).cancel(order.id, By.CONTACT)
    assert (await checkout(session).use_coupon(ANN, "TEN")).uses == 0
    await session.refresh(made)
    assert made.uses == 0


async def test_where_goods_do_not_come_nothing_is_ordered(session: AsyncSession) -> None:
    coffee = await stocked(session)
    zones = [{"words": ["harare"], "price": "2.00"}, {"words": ["bulawayo"], "price": "5.50"}]
    delivery = [{"id": "van", "zones": zones}, {"id": "shop", "collects": True}]
    await carts(session).add(ANN, coffee.id)
    shop = checkout(session, delivery=delivery)

    near = await shop.quote(ANN, Wish(to=Destination(text="12 Market St, HARARE")))
    far = await shop.options(ANN, Destination(text="1 High Street", town="Gweru"))
    with pytest.raises(NotDeliveredError):
        await shop.quote(ANN, Wish(delivery="van", to=Destination(town="Gweru")))

    assert (near.option.id, near.sums.total) == ("van", Decimal("6.50"))
    assert [one.option.id for one in far] == ["shop"]


async def test_cash_on_delivery_takes_the_goods_at_once(session: AsyncSession) -> None:
    coffee = await stocked(session)

    order = await placed(session, coffee, 3, prepaid=False)

    assert (order.charge_status, order.pay_until) == (Charge.COD, None)
    assert await counted(session, coffee) == (7, 0)
    await orders(session).cancel(order.id, By.CONTACT)
    assert await counted(session, coffee) == (10, 0)


async def test_an_order_for_nothing_is_paid(session: AsyncSession) -> None:
    coffee = await stocked(session)
    await coupon(session, "FREE", percent=Decimal(100))
    await carts(session).add(ANN, coffee.id)
    await checkout(session).use_coupon(ANN, "FREE")

    order = await orders(session).place(yes())

    assert (order.status, order.charge_status) == (Status.PAID, Charge.PAID)
    assert await orders(session).wants_money(order.id) is None
    assert await counted(session, coffee) == (9, 0)


async def test_a_payment_moves_the_order_once(session: AsyncSession) -> None:
    coffee = await stocked(session)
    order = await placed(session, coffee)
    book = orders(session)

    assert await book.wants_money(order.id) == Money(Decimal("4.50"), "USD")
    await book.payment(order.id, news(PaymentMove.FAILED))
    paid = await book.payment(order.id, news(PaymentMove.PAID))
    with pytest.raises(OrderMovedError):
        await book.payment(order.id, news(PaymentMove.PAID))
    with pytest.raises(OrderMovedError):
        await book.payment(order.id, news(PaymentMove.FAILED))

    assert (paid.status, paid.charge_status) == (Status.PAID, Charge.PAID)
    assert await book.wants_money(order.id) is None
    assert await counted(session, coffee) == (9, 0)
    assert [one.move for one in await book.history(order.id)] == ["place", "fail", "pay"]


@pytest.mark.parametrize(
    "wrong", [news(PaymentMove.PAID, "4.49"), news(PaymentMove.PAID, currency="ZAR")]
)
async def test_another_amount_or_currency_pays_nothing(
    session: AsyncSession, wrong: MoneyNews
) -> None:
    order = await placed(session, await stocked(session))

    with pytest.raises(OrderMovedError):
        await orders(session).payment(order.id, wrong)

    assert (await orders(session).get(order.id)).charge_status == Charge.UNPAID


async def test_money_for_a_cancelled_order_is_not_wanted(session: AsyncSession) -> None:
    coffee = await stocked(session)
    order = await placed(session, coffee)
    await orders(session).cancel(order.id, By.CONTACT)

    assert await orders(session).wants_money(order.id) is None
    with pytest.raises(OrderMovedError):
        await orders(session).payment(order.id, news(PaymentMove.PAID))

    assert (await orders(session).get(order.id)).status == Status.CANCELLED
    assert await counted(session, coffee) == (10, 0)


async def test_money_set_aside_keeps_the_order_from_ending(session: AsyncSession) -> None:
    coffee = await stocked(session)
    order = await placed(session, coffee)
    await orders(session).payment(order.id, news(PaymentMove.AUTHORIZED))

    with pytest.raises(OrderMovedError):
        await orders(session, later=timedelta(days=30)).expire(order.id)
    paid = await orders(session).payment(order.id, news(PaymentMove.PAID))

    assert paid.charge_status == Charge.PAID
    assert await counted(session, coffee) == (9, 0)


async def test_an_order_that_nobody_pays_ends(session: AsyncSession) -> None:
    coffee = await stocked(session)
    order = await placed(session, coffee, 4)

    with pytest.raises(OrderMovedError):
        await orders(session).expire(order.id)
    late = orders(session, later=timedelta(days=1))
    ended = await late.expire(order.id)
    with pytest.raises(OrderMovedError):
        await late.expire(order.id)

    assert ended.status == Status.CANCELLED
    assert await counted(session, coffee) == (10, 0)
    assert await rows(session, Reservation) == 0


async def test_money_comes_back_in_parts(session: AsyncSession) -> None:
    order = await placed(session, await stocked(session), 2)
    book = orders(session)
    await book.payment(order.id, news(PaymentMove.PAID, "9.00"))

    part = await book.payment(order.id, news(PaymentMove.REFUNDED, "4.00"))
    assert (part.charge_status, part.refunded) == (Charge.PARTLY_REFUNDED, Decimal(4))
    for amount in ("4.00", "9.01"):
        with pytest.raises(OrderMovedError):
            await book.payment(order.id, news(PaymentMove.REFUNDED, amount))
    whole = await book.payment(order.id, news(PaymentMove.REFUNDED, "9.00"))
    assert whole.charge_status == Charge.REFUNDED


async def test_an_order_is_cancelled_while_that_is_allowed(session: AsyncSession) -> None:
    order = await placed(session, await stocked(session))
    await orders(session).payment(order.id, news(PaymentMove.PAID))

    strict = orders(session, cancel_until="paid")
    with pytest.raises(OrderMovedError):
        await strict.cancel(order.id, By.CONTACT)
    cancelled = await strict.cancel(order.id, By.STAFF, staff="rudo", reason="sold out")

    assert (cancelled.status, cancelled.charge_status) == (Status.CANCELLED, Charge.PAID)
    last = (await strict.history(order.id))[-1]
    assert (last.by, last.staff, last.data) == (By.STAFF, "rudo", {"reason": "sold out"})


async def test_lines_kept_for_later_stay_when_the_rest_is_ordered(session: AsyncSession) -> None:
    coffee, tea = await stocked(session), await stocked(session)
    await carts(session).add(ANN, coffee.id)
    await carts(session).add(ANN, tea.id)
    await carts(session).save(ANN, tea.id)

    order = await orders(session).place(yes())

    assert [one.variant_id for one in await orders(session).items(order.id)] == [coffee.id]
    shown = await carts(session).show(ANN)
    assert ([line.id for line in shown.saved], shown.lines) == ([tea.id], ())


async def test_another_merchants_order_is_unknown(session: AsyncSession) -> None:
    with pytest.raises(OrderUnknownError):
        await orders(session).get_quoted("ORD-0000000")


async def _bought(connection: AsyncConnection, contact_id: ContactId) -> None:
    async with AsyncSession(
        connection, expire_on_commit=False, join_transaction_mode="rollback_only"
    ) as session:
        await orders(session).place(yes(contact_id))
        await session.commit()


async def test_two_hundred_contacts_buy_the_last_ten_at_once(engine: AsyncEngine) -> None:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        coffee, tea = await stocked(session, stock=10), await stocked(session, stock=500)
        await session.commit()
    contacts = [ContactId(new_id()) for _ in range(200)]
    async with AsyncSession(engine, expire_on_commit=False) as session:
        for at, contact in enumerate(contacts):
            # Half of them touch the two rows the other way round.
            for variant in (coffee, tea) if at % 2 else (tea, coffee):
                await carts(session).add(contact, variant.id)
        await session.commit()
    gate = asyncio.Semaphore(20)

    async def buy(contact_id: ContactId) -> bool:
        async with gate:
            try:
                await write_patiently(engine, lambda one: _bought(one, contact_id))
            except CartChangedError:
                return False
            return True

    done = await asyncio.gather(*(buy(contact) for contact in contacts))

    async with AsyncSession(engine, expire_on_commit=False) as session:
        assert sum(done) == 10
        assert await rows(session, Order) == 10
        assert await counted(session, coffee) == (10, 10)
        assert await counted(session, tea) == (500, 10)


async def test_money_that_is_found_wanted_is_taken_whoever_cancels_meanwhile(
    engine: AsyncEngine,
) -> None:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        order = await placed(session, await stocked(session))
        await session.commit()
    found = asyncio.Event()

    async def pays(connection: AsyncConnection) -> bool:
        async with _on(connection) as session:
            if await orders(session).wants_money(order.id) is None:
                return False
            found.set()
            await asyncio.sleep(0.2)
            await orders(session).payment(order.id, news(PaymentMove.PAID))
            return True

    async def cancels(connection: AsyncConnection) -> None:
        async with _on(connection) as session:
            with suppress(OrderMovedError):
                await orders(session).cancel(order.id, By.STAFF)

    paying = asyncio.create_task(write_patiently(engine, pays))
    await found.wait()
    await write_patiently(engine, cancels)

    paid = await paying
    async with AsyncSession(engine, expire_on_commit=False) as session:
        assert (await orders(session).get(order.id)).charge_status == (
            Charge.PAID if paid else Charge.UNPAID
        )


def _on(connection: AsyncConnection) -> AsyncSession:
    return AsyncSession(connection, join_transaction_mode="rollback_only", expire_on_commit=False)
