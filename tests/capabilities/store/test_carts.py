"""Carts: one for each contact; what is in it, what was last touched, what is no longer so."""

import asyncio
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from sokoni.capabilities.store.models.carts import Cart
from sokoni.capabilities.store.models.catalogue import Product, Variant, VariantId
from sokoni.capabilities.store.service.carted import Trouble, Wanted
from sokoni.capabilities.store.service.carts import NotEnoughError, NotSoldError
from sokoni.capabilities.store.service.coupons import CouponRefusedError, Refusal
from sokoni.db.writing import write_patiently
from sokoni.kit.ids import ContactId, new_id
from tests.capabilities.store.shopping import (
    ANN,
    BEN,
    RIVAL,
    SHOP,
    carts,
    checkout,
    coupon,
    stocked,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)


async def test_a_cart_adds_up(session: AsyncSession) -> None:
    coffee, tea = await stocked(session), await stocked(session, name="Tea", price="2.25")

    await carts(session).add(ANN, coffee.id)
    await carts(session).add(ANN, coffee.id, 2)
    await carts(session).add(ANN, tea.id)
    shown = await carts(session).show(ANN)

    assert [(line.name("en"), line.quantity) for line in shown.lines] == [
        ("Coffee", 3),
        ("Tea", 1),
    ]
    assert (shown.items_total.amount, shown.pieces, shown.weight_grams) == (
        Decimal("15.75"),
        4,
        1000,
    )
    assert (await carts(session).show(BEN)).lines == ()


async def test_focus_follows_what_was_last_looked_at_or_touched(session: AsyncSession) -> None:
    coffee, tea = await stocked(session), await stocked(session)

    await carts(session).look_at(ANN, coffee.id)
    assert (await carts(session).show(ANN)).focus == coffee.id
    await carts(session).add(ANN, tea.id)
    assert (await carts(session).show(ANN)).focus == tea.id
    await carts(session).remove(ANN, tea.id)
    assert (await carts(session).show(ANN)).focus == tea.id


async def test_quantities_are_changed_and_taken_out(session: AsyncSession) -> None:
    coffee = await stocked(session)
    await carts(session).add(ANN, coffee.id, 3)

    less = await carts(session).remove(ANN, coffee.id, 1)
    assert less is not None
    assert less.quantity == 2
    five = await carts(session).put(ANN, coffee.id, 5)
    assert five is not None
    assert five.quantity == 5
    assert await carts(session).put(ANN, coffee.id, 0) is None
    assert (await carts(session).show(ANN)).lines == ()
    assert await carts(session).remove(ANN, coffee.id) is None


async def test_nothing_is_put_in_that_cannot_be_had(session: AsyncSession) -> None:
    few, gone = await stocked(session, stock=2), await stocked(session, status="archived")
    foreign = await stocked(session, merchant_id=RIVAL)

    with pytest.raises(NotEnoughError) as short:
        await carts(session).add(ANN, few.id, 3)
    assert short.value.left == 2
    for one in (gone.id, foreign.id, VariantId(new_id())):
        with pytest.raises(NotSoldError):
            await carts(session).add(ANN, one)
    assert (await carts(session).show(ANN)).lines == ()


async def test_what_is_cleared_may_be_put_back(session: AsyncSession) -> None:
    coffee, tea = await stocked(session), await stocked(session, stock=5)
    await carts(session).add(ANN, coffee.id, 2)
    await carts(session).add(ANN, tea.id, 5)

    cleared = await carts(session).clear(ANN)
    assert (await carts(session).show(ANN)).lines == ()
    await session.execute(update(Variant).where(Variant.id == tea.id).values(on_hand=3))
    shown = await carts(session).restore(ANN, {line.id: line.quantity for line in cleared})

    assert {line.id: line.quantity for line in shown.lines} == {coffee.id: 2, tea.id: 3}


async def test_lines_are_kept_for_later_and_brought_back(session: AsyncSession) -> None:
    coffee, tea = await stocked(session), await stocked(session)
    await carts(session).add(ANN, coffee.id, 2)
    await carts(session).add(ANN, tea.id)

    assert await carts(session).save(ANN, coffee.id)
    shown = await carts(session).show(ANN)
    assert [line.id for line in shown.lines] == [tea.id]
    assert [(line.id, line.quantity) for line in shown.saved] == [(coffee.id, 2)]
    await carts(session).clear(ANN)
    back = await carts(session).bring_back(ANN, coffee.id)
    assert back is not None
    assert [(line.id, line.quantity) for line in (await carts(session).show(ANN)).lines] == [
        (coffee.id, 2)
    ]
    assert not await carts(session).save(ANN, tea.id)


