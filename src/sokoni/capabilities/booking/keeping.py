"""Bookings that are over go when their time is; who works, or waits for a time, stays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.capabilities.booking.flows.deposits import SUBJECT
from sokoni.capabilities.booking.machine import HOLDING
from sokoni.capabilities.booking.models import (
    Booking,
    BookingNotice,
    BookingSlot,
    BookingWait,
    Provider,
)
from sokoni.capabilities.booking.settings import NAME, BookingSettings
from sokoni.dialogue.keeping import AT_ONCE, Kept, batch
from sokoni.kit.ids import MerchantId
from sokoni.merchants.profile import MerchantProfile
from sokoni.payments.keeping import drop_payments, unsettled


async def drop_bookings(
    connection: AsyncConnection, merchant_id: MerchantId, before: datetime
) -> int:
    """Delete bookings that hold no time any more, and ended before the time."""
    old = (
        select(Booking.id)
        .where(
            Booking.merchant_id == merchant_id,
            Booking.status.not_in(HOLDING),
            Booking.ends_at < before,
            Booking.updated_at < before,
            ~unsettled(merchant_id, SUBJECT, Booking.id),
        )
        .limit(AT_ONCE)
    )
    ids = (await connection.scalars(old)).all()
    if not ids:
        return 0
    await drop_payments(connection, merchant_id, SUBJECT, ids)
    of_them: Sequence[Any] = (BookingNotice, BookingSlot)
    for model in of_them:
        await connection.execute(delete(model).where(model.booking_id.in_(ids)))
    await connection.execute(delete(Booking).where(Booking.id.in_(ids)))
    return len(ids)


def _days(merchant: MerchantProfile) -> int:
    return merchant.settings(NAME, BookingSettings).keep_bookings_days


def needed(merchant_id: MerchantId, before: datetime) -> Sequence[Select[Any]]:  # noqa: ARG001
    """Select who booked, or does jobs, or waits for a time."""
    columns: Sequence[Any] = (
        Booking.customer_id,
        Booking.doer_id,
        Provider.contact_id,
        BookingWait.contact_id,
    )
    return [select(one).where(one.class_.merchant_id == merchant_id) for one in columns]


KEEPS: Final = (
    Kept(setting=f"{NAME}.keep_bookings_days", days=_days, let_go=batch(drop_bookings)),
)
