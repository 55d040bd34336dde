"""A contact is asked for money in the chat, pays on a page, and is told in the chat."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.payments.states import PaymentState
from tests.conftest import THREE
from tests.payments.kiosk import Till, till

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)


@pytest.fixture
async def shop(engine: AsyncEngine, database_url: str) -> AsyncIterator[Till]:
    async with till(database_url) as opened:
        yield opened


async def test_the_link_is_in_the_answer_and_paying_is_told_in_the_chat(shop: Till) -> None:
    said = await shop.say("buy bread")

    payment = await shop.payment()
    assert "To pay: $2.50 for BRD-0001" in said
    assert (payment.state, payment.provider) == (PaymentState.PENDING, "sandbox")

    answer = await shop.choose("pay")
    told = await shop.run()

    assert answer.status == 200
    assert "Your bread BRD-0001 is baked" in told
    assert (await shop.payment()).state == PaymentState.PAID
    assert await shop.history() == [("webhook", "paid", "applied")]
