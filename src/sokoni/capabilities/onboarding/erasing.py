"""What registrations keep of a contact goes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.capabilities.onboarding.models import Entry, EntryFact
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.messaging.events import TellTo


async def erase_contact(
    connection: AsyncConnection,
    merchant_id: MerchantId,
    contact_id: ContactId,
    now: datetime,  # noqa: ARG001
) -> Sequence[TellTo]:
    """Delete the contact's registrations; nobody else waits for them."""
    for model in (EntryFact, Entry):
        theirs = delete(model).where(
            model.merchant_id == merchant_id, model.contact_id == contact_id
        )
        await connection.execute(theirs)
    return ()
