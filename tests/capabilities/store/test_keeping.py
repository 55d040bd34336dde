"""Carts emptied and filled again, things kept for later, orders had again and called off."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.asking import Asked
from sokoni.capabilities.store.flows.cart import ClearFlow, ClearForm, UndoFlow, UndoForm
from sokoni.capabilities.store.flows.orders import (
    CancelFlow,
    CancelForm,
    CancelOneFlow,
    CancelOneForm,
    ReorderFlow,
    ReorderForm,
)
from sokoni.capabilities.store.flows.saving import SavedFlow, SavedForm, SaveFlow, SaveForm
from sokoni.capabilities.store.machine import Status
from sokoni.capabilities.store.models.catalogue import Variant
from sokoni.capabilities.store.models.orders import Order
from sokoni.capabilities.store.service.fulfilment import Fulfilment
from sokoni.dialogue.flow import Outcome, Window
from sokoni.messaging.prompts import Prompt, Start, Worded
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
from tests.conftest import TWO

pytestmark = pytest.mark.parametrize("database_url", TWO, indirect=True)


def keys(outcome: Outcome) -> set[str]:
    """Return the keys of all that is said, one inside the other."""
    return set() if outcome.prompt is None else set(_keys(outcome.prompt))


def _keys(said: object) -> list[str]:
    if not isinstance(said, Prompt | Worded):
        return []
    return [said.key, *(key for param in said.params.values() for key in _keys(param))]


async def in_cart(session: AsyncSession) -> dict[object, int]:
    return {line.id: line.quantity for line in (await carts(session).show(ANN)).lines}


async def left(session: AsyncSession, thing: Variant, count: int) -> None:
    await session.execute(update(Variant).where(Variant.id == thing.id).values(on_hand=count))


# --- emptied, and filled again ----------------------------------------------------------------


async def test_an_emptied_cart_is_filled_again_by_its_choice(session: AsyncSession) -> None:
    coffee, tea = await stocked(session), await stocked(session)
    await carts(session).add(ANN, coffee.id, 2)
    await carts(session).add(ANN, tea.id)

    cleared = await ClearFlow(context_of(session)).complete(ClearForm())
    assert cleared.prompt is not None
    undo = next(one for one in cleared.prompt.choices if one.id == "undo")
    assert isinstance(undo.command, Start)
    assert await in_cart(session) == {}
    await UndoFlow(context_of(session)).complete(UndoForm(lines={coffee.id: 2, tea.id: 1}))

    assert undo.command.task == "store.undo"
    assert await in_cart(session) == {coffee.id: 2, tea.id: 1}


async def test_what_was_sold_meanwhile_is_not_put_back(session: AsyncSession) -> None:
    coffee, tea = await stocked(session), await stocked(session)
    await left(session, coffee, 1)
    await left(session, tea, 0)

    undone = UndoForm(lines={coffee.id: 2, tea.id: 1})
    await UndoFlow(context_of(session)).complete(undone)

    assert await in_cart(session) == {coffee.id: 1}


async def test_an_empty_cart_is_not_emptied_and_nothing_is_undone(session: AsyncSession) -> None:
    cleared = await ClearFlow(context_of(session)).complete(ClearForm())
    undone = await UndoFlow(context_of(session)).complete(UndoForm())

    assert keys(cleared) == {"store.cart.empty"}
    assert keys(undone) == {"store.undo.nothing"}


# --- kept for later ---------------------------------------------------------------------------


async def test_which_of_several_is_kept_for_later_is_asked(session: AsyncSession) -> None:
    for name in ("Coffee", "Tea"):
        await carts(session).add(ANN, (await stocked(session, name=name)).id)
    await carts(session).look_at(ANN, (await stocked(session)).id)

    asked = await SaveFlow(context_of(session)).complete(SaveForm())

    assert (keys(asked), asked.asks) == ({"store.cart.which"}, True)
    assert len(await in_cart(session)) == 2


async def test_a_thing_is_kept_for_later_and_brought_back(session: AsyncSession) -> None:
    coffee = await stocked(session, name="Coffee")
    tea = await stocked(session, name="Tea")
    for one in (coffee, tea):
        await carts(session).add(ANN, one.id)
    flow = SaveFlow(context_of(session))

    saved = await flow.complete(SaveForm(asked=(Asked("tea"),)))
    kept = await SavedFlow(context_of(session)).results(SavedForm(), Window(9))
    apart = await in_cart(session)
    await SavedFlow(context_of(session)).complete(SavedForm(line=tea.id))

    assert "store.save.done" in keys(saved)
    assert kept is not None
    assert [one.label for one in kept.items] == ["Tea"]
    assert apart == {coffee.id: 1}
    assert await in_cart(session) == {coffee.id: 1, tea.id: 1}


async def test_what_is_sold_out_is_not_brought_back(session: AsyncSession) -> None:
    tea = await stocked(session, name="Tea")
    await carts(session).add(ANN, tea.id, 2)
    await carts(session).save(ANN, tea.id)
    await left(session, tea, 1)

    told = await SavedFlow(context_of(session)).complete(SavedForm(line=tea.id))

    assert keys(told) == {"store.saved.out"}
    assert await in_cart(session) == {}


# --- had again --------------------------------------------------------------------------------


async def test_an_order_is_had_again_as_far_as_it_is_there(session: AsyncSession) -> None:
    coffee, tea, jam = [await stocked(session) for _ in range(3)]
    for one in (tea, jam):
        await carts(session).add(ANN, one.id)
    await placed(session, coffee, 4, prepaid=False)
    await left(session, coffee, 3)
    await left(session, tea, 0)

    told = await ReorderFlow(context_of(session)).complete(ReorderForm())

    assert await in_cart(session) == {coffee.id: 3, jam.id: 1}
    assert keys(told) >= {"store.reorder.done", "store.add.short", "store.add.out"}


async def test_nothing_of_an_order_is_there_any_more(session: AsyncSession) -> None:
    coffee = await stocked(session)
    await placed(session, coffee, prepaid=False)
    await session.execute(update(Variant).where(Variant.id == coffee.id).values(withdrawn=True))

    told = await ReorderFlow(context_of(session)).complete(ReorderForm())

    assert keys(told) >= {"store.reorder.nothing", "store.reorder.gone"}
    assert await in_cart(session) == {}


async def test_somebody_elses_order_is_not_had_again(session: AsyncSession) -> None:
    order = await placed(session, await stocked(session), contact_id=BEN)

    told = await ReorderFlow(context_of(session)).complete(ReorderForm(order=order.reference))

    assert keys(told) == {"store.orders.unknown"}
    assert await in_cart(session) == {}


# --- called off -------------------------------------------------------------------------------


async def offered(session: AsyncSession) -> list[str]:
    results = await CancelFlow(context_of(session)).results(CancelForm(), Window(9))
    assert results is not None
    return [one.id for one in results.items]


async def call_off(session: AsyncSession, order: Order) -> Outcome:
    return await CancelOneFlow(context_of(session)).complete(CancelOneForm(order=order.id))


async def test_only_what_may_be_called_off_is_offered(session: AsyncSession) -> None:
    coffee = await stocked(session)
    first, second = [await placed(session, coffee, prepaid=False) for _ in range(2)]
    assert set(await offered(session)) == {first.reference, second.reference}

    desk = Fulfilment(session, SHOP, MONDAY, "rudo")
    await desk.fulfil(first, {})

    assert await offered(session) == [second.reference]
    late = await CancelFlow(context_of(session)).complete(CancelForm(order=first.reference))
    assert keys(late) >= {"store.cancel.too_late"}


async def test_an_order_that_is_called_off_gives_its_goods_back(session: AsyncSession) -> None:
    coffee = await stocked(session)
    order = await placed(session, coffee, 2)

    told = await call_off(session, order)

    assert keys(told) == {"store.cancel_one.done"}
    assert (await orders(session).get(order.id)).status == Status.CANCELLED
    assert await counted(session, coffee) == (10, 0)


async def test_an_order_that_was_sent_between_question_and_yes_stays(
    session: AsyncSession,
) -> None:
    coffee = await stocked(session)
    order = await placed(session, coffee, 2, prepaid=False)
    await Fulfilment(session, SHOP, MONDAY + timedelta(hours=1), "rudo").fulfil(order, {})

    told = await call_off(session, order)

    assert keys(told) >= {"store.cancel.too_late"}
    assert (await orders(session).get(order.id)).status == Status.FULFILLED
    assert order.total == Decimal("9.00")
