"""What registrations keep of a contact, for whoever may ask for all that is kept."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.onboarding.models import Entry, EntryFact
from sokoni.db.exporting import exported
from sokoni.kit.ids import ContactId, MerchantId

_HIDDEN: Final = frozenset({"merchant_id", "contact_id", "registration_id", "answers"})
"""Whom it is about, and what is sealed: the contact wrote it, and it stands in the log."""


async def export(
    session: AsyncSession, merchant_id: MerchantId, contact_id: ContactId
) -> Mapping[str, Any]:
    """Return the contact's registrations."""
    theirs = {
        "registrations": select(Entry).where(Entry.contact_id == contact_id),
        "registration_facts": select(EntryFact).where(EntryFact.contact_id == contact_id),
    }
    return await exported(session, merchant_id, theirs, _HIDDEN)
