"""Who waits for an erased contact is told on the number that the contact wrote to."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from sokoni.contacts.register import contact_of_phone
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.dialogue.erasing import Erasing
from sokoni.kit.ids import AccountId, ContactId, ConversationId, MerchantId, PhoneNumber
from sokoni.messaging.events import Tell, TellTo
from sokoni.messaging.models import Conversation
from sokoni.messaging.prompts import Prompt
from sokoni.testing.clock import StoppedClock
from tests.api.market import Market


@pytest.mark.parametrize("wrote_first", [True, False])
async def test_who_waits_is_told_on_the_number_that_the_contact_wrote_to(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock, *, wrote_first: bool
) -> None:
    market = Market(engine, vault, clock)
    merchant = await market.merchant("one")
    first = await market.conversation(merchant, "+263771000001", "Tendai")
    tendai, first_number = await conversation(market, first)
    second = await market.unwritten(merchant, tendai)
    _, second_number = await conversation(market, second)
    await market.stands(first if wrote_first else second, b"{}")
    async with writing(engine) as connection:
        phone = PhoneNumber("+263771000002")
        rudo = await contact_of_phone(connection, vault, merchant, phone, clock())

    async def who_waits(
        _connection: AsyncConnection, _merchant: MerchantId, one: ContactId, _now: datetime
    ) -> Sequence[TellTo]:
        assert one == tendai
        told = Tell(prompt=Prompt("gone"), purpose="notice")
        return [TellTo(contact_id=rudo, tell=told, once="gone")]

    erasing = Erasing(
        inbox=market.parts().inbox, clock=clock, merchant_id=merchant, hooks=[who_waits]
    )
    async with writing(engine) as connection:
        assert await erasing.erase(connection, tendai)

    async with AsyncSession(engine) as session:
        theirs = select(Conversation.account_id).where(Conversation.contact_id == rudo)
        assert await session.scalar(theirs) == (first_number if wrote_first else second_number)


async def conversation(market: Market, talk: ConversationId) -> tuple[ContactId, AccountId]:
    async with AsyncSession(market.engine) as session:
        row = await session.get_one(Conversation, talk)
        return row.contact_id, row.account_id
