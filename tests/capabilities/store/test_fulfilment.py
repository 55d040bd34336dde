"""What becomes of the goods, and whatever happens to orders in whatever order."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.machine import AWAITED, HELD, OWED, By, Charge, Move, Status
from sokoni.capabilities.store.models.carts import Cart, CartItem, CouponUse
from sokoni.capabilities.store.models.catalogue import Product, Variant
from sokoni.capabilities.store.models.orders import Order, OrderEvent, OrderItem, Reservation
from sokoni.capabilities.store.service.calling_off import CallingOff
from sokoni.capabilities.store.service.carts import NotEnoughError
from sokoni.capabilities.store.service.dues import refund_due
from sokoni.capabilities.store.service.fulfilment import Fulfilment
from sokoni.capabilities.store.service.moves import OrderMovedError
from sokoni.capabilities.store.service.orders import MoneyNews, Orders, PaymentMove
from sokoni.capabilities.store.service.pieces import PiecesWrongError
from tests.capabilities.store.shopping import (
    ANN,
    MONDAY,
    SHOP,
    VAULT,
    carts,
    counted,
    fulfilment,
    orders,
    paid,
    placed,
    profile,
    stocked,
    yes,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)


async def test_goods_are_sent_in_parts_and_delivered(session: AsyncSession) -> None:
    order, _ = await paid(session)
    desk = fulfilment(session)

    part = await desk.fulfil(order, {"COF-1": 1}, tracking="ZM-12")
    assert part.status == Status.PARTLY_FULFILLED
    whole = await desk.fulfil(part, {})
    assert whole.status == Status.FULFILLED
    assert (await desk.deliver(whole)).status == Status.DELIVERED

    history = await orders(session).history(order.id)
    assert [(one.move, one.staff) for one in history[-3:]] == [
        (Move.FULFIL, "rudo"),
        (Move.FULFIL, "rudo"),
        (Move.DELIVER, "rudo"),
    ]
    assert history[-3].data == {"pieces": {"COF-1": 1}, "tracking": "ZM-12"}


async def test_goods_come_back_into_the_shop(session: AsyncSession) -> None:
    order, coffee = await paid(session)
    desk = fulfilment(session)
    sent = await desk.fulfil(order, {})

    part = await desk.take_back(sent, {"COF-1": 1}, restock=False)
    assert (part.status, await counted(session, coffee)) == (Status.PARTLY_RETURNED, (7, 0))
    whole = await desk.take_back(part, {})
    assert (whole.status, await counted(session, coffee)) == (Status.RETURNED, (9, 0))
    assert whole.charge_status == Charge.PAID


@pytest.mark.parametrize("pieces", [{"COF-1": 4}, {"TEA-1": 1}, {"COF-1": -1}, {"COF-1": 0}])
async def test_no_more_is_sent_than_was_bought(
    session: AsyncSession, pieces: Mapping[str, int]
) -> None:
    order, _ = await paid(session)

    with pytest.raises(PiecesWrongError):
        await fulfilment(session).fulfil(order, pieces)

    assert (await orders(session).get(order.id)).status == Status.PAID


async def test_nothing_is_sent_before_it_is_paid(session: AsyncSession) -> None:
    order = await placed(session, await stocked(session))

    with pytest.raises(OrderMovedError):
        await fulfilment(session).fulfil(order, {})


async def test_of_two_that_cross_one_is_told_how_things_stand(session: AsyncSession) -> None:
    order, _ = await paid(session)
    await fulfilment(session).note(order, "Call first")
    # As whoever read it before the note still sees it.
    session.expunge(order)
    order.version -= 1

    with pytest.raises(OrderMovedError):
        await fulfilment(session).fulfil(order, {})


async def test_cash_is_paid_when_the_goods_come(session: AsyncSession) -> None:
    order = await placed(session, await stocked(session), prepaid=False)
    sent = await fulfilment(session).fulfil(order, {})
    delivered = await fulfilment(session).deliver(sent)

    news = MoneyNews(move=PaymentMove.PAID, amount=order.total, currency="USD", by=By.STAFF)
    done = await orders(session).payment(delivered.id, news)

    assert (done.status, done.charge_status) == (Status.DELIVERED, Charge.PAID)


_PIECES: Final = st.integers(min_value=0, max_value=4)
_AMOUNTS: Final = st.sampled_from(["1.00", "4.50", "9.00", "13.50", "18.00"])
_STEP: Final = st.one_of(
    st.tuples(st.just("buy"), st.integers(min_value=1, max_value=4), st.booleans()),
    st.tuples(st.just("wait"), st.integers(min_value=1, max_value=20)),
    st.tuples(st.just("pay"), st.sampled_from(PaymentMove), st.none() | _AMOUNTS),
    st.tuples(st.just("cancel"), st.sampled_from([By.CONTACT, By.STAFF])),
    st.tuples(st.just("expire")),
    st.tuples(st.just("fulfil"), _PIECES),
    st.tuples(st.just("deliver")),
    st.tuples(st.just("call_off"), _PIECES),
    st.tuples(st.just("return"), _PIECES, st.booleans()),
)


class _Played:
    """A shop of twelve coffees, and what is done to the orders of them."""

    def __init__(self, session: AsyncSession, coffee: Variant) -> None:
        self.session = session
        self.coffee = coffee
        self.now = MONDAY
        self.spoilt = 0
        self.charges: dict[object, list[Charge]] = {}

    @property
    def book(self) -> Orders:
        return Orders(self.session, VAULT, profile(), self.now)

    async def buy(self, quantity: int, prepaid: bool) -> None:
        await carts(self.session).add(ANN, self.coffee.id, quantity)
        await self.book.place(yes(prepaid=prepaid))

    async def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    async def pay(self, move: PaymentMove, amount: str | None) -> None:
        order = await self._order()
        said = order.total if amount is None else Decimal(amount)
        news = MoneyNews(move=move, amount=said, currency="USD")
        paid = await self.book.payment(order.id, news)
        assert move is not PaymentMove.PAID or said == paid.total - paid.called_off

    async def cancel(self, by: By) -> None:
        await self.book.cancel((await self._order()).id, by)

    async def expire(self) -> None:
        ended = await self.book.expire((await self._order()).id)
        assert ended.charge_status in AWAITED

    async def fulfil(self, pieces: int) -> None:
        order = await self._order()
        assert (await self._desk.fulfil(order, self._pieces(pieces))).charge_status not in AWAITED

    async def call_off(self, pieces: int) -> None:
        off = CallingOff(self.session, SHOP, self.now, "rudo")
        await off.call_off(await self._order(), self._pieces(pieces))

    async def deliver(self) -> None:
        await self._desk.deliver(await self._order())

    async def take_back(self, pieces: int, restock: bool) -> None:
        order = await self._order()
        before = sum(one.returned for one in await self.book.items(order.id))
        await self._desk.take_back(order, self._pieces(pieces), restock=restock)
        after = sum(one.returned for one in await self.book.items(order.id))
        self.spoilt += 0 if restock else after - before

    @property
    def _desk(self) -> Fulfilment:
        return Fulfilment(self.session, SHOP, self.now, "rudo")

    def _pieces(self, pieces: int) -> Mapping[str, int]:
        return {self.coffee.sku: pieces} if pieces else {}

    async def _order(self) -> Order:
        last = await self.book.last(ANN)
        if last is None:
            raise _NothingOrderedError
        return last

    def does(self, what: str) -> Callable[..., Awaitable[Any]]:
        return getattr(self, "take_back" if what == "return" else what)  # type: ignore[no-any-return]

    async def check(self) -> None:
        """Count all pieces, and all money."""
        gone, promised = 0, 0
        for order in await self.book.mine(ANN, limit=100):
            (item,) = await self.book.items(order.id)
            status, charge = Status(order.status), Charge(order.charge_status)
            assert 0 <= item.returned <= item.fulfilled <= item.quantity - item.called_off
            assert order.called_off == item.unit_price * item.called_off
            assert 0 <= order.refunded <= order.paid <= order.total
            assert 0 <= refund_due(order) <= order.paid - order.refunded
            assert (order.refunded > 0) == (charge in {Charge.PARTLY_REFUNDED, Charge.REFUNDED})
            assert status is not Status.PAID or charge not in OWED
            assert not item.fulfilled or charge in HELD | {Charge.COD, Charge.REFUNDED}
            assert len(await self.book.history(order.id)) == order.version
            if status is Status.CANCELLED:
                continue
            if charge in AWAITED:
                promised += item.quantity - item.called_off
            else:
                gone += item.quantity - item.called_off - item.returned
        assert await counted(self.session, self.coffee) == (12 - gone - self.spoilt, promised)
        self._only_forward(await self.book.mine(ANN, limit=100))

    def _only_forward(self, found: Any) -> None:  # noqa: ANN401
        """See that nobody's money is forgotten once it came."""
        for order in found:
            seen = self.charges.setdefault(order.id, [])
            charge = Charge(order.charge_status)
            assert charge not in OWED or not seen or seen[-1] in OWED
            seen.append(charge)


class _NothingOrderedError(Exception):
    pass


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(_STEP, max_size=20))
async def test_whatever_happens_no_piece_and_no_cent_is_lost(
    session: AsyncSession, steps: list[tuple[Any, ...]]
) -> None:
    for model in (
        CouponUse,
        Reservation,
        OrderEvent,
        OrderItem,
        Order,
        CartItem,
        Cart,
        Variant,
        Product,
    ):
        await session.execute(delete(model))
    played = _Played(session, await stocked(session, stock=12))
    for what, *more in steps:
        with suppress(_NothingOrderedError, OrderMovedError, PiecesWrongError, NotEnoughError):
            await played.does(what)(*more)
        await played.check()
