"""Keeps turns out of a contact's conversations while something of the contact's changes."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.kit.ids import ContactId, MerchantId
from sokoni.messaging.models import Conversation


async def hold(
    connection: AsyncConnection, merchant_id: MerchantId, *contact_ids: ContactId
) -> None:
    """Lock all of theirs until the transaction ends; a turn that runs is waited for.

    On SQLite the transaction is the only writer anyway.
    """
    theirs = select(Conversation.id).where(
        Conversation.merchant_id == merchant_id, Conversation.contact_id.in_(contact_ids)
    )
    # In one order everywhere, so that nobody waits in a circle.
    await connection.execute(theirs.order_by(Conversation.id).with_for_update())
