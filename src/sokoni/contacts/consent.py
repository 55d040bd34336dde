"""Whether a contact takes messages that they did not just ask for, and since when."""

from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.contacts.models import Consent, Contact
from sokoni.kit.ids import ContactId, MerchantId, new_id

MESSAGES = "messages"


async def consent(
    connection: AsyncConnection,
    merchant_id: MerchantId,
    contact_id: ContactId,
    *,
    given: bool,
    source: str,
    now: datetime,
) -> None:
    """Write down that messages are taken from now on, or no more.

    The caller holds the contact's conversations, so that no turn writes back what it read before.
    """
    theirs = update(Contact).where(
        Contact.merchant_id == merchant_id,
        Contact.id == contact_id,
        Contact.opted_out_at.is_not(None) if given else Contact.opted_out_at.is_(None),
    )
    changed = await connection.execute(theirs.values(opted_out_at=None if given else now))
    if not changed.rowcount:
        return
    row = {
        "id": new_id(),
        "merchant_id": merchant_id,
        "contact_id": contact_id,
        "purpose": MESSAGES,
        "given": given,
        "source": source,
        "at": now,
    }
    await connection.execute(insert(Consent).values(row))
