"""Shutting people out: who is blocked is neither answered nor told anything."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.contacts.models import Contact
from sokoni.kit.ids import ContactId, MerchantId


async def set_blocked(
    session: AsyncSession | AsyncConnection,
    merchant_id: MerchantId,
    contact_id: ContactId,
    at: datetime | None,
) -> None:
    """Shut a contact out from then on; None lets them in again."""
    theirs = update(Contact).where(Contact.merchant_id == merchant_id, Contact.id == contact_id)
    changing = theirs.values(blocked_at=at)
    if isinstance(session, AsyncSession):
        changing = changing.execution_options(synchronize_session=False)
    await session.execute(changing)