async def test_what_changed_since_it_was_told_is_found_and_mended(session: AsyncSession) -> None:
    dear, few, none = [await stocked(session, stock=5) for _ in range(3)]
    gone, same = await stocked(session), await stocked(session)
    for one in (dear, few, none, gone, same):
        await carts(session).add(ANN, one.id, 3)
    await session.execute(
        update(Variant).where(Variant.id == dear.id).values(price=Decimal("5.00"))
    )
    await session.execute(update(Variant).where(Variant.id == few.id).values(reserved=3))
    await session.execute(update(Variant).where(Variant.id == none.id).values(reserved=5))
    await session.execute(
        update(Product).where(Product.id == gone.product_id).values(status="archived")
    )

    found = await carts(session).mend(ANN)

    assert {(one.line.id, one.trouble) for one in found} == {
        (dear.id, Trouble.PRICE),
        (few.id, Trouble.SHORT),
        (none.id, Trouble.OUT),
        (gone.id, Trouble.GONE),
    }
    price = next(one for one in found if one.trouble is Trouble.PRICE)
    assert (price.was, price.now) == (Decimal("4.50"), Decimal("5.00"))
    shown = await carts(session).show(ANN)
    left = {line.id: (line.quantity, line.seen_price) for line in shown.lines}
    assert left == {
        dear.id: (3, Decimal("5.00")),
        few.id: (2, Decimal("4.50")),
        same.id: (3, Decimal("4.50")),
    }
    assert not await carts(session).findings(ANN)


async def test_a_whatsapp_order_is_priced_from_our_own_data(session: AsyncSession) -> None:
    coffee, tea = await stocked(session, sku="COF-1"), await stocked(session, sku="TEA-1", stock=1)
    wanted = [
        Wanted("COF-1", 2, Decimal("0.01")),
        Wanted(str(tea.id), 4, Decimal("4.50")),
        Wanted("NO-SUCH", 1),
    ]

    taken = await carts(session).take_lines(ANN, wanted)

    assert taken.unknown == ["NO-SUCH"]
    assert {(line.id, line.quantity, line.unit.amount) for line in taken.lines} == {
        (coffee.id, 2, Decimal("4.50")),
        (tea.id, 1, Decimal("4.50")),
    }
    assert [(one.line.id, one.trouble) for one in taken.findings] == [
        (coffee.id, Trouble.PRICE),
        (tea.id, Trouble.SHORT),
    ]


async def test_two_turns_at_once_open_one_cart(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        variants = [(await stocked(session)).id for _ in range(4)]
        await session.commit()

    async def add(at: int, connection: AsyncConnection) -> None:
        # A turn that loses a deadlock is played again.
        mode = "rollback_only"
        async with AsyncSession(connection, join_transaction_mode=mode) as session:
            await carts(session).add(ANN, variants[at])
            await session.flush()

    await asyncio.gather(*(write_patiently(engine, partial(add, at)) for at in range(4)))
    async with AsyncSession(engine) as session:
        assert await session.scalar(select(func.count()).select_from(Cart)) == 1
        assert len((await carts(session).show(ANN)).lines) == 4


async def test_a_coupon_counts_where_and_when_the_merchant_says(session: AsyncSession) -> None:
    coffee = await stocked(session, price="10.00")
    await carts(session).add(ANN, coffee.id)
    await coupon(session, "TEN", percent=Decimal(10))
    await coupon(session, "BIG", amount=Decimal(3), least=Decimal(50))
    await coupon(session, "GONE", amount=Decimal(3), uses_max=0)

    used = await checkout(session).use_coupon(ANN, " te n ")
    assert used.code == "TEN"
    for code, reason in (
        ("BIG", Refusal.TOO_LITTLE),
        ("GONE", Refusal.USED_UP),
        ("NONE", Refusal.UNKNOWN),
    ):
        with pytest.raises(CouponRefusedError) as refused:
            await checkout(session).use_coupon(ANN, code)
        assert refused.value.reason is reason
    assert (await carts(session).show(ANN)).coupon == "TEN"


async def test_another_merchant_sees_nothing_of_a_cart(session: AsyncSession) -> None:
    coffee = await stocked(session)
    contact = ContactId(new_id())
    await carts(session, SHOP).add(contact, coffee.id)

    assert (await carts(session, RIVAL).show(contact)).lines == ()
