"""What the booking desk keeps of a contact, for whoever may ask for all that is kept."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import (
    Booking,
    BookingCustomer,
    Provider,
    ProviderArea,
    ProviderHours,
    ProviderService,
)
from sokoni.db.base import Base
from sokoni.kit.ids import ContactId, MerchantId

_HIDDEN: Final = frozenset(
    {"merchant_id", "contact_id", "customer_id", "doer_id", "provider_id"}
    | {"name", "address", "issue", "note"}
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
    }
    kept: dict[str, Any] = {}
    for name, statement in theirs.items():
        model = statement.column_descriptions[0]["entity"]
        scoped = statement.where(model.merchant_id == merchant_id).order_by(model.id)
        kept[name] = [_shown(row) for row in await session.scalars(scoped)]
    for name, model in (
        ("services", ProviderService),
        ("areas", ProviderArea),
        ("hours", ProviderHours),
    ):
        statement = select(model).join(Provider, Provider.id == model.provider_id)
        its = (Provider.merchant_id == merchant_id, Provider.contact_id == contact_id)
        kept[name] = [_shown(row) for row in await session.scalars(statement.where(*its))]
    return kept


def _shown(row: Base) -> dict[str, Any]:
    columns = [column.key for column in row.__table__.columns]
    return {name: getattr(row, name) for name in columns if name not in _HIDDEN}
