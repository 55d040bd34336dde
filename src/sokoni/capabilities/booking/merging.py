"""Two contacts turned out to be one person: what the first has becomes the second's."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.capabilities.booking.models import (
    Booking,
    BookingCustomer,
    BookingNotice,
    BookingSlot,
    BookingWait,
    Provider,
    ProviderReach,
)
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.kit.ids import ContactId


async def merge_contacts(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    """Move everything, leaving out what the kept contact has already."""
    await _bookings(connection, gone, kept)
    await _waits(connection, gone, kept)
    if not await _move_one(connection, BookingCustomer, gone, kept):
        await connection.execute(delete(BookingCustomer).where(BookingCustomer.contact_id == gone))
    if not await _move_one(connection, Provider, gone, kept):
        # Its bookings go on, answered by the kept contact; nobody finds it any more.
        theirs = select(Provider.id).where(Provider.contact_id == gone)
        ids = list(await connection.scalars(theirs))
        await connection.execute(delete(ProviderReach).where(ProviderReach.provider_id.in_(ids)))
        pausing = update(Provider).where(Provider.id.in_(ids))
        await connection.execute(pausing.values(status=ProviderStatus.PAUSED))


async def _bookings(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    for column in (Booking.customer_id, Booking.doer_id):
        moving = update(Booking).where(column == gone)
        await connection.execute(moving.values({column.key: kept}))
    # Nobody books themselves.
    oneself = (Booking.customer_id == kept, Booking.doer_id == kept)
    ids = list(await connection.scalars(select(Booking.id).where(*oneself)))
    if ids:
        await connection.execute(delete(BookingNotice).where(BookingNotice.booking_id.in_(ids)))
        await connection.execute(delete(BookingSlot).where(BookingSlot.booking_id.in_(ids)))
        await connection.execute(delete(Booking).where(Booking.id.in_(ids)))


async def _waits(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    moving = update(BookingWait).where(BookingWait.contact_id == gone)
    await connection.execute(moving.values(contact_id=kept))
    # Nobody waits for themselves.
    own = select(Provider.id).where(Provider.contact_id.in_([gone, kept]))
    oneself = (BookingWait.contact_id == kept, BookingWait.provider_id.in_(own))
    await connection.execute(delete(BookingWait).where(*oneself))


async def _move_one(
    connection: AsyncConnection,
    model: Any,  # noqa: ANN401 -- a table with one row a contact
    gone: ContactId,
    kept: ContactId,
) -> bool:
    """Move the one row of a contact; False where the kept contact has one of its own."""
    if await connection.scalar(select(model.id).where(model.contact_id == kept)):
        return False
    await connection.execute(update(model).where(model.contact_id == gone).values(contact_id=kept))
    return True
