"""How long carts, chats and promised goods are kept, as the environment and the file say."""

from datetime import datetime, timedelta
from typing import Final

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.bootstrap import kinds
from sokoni.capabilities.store.machine import Status
from sokoni.capabilities.store.models.carts import Cart
from sokoni.capabilities.store.models.orders import Reservation
from sokoni.capabilities.store.service.carts import Carts
from sokoni.capabilities.store.service.orders import Orders
from sokoni.capabilities.store.telling import NEWS
from sokoni.dialogue.state import DialogueState, Draft
from sokoni.dialogue.timing import wake_at
from sokoni.merchants.directory import profile_of
from sokoni.merchants.file import read_merchant_file
from sokoni.merchants.models import Merchant
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.declared_templates import apply_merchant_file
from sokoni.testing.clock import StoppedClock
from tests.capabilities.store.calendars import due
from tests.capabilities.store.shopping import ANN, MONDAY, VAULT, counted, stocked, yes
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)
DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)
FILE: Final = """
merchant: spaza
name: Spaza
country: ZW
currency: USD
timezone: Africa/Harare
languages: [en]
abandoned_chat_days: ${ABANDONED_CHAT_DAYS}
capabilities:
  store:
    abandoned_cart_days: ${ABANDONED_CART_DAYS}
    pay_minutes: ${PAY_MINUTES}
"""
ENVIRONMENT: Final = {
    "ABANDONED_CART_DAYS": "3",
    "ABANDONED_CHAT_DAYS": "2",
    "PAY_MINUTES": "90",
}


async def spaza(session: AsyncSession, text: str = FILE) -> MerchantProfile:
    """Apply the merchant's file, and return what the server makes of it."""
    file = read_merchant_file(text, kinds(production=False), ENVIRONMENT)
    await apply_merchant_file(session, VAULT, StoppedClock(MONDAY), file)
    return profile_of((await session.scalars(select(Merchant))).one())


def carts(session: AsyncSession, shop: MerchantProfile) -> Carts:
    return Carts(session, shop.id, MONDAY, shop.currency)


async def open_carts(session: AsyncSession, at: datetime) -> int:
    """Return how many carts are left once all is done that is due."""
    assert await due(session, at) == []
    return len((await session.scalars(select(Cart.id).where(Cart.open == 1))).all())


async def test_a_cart_is_kept_for_as_many_days_as_the_environment_says(
    session: AsyncSession,
) -> None:
    shop = await spaza(session)
    coffee = await stocked(session, merchant_id=shop.id)
    await carts(session, shop).add(ANN, coffee.id)

    assert await open_carts(session, MONDAY + 3 * DAY - MINUTE) == 1
    assert await open_carts(session, MONDAY + 3 * DAY) == 0


async def test_without_a_word_a_cart_is_kept_for_a_week_and_a_chat_for_a_month(
    session: AsyncSession,
) -> None:
    lines = FILE.splitlines(keepends=True)
    shop = await spaza(session, "".join(one for one in lines if "abandoned" not in one))
    coffee = await stocked(session, merchant_id=shop.id)
    await carts(session, shop).add(ANN, coffee.id)

    assert await open_carts(session, MONDAY + 7 * DAY - MINUTE) == 1
    assert await open_carts(session, MONDAY + 7 * DAY) == 0
    assert shop.abandoned_chat_days == 30


async def test_a_cart_that_is_touched_again_is_kept_from_then_on(session: AsyncSession) -> None:
    shop = await spaza(session)
    coffee = await stocked(session, merchant_id=shop.id)
    await carts(session, shop).add(ANN, coffee.id)
    later = Carts(session, shop.id, MONDAY + 2 * DAY, shop.currency)
    await later.add(ANN, coffee.id)

    assert await open_carts(session, MONDAY + 5 * DAY - MINUTE) == 1
    assert await open_carts(session, MONDAY + 5 * DAY) == 0


async def test_a_chat_is_let_go_after_as_many_days_as_the_environment_says(
    session: AsyncSession,
) -> None:
    shop = await spaza(session)
    half_done = DialogueState(drafts=(Draft(task="store.place"),), touched_at=MONDAY)

    assert shop.abandoned_chat_days == 2
    assert wake_at(half_done, shop) == MONDAY + 2 * DAY


async def test_promised_goods_are_free_when_the_time_to_pay_is_over(session: AsyncSession) -> None:
    shop = await spaza(session)
    coffee = await stocked(session, merchant_id=shop.id)
    await carts(session, shop).add(ANN, coffee.id, 4)
    orders = Orders(session, VAULT, shop, MONDAY)
    order = await orders.place(yes())

    assert await due(session, MONDAY + 90 * MINUTE - MINUTE) == []
    assert await counted(session, coffee) == (10, 4)
    (told,) = await due(session, MONDAY + 90 * MINUTE)

    assert (told.contact_id, told.timer.name) == (ANN, NEWS)
    assert (await orders.get(order.id)).status == Status.CANCELLED
    assert await counted(session, coffee) == (10, 0)
    assert (await session.scalars(select(Reservation.id))).all() == []
