"""Carts that are recalled: by day, once, where that is allowed, and while it is of use."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.carts import Cart
from sokoni.capabilities.store.models.catalogue import Variant
from sokoni.capabilities.store.reminding import REMIND, remind
from sokoni.contacts.consent import MARKETING, Agreed, agree
from sokoni.dialogue.flow import TurnContext
from sokoni.messaging.events import Timer
from sokoni.messaging.prompts import Amount, Lines, Prompt, Worded
from tests.capabilities.store.calendars import due, shop
from tests.capabilities.store.shopping import (
    ANN,
    MONDAY,
    SHOP,
    VAULT,
    carts,
    context_of,
    orders,
    stocked,
    yes,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
AFTERNOON: Final = MONDAY + 5 * HOUR


async def fallen_due(session: AsyncSession, *things: Variant) -> Timer:
    """Have a cart with these things recalled in the afternoon."""
    await shop(session, remind_cart_hours=5)
    for one in things:
        await carts(session).add(ANN, one.id, 2)
    (timer,) = await due(session, AFTERNOON)
    return timer.timer


async def said(context: TurnContext, timer: Timer) -> Prompt:
    prompt = await remind(context, timer)
    assert prompt is not None
    return prompt


def named(prompt: Prompt) -> Sequence[tuple[object, object]]:
    lines = prompt.params["lines"]
    assert isinstance(lines, Lines)
    things = [one.params for one in lines.items if isinstance(one, Worded)]
    return [(one["number"], one["name"]) for one in things]


async def agreed(session: AsyncSession, *, given: bool, at: datetime = MONDAY) -> None:
    said = Agreed(
        merchant_id=SHOP, contact_id=ANN, purpose=MARKETING, wording="", at=at, given=given
    )
    await agree(session, VAULT, said)


async def test_a_cart_is_recalled_once_and_thrown_away_a_week_later(
    session: AsyncSession,
) -> None:
    await shop(session, remind_cart_hours=5)
    coffee = await stocked(session)
    await carts(session).add(ANN, coffee.id, 2)

    assert await due(session, MONDAY + 4 * HOUR) == []
    (timer,) = await due(session, MONDAY + 5 * HOUR)
    assert (timer.contact_id, timer.timer.name) == (ANN, REMIND)
    prompt = await said(context_of(session), timer.timer)
    assert prompt.key == "store.remind"
    assert await due(session, MONDAY + 6 * DAY) == []
    assert (await carts(session).show(ANN)).pieces == 2
    assert await due(session, MONDAY + 7 * DAY) == []
    assert (await carts(session).show(ANN)).cart is None


@pytest.mark.parametrize(
    ("hours", "later"),
    [
        pytest.param(10, 10, id="an hour before the night"),
        pytest.param(11, 23, id="as the night begins"),
        pytest.param(20, 23, id="early in the morning"),
        pytest.param(23, 23, id="as the night ends"),
        pytest.param(36, 47, id="in the next night"),
    ],
)
async def test_nobody_is_reminded_in_the_night(
    session: AsyncSession, hours: int, later: int
) -> None:
    await shop(session, remind_cart_hours=hours)
    await carts(session).add(ANN, (await stocked(session)).id)

    assert await due(session, MONDAY + later * HOUR - timedelta(minutes=1)) == []
    (timer,) = await due(session, MONDAY + later * HOUR)
    assert timer.timer.name == REMIND


async def test_a_merchant_may_have_no_night(session: AsyncSession) -> None:
    await shop(session, {"night_from": 24, "night_until": 0}, remind_cart_hours=20)
    await carts(session).add(ANN, (await stocked(session)).id)

    assert len(await due(session, MONDAY + 20 * HOUR)) == 1


async def test_what_is_in_the_cart_is_named_with_what_it_costs(session: AsyncSession) -> None:
    tea = await stocked(session, name="Tea", price="2.00")
    timer = await fallen_due(session, await stocked(session), tea)

    prompt = await said(context_of(session), timer)

    assert named(prompt) == [(2, "Coffee"), (2, "Tea")]
    total = prompt.params["total"]
    assert isinstance(total, Amount)
    assert f"{total.amount:.2f}" == "13.00"
    assert [one.id for one in prompt.choices] == ["checkout", "cart", "clear"]


async def test_what_is_sold_out_is_not_recalled(session: AsyncSession) -> None:
    coffee, tea = await stocked(session), await stocked(session, name="Tea", price="2.00")
    timer = await fallen_due(session, coffee, tea)
    await session.execute(update(Variant).where(Variant.id == coffee.id).values(on_hand=0))

    prompt = await said(context_of(session), timer)

    assert named(prompt) == [(2, "Tea")]
    total = prompt.params["total"]
    assert isinstance(total, Amount)
    assert f"{total.amount:.2f}" == "4.00"


async def test_nobody_is_reminded_of_a_cart_whose_things_are_all_gone(
    session: AsyncSession,
) -> None:
    coffee, tea = await stocked(session), await stocked(session)
    timer = await fallen_due(session, coffee, tea)
    await session.execute(update(Variant).where(Variant.id == coffee.id).values(on_hand=0))
    await session.execute(update(Variant).where(Variant.id == tea.id).values(withdrawn=True))

    assert await remind(context_of(session), timer) is None


async def test_nobody_is_reminded_of_a_cart_that_changed_since(session: AsyncSession) -> None:
    timer = await fallen_due(session, await stocked(session))
    await carts(session).clear(ANN)

    assert await remind(context_of(session), timer) is None


async def test_nobody_is_reminded_of_a_cart_that_was_ordered(session: AsyncSession) -> None:
    coffee = await stocked(session)
    timer = await fallen_due(session, coffee)
    await orders(session).place(yes())
    # Another cart is another matter, whatever it holds.
    await carts(session).add(ANN, coffee.id, 2)

    assert await remind(context_of(session), timer) is None


async def test_a_contact_is_reminded_once_a_week_at_most(session: AsyncSession) -> None:
    coffee = await stocked(session)
    await fallen_due(session, coffee)
    await orders(session).place(yes(prepaid=False))

    late = MONDAY + 2 * DAY
    await carts(session).add(ANN, coffee.id)
    await session.execute(update(Cart).where(Cart.open == 1).values(updated_at=late, due_at=late))

    assert await due(session, late + 6 * DAY) == []


async def test_a_reminder_that_comes_too_late_is_none(session: AsyncSession) -> None:
    await shop(session, remind_cart_hours=5)
    await carts(session).add(ANN, (await stocked(session)).id)

    assert await due(session, MONDAY + 8 * HOUR) == []


async def test_who_has_nothing_in_the_cart_is_not_reminded(session: AsyncSession) -> None:
    await shop(session, remind_cart_hours=1)
    await carts(session).look_at(ANN, (await stocked(session)).id)

    assert await due(session, MONDAY + 2 * HOUR) == []


async def test_who_wants_no_marketing_is_not_reminded(session: AsyncSession) -> None:
    timer = await fallen_due(session, await stocked(session))
    context = context_of(session)
    wants_none = replace(context.person, no_marketing=True)

    assert await remind(replace(context, person=wants_none), timer) is None


async def test_after_the_window_only_who_agreed_is_reminded(session: AsyncSession) -> None:
    timer = await fallen_due(session, await stocked(session))
    shut = replace(context_of(session), window_open=False)

    assert await remind(shut, timer) is None
    await agreed(session, given=True)
    assert (await said(shut, timer)).key == "store.remind"
    await agreed(session, given=False, at=MONDAY + HOUR)
    assert await remind(shut, timer) is None
