"""What the booking desk keeps of a contact goes; who still counts on them is told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.capabilities.booking.machine import HOLDING
from sokoni.capabilities.booking.models import (
    Booking,
    BookingCustomer,
    BookingNotice,
    BookingSlot,
    BookingWait,
    Provider,
    ProviderAbsence,
    ProviderArea,
    ProviderHours,
    ProviderReach,
    ProviderService,
)
from sokoni.capabilities.booking.service.hours import Span
from sokoni.capabilities.booking.service.waits import may_be_free
from sokoni.capabilities.booking.settings import NAME
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.messaging.events import Tell, TellTo
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Instant, Prompt, Worded


async def erase_contact(
    connection: AsyncConnection, merchant_id: MerchantId, contact_id: ContactId, now: datetime
) -> Sequence[TellTo]:
    """Delete the contact's bookings on either side; return who is told that one is off."""
    theirs = (Booking.merchant_id == merchant_id, _of(contact_id))
    bookings = (
        await connection.execute(
            select(
                Booking.id,
                Booking.reference,
                Booking.customer_id,
                Booking.doer_id,
                Booking.status,
                Booking.starts_at,
                Booking.ends_at,
                Booking.provider_id,
            )
            .where(*theirs)
            .order_by(Booking.id)
            .with_for_update()
        )
    ).all()
    ids = [row.id for row in bookings]
    mine = (Provider.merchant_id == merchant_id, Provider.contact_id == contact_id)
    providers = list(await connection.scalars(select(Provider.id).where(*mine).with_for_update()))
    for model, which in _rows(ids, providers, merchant_id, contact_id):
        await connection.execute(delete(model).where(which))
    for row in bookings:
        if row.status in HOLDING:
            freed = [Span(row.starts_at, row.ends_at)]
            await may_be_free(connection, row.provider_id, freed, now)
    return [
        _gone(row, row.doer_id if row.customer_id == contact_id else row.customer_id)
        for row in bookings
        if row.status in HOLDING and row.starts_at > now
    ]


def _rows(
    bookings: Sequence[Any],
    providers: Sequence[Any],
    merchant_id: MerchantId,
    contact_id: ContactId,
) -> Sequence[tuple[Any, ColumnElement[bool]]]:
    """Return what goes, in the order in which it may."""
    customer = BookingCustomer.contact_id == contact_id
    return (
        (
            BookingWait,
            or_(BookingWait.contact_id == contact_id, BookingWait.provider_id.in_(providers)),
        ),
        (BookingNotice, BookingNotice.booking_id.in_(bookings)),
        (BookingSlot, BookingSlot.booking_id.in_(bookings)),
        (Booking, Booking.id.in_(bookings)),
        *(
            (model, model.provider_id.in_(providers))
            for model in (
                ProviderAbsence,
                ProviderArea,
                ProviderHours,
                ProviderReach,
                ProviderService,
            )
        ),
        (Provider, Provider.id.in_(providers)),
        (BookingCustomer, (BookingCustomer.merchant_id == merchant_id) & customer),
    )


def _of(contact_id: ContactId) -> ColumnElement[bool]:
    return or_(Booking.customer_id == contact_id, Booking.doer_id == contact_id)


def _gone(row: Any, other: ContactId) -> TellTo:  # noqa: ANN401 -- a row of bookings
    told = {"reference": row.reference, "time": Instant(row.starts_at.isoformat())}
    tell = Tell(prompt=Prompt("booking.gone.told", told), purpose=Purpose.NOTICE, capability=NAME)
    return TellTo(contact_id=other, tell=tell, once=f"gone:{row.id.hex}")


async def leaves(
    session: AsyncSession, merchant_id: MerchantId, contact_id: ContactId
) -> Sequence[Worded]:
    """Say what becomes of bookings when one of the two is erased."""
    standing = select(func.count()).where(
        Booking.merchant_id == merchant_id, _of(contact_id), Booking.status.in_(HOLDING)
    )
    count = await session.scalar(standing) or 0
    return [Worded("booking.forget.standing", {"number": count})] if count else []
