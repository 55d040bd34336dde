"""What is written beside a cart stays with it: into the order, or away."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.exporting import export
from sokoni.capabilities.store.merging import merge_contacts
from sokoni.capabilities.store.models.carts import Cart
from sokoni.capabilities.store.service.cart_notes import CartNotes
from sokoni.kit.ids import ContactId
from tests.capabilities.store.calendars import due, shop
from tests.capabilities.store.shopping import (
    ANN,
    BEN,
    MONDAY,
    SHOP,
    VAULT,
    carts,
    orders,
    placed,
    stocked,
    yes,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)
RING = "Ring twice"


def notes(session: AsyncSession) -> CartNotes:
    return CartNotes(session, VAULT, SHOP, MONDAY)


async def test_a_note_is_kept_sealed_and_replaced(session: AsyncSession) -> None:
    await notes(session).write(ANN, "Knock")
    await notes(session).write(ANN, RING)

    cart = (await session.scalars(select(Cart))).one()
    assert cart.note is not None
    assert RING.encode() not in cart.note
    assert await notes(session).of(ANN) == RING
    assert await notes(session).of(BEN) == ""


async def test_whoever_read_the_cart_before_the_note_may_not_order_it(
    session: AsyncSession,
) -> None:
    await carts(session).add(ANN, (await stocked(session)).id)
    before = (await carts(session).show(ANN)).cart
    assert before is not None
    version = before.version

    await notes(session).write(ANN, RING)
    await notes(session).write(ANN, RING)

    after = (await carts(session).show(ANN)).cart
    assert after is not None
    assert after.version == version + 1


async def test_the_note_goes_into_the_order_and_not_into_the_next(session: AsyncSession) -> None:
    coffee = await stocked(session)
    await notes(session).write(ANN, RING)
    order = await placed(session, coffee)
    again = await placed(session, coffee)

    assert orders(session).note_of(order) == RING
    assert orders(session).note_of(again) == ""
    assert [one.note for one in await session.scalars(select(Cart))] == [None, None]


async def test_who_orders_for_a_contact_may_write_another_note(session: AsyncSession) -> None:
    await carts(session).add(ANN, (await stocked(session)).id)
    await notes(session).write(ANN, RING)

    order = await orders(session).place(yes(note="At the gate"))

    assert orders(session).note_of(order) == "At the gate"


async def test_an_emptied_cart_has_no_note(session: AsyncSession) -> None:
    await carts(session).add(ANN, (await stocked(session)).id)
    await notes(session).write(ANN, RING)

    await carts(session).clear(ANN)

    assert await notes(session).of(ANN) == ""


async def test_the_note_of_a_cart_that_is_given_up_goes_with_what_was_in_it(
    session: AsyncSession,
) -> None:
    await shop(session)
    coffee, tea = await stocked(session), await stocked(session)
    await carts(session).add(ANN, coffee.id)
    await carts(session).add(ANN, tea.id)
    await carts(session).save(ANN, tea.id)
    await notes(session).write(ANN, RING)

    await due(session, MONDAY + timedelta(days=7))

    assert len((await carts(session).show(ANN)).saved) == 1
    assert await notes(session).of(ANN) == ""


@pytest.mark.parametrize("who", [ANN, BEN], ids=["who is gone", "who stays"])
async def test_a_note_survives_that_two_contacts_are_one(
    session: AsyncSession,
    who: ContactId,
) -> None:
    coffee, tea = await stocked(session), await stocked(session)
    await carts(session).add(ANN, coffee.id, 2)
    await carts(session).add(BEN, coffee.id, 3)
    await carts(session).add(BEN, tea.id)
    await notes(session).write(who, RING)

    await merge_contacts(await session.connection(), ANN, BEN)

    shown = await carts(session).show(BEN)
    assert {line.id: line.quantity for line in shown.lines} == {coffee.id: 5, tea.id: 1}
    assert await notes(session).of(BEN) == RING
    assert (await carts(session).show(ANN)).cart is None


async def test_the_sealed_note_is_not_exported(session: AsyncSession) -> None:
    await notes(session).write(ANN, RING)

    found = await export(session, SHOP, ANN)

    assert "note" not in found["carts"][0]
