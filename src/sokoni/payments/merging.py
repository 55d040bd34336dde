"""What becomes of payments when two contacts turn out to be one person."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.kit.ids import ContactId
from sokoni.payments.models import Payment


async def merge_contacts(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    """Move the payments of the first contact to the second."""
    theirs = update(Payment).where(Payment.contact_id == gone)
    await connection.execute(theirs.values(contact_id=kept))
