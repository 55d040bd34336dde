"""Nobody is sold what is not there, however many ask at once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.store.models.catalogue import Product, Variant, VariantId
from sokoni.capabilities.store.models.orders import OrderId, Reservation
from sokoni.capabilities.store.service.indexing import SHELF
from sokoni.capabilities.store.service.stock import (
    NEXT_EXPIRY,
    InsufficientStockError,
    Short,
    Stock,
    StockPromisedError,
    expired,
)
from sokoni.kit.ids import MerchantId
from sokoni.search.base import Query
from sokoni.search.index import index_for
from tests.capabilities.store.factories import (
    MONDAY,
    RIVAL,
    SHOP,
    create_order,
    create_product,
    dollars,
    sole_variant,
    variant,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)
SOON = MONDAY + timedelta(minutes=30)
CROWD = 200


def stock(session: AsyncSession, merchant_id: MerchantId = SHOP) -> Stock:
    return Stock(session, merchant_id, MONDAY)


async def coffee(session: AsyncSession, on_hand: int | None = 10) -> VariantId:
    product = await create_product(session, variants=(variant(on_hand=on_hand),))
    return (await sole_variant(session, product)).id


async def shelf(session: AsyncSession, variant_id: VariantId) -> tuple[int | None, int]:
    """Return how many pieces there are, and how many of them are promised."""
    row = await session.execute(
        select(Variant.on_hand, Variant.reserved).where(Variant.id == variant_id)
    )
    on_hand, reserved = row.one()
    return on_hand, reserved


async def sold(session: AsyncSession) -> int:
    return (await session.scalars(select(Product.sold))).one()


async def found(session: AsyncSession, *, in_stock: bool) -> int:
    query = Query(text="coffee", in_stock=in_stock)
    hits = await index_for(session).find(session, SHOP, SHELF, query)
    return 0 if hits.instead else len(hits.hits)


async def test_two_hundred_at_once_get_ten_pieces(engine: AsyncEngine) -> None:
    async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
        wanted = await coffee(session)
        orders = [await create_order(session) for _ in range(CROWD)]
    seats = asyncio.Semaphore(5)

    async def buys(order_id: OrderId) -> bool:
        try:
            async with seats, AsyncSession(engine) as session, session.begin():
                await stock(session).reserve(order_id, {wanted: 1}, SOON)
        except InsufficientStockError:
            return False
        return True

    got = await asyncio.gather(*(buys(one) for one in orders))

    assert sum(got) == 10
    async with AsyncSession(engine) as session:
        assert await shelf(session, wanted) == (10, 10)
        assert await session.scalar(select(func.count()).select_from(Reservation)) == 10
        assert await found(session, in_stock=True) == 0


async def test_taking_at_once_leaves_none_below_zero(engine: AsyncEngine) -> None:
    async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
        wanted = await coffee(session)
        orders = [await create_order(session) for _ in range(40)]
    seats = asyncio.Semaphore(5)

    async def buys(order_id: OrderId) -> bool:
        try:
            async with seats, AsyncSession(engine) as session, session.begin():
                await stock(session).take(order_id, {wanted: 3})
        except InsufficientStockError:
            return False
        return True

    got = await asyncio.gather(*(buys(one) for one in orders))

    assert sum(got) == 3
    async with AsyncSession(engine) as session:
        assert await shelf(session, wanted) == (1, 0)
        assert await sold(session) == 9


async def test_what_is_promised_is_taken_once(session: AsyncSession) -> None:
    wanted, order = await coffee(session), await create_order(session)
    await stock(session).reserve(order, {wanted: 4}, SOON)

    await stock(session).take(order, {wanted: 4})

    assert await shelf(session, wanted) == (6, 0)
    assert await sold(session) == 4
    assert not await stock(session).release(order)
    assert await shelf(session, wanted) == (6, 0)


async def test_a_promise_that_is_released_is_free_again(session: AsyncSession) -> None:
    wanted, order = await coffee(session), await create_order(session)
    await stock(session).reserve(order, {wanted: 10}, SOON)
    assert await found(session, in_stock=True) == 0

    released = await stock(session).release(order)

    assert released
    assert await shelf(session, wanted) == (10, 0)
    assert await found(session, in_stock=True) == 1
    assert not await stock(session).release(order)


async def test_a_late_payment_takes_what_is_still_free(session: AsyncSession) -> None:
    wanted, late, other = (
        await coffee(session),
        await create_order(session),
        await create_order(session),
    )
    await stock(session).reserve(late, {wanted: 4}, SOON)
    await stock(session).release(late)
    await stock(session).reserve(other, {wanted: 8}, SOON)

    with pytest.raises(InsufficientStockError) as refused:
        await stock(session).take(late, {wanted: 4})

    assert refused.value.short == (Short(wanted, 4, 2),)
    assert await shelf(session, wanted) == (10, 8)
    await stock(session).release(other)
    await stock(session).take(late, {wanted: 4})
    assert await shelf(session, wanted) == (6, 0)


async def test_one_that_is_short_leaves_all_as_they_were(session: AsyncSession) -> None:
    plenty = await coffee(session)
    few = await create_product(session, sku="TEA-1", variants=(variant(on_hand=1),))
    short = (await sole_variant(session, few)).id
    order = await create_order(session)

    with pytest.raises(InsufficientStockError) as refused:
        await stock(session).reserve(order, {plenty: 2, short: 2}, SOON)

    assert [one.variant_id for one in refused.value.short] == [short]
    assert await shelf(session, plenty) == (10, 0)
    assert await shelf(session, short) == (1, 0)
    assert await session.scalar(select(func.count()).select_from(Reservation)) == 0


async def test_what_is_not_counted_never_ends(session: AsyncSession) -> None:
    wanted, order = await coffee(session, None), await create_order(session)

    await stock(session).reserve(order, {wanted: 1000}, SOON)
    await stock(session).take(order, {wanted: 1000})

    assert await shelf(session, wanted) == (None, 0)
    assert await stock(session).left([wanted]) == {wanted: None}


async def test_what_comes_back_is_had_again(session: AsyncSession) -> None:
    wanted, order = await coffee(session, 2), await create_order(session)
    await stock(session).take(order, {wanted: 2})
    assert await found(session, in_stock=True) == 0

    await stock(session).restock({wanted: 1})

    assert await shelf(session, wanted) == (1, 0)
    assert await sold(session) == 1
    assert await found(session, in_stock=True) == 1


async def test_no_fewer_are_counted_than_are_promised(session: AsyncSession) -> None:
    wanted, order = await coffee(session), await create_order(session)
    await stock(session).reserve(order, {wanted: 4}, SOON)

    with pytest.raises(StockPromisedError):
        await stock(session).count(wanted, 3)
    await stock(session).count(wanted, 4)

    assert await shelf(session, wanted) == (4, 4)
    assert await found(session, in_stock=True) == 0


async def test_promises_end_in_their_order(session: AsyncSession) -> None:
    wanted = await coffee(session)
    later, sooner = await create_order(session), await create_order(session)
    await stock(session).reserve(later, {wanted: 1}, SOON + timedelta(hours=1))
    await stock(session).reserve(sooner, {wanted: 1}, SOON)
    connection = await session.connection()

    assert await connection.scalar(NEXT_EXPIRY) == SOON
    assert await expired(connection, SOON - timedelta(seconds=1), 10) == []
    assert await expired(connection, SOON, 10) == [(SHOP, sooner)]
    assert await stock(session).extend(sooner, SOON + timedelta(hours=2))
    assert await connection.scalar(NEXT_EXPIRY) == SOON + timedelta(hours=1)


async def test_another_merchant_cannot_touch_it(session: AsyncSession) -> None:
    wanted, order = await coffee(session), await create_order(session, RIVAL)

    with pytest.raises(InsufficientStockError):
        await stock(session, RIVAL).take(order, {wanted: 1})

    assert await shelf(session, wanted) == (10, 0)


async def test_the_last_of_one_size_leaves_the_other_on_sale(session: AsyncSession) -> None:
    shoes = await create_product(
        session,
        name="Coffee mug",
        variants=(
            variant(sku="M", options={"size": "M"}, on_hand=1),
            variant(sku="L", options={"size": "L"}, on_hand=1, price=dollars("6")),
        ),
    )
    medium = (await session.scalars(select(Variant).where(Variant.sku == "M"))).one()
    order = await create_order(session)

    await stock(session).take(order, {medium.id: 1})

    assert await found(session, in_stock=True) == 1
    hits = await index_for(session).find(
        session, SHOP, SHELF, Query(text="mug", facets={"size": "M"})
    )
    assert hits.instead or not hits.hits
    assert shoes.id is not None
