"""What the booking desk keeps of a contact, for whoever may ask for all that is kept."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import (
    Booking,
    BookingCustomer,
    BookingWait,
    Provider,
    ProviderArea,
    ProviderHours,
    ProviderService,
)
from sokoni.db.exporting import exported
from sokoni.kit.ids import ContactId, MerchantId

_HIDDEN: Final = frozenset(
    {"merchant_id", "contact_id", "customer_id", "doer_id", "provider_id"}
    | {"name", "address", "pin", "issue", "note", "wanted"}
)
"""Whom else it is about, and what is sealed: the contact wrote it, and it stands in the log."""


async def export(
    session: AsyncSession, merchant_id: MerchantId, contact_id: ContactId
) -> Mapping[str, Any]:
    """Return the contact's bookings, and what they are as a customer and as a provider."""
    mine = or_(Booking.customer_id == contact_id, Booking.doer_id == contact_id)
    theirs = {
        "booking_customer": select(BookingCustomer).where(
            BookingCustomer.contact_id == contact_id
        ),
        "provider": select(Provider).where(Provider.contact_id == contact_id),
        "bookings": select(Booking).where(mine),
        "waits": select(BookingWait).where(BookingWait.contact_id == contact_id),
    }
    own = select(Provider.id).where(
        Provider.merchant_id == merchant_id, Provider.contact_id == contact_id
    )
    of_provider = {
        "services": select(ProviderService).where(ProviderService.provider_id.in_(own)),
        "areas": select(ProviderArea).where(ProviderArea.provider_id.in_(own)),
        "hours": select(ProviderHours).where(ProviderHours.provider_id.in_(own)),
    }
    return await exported(session, merchant_id, theirs | of_provider, _HIDDEN)
