"""What is left of an erased contact's payments: the sums, for the books, and no way to pay."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.kit.ids import ContactId
from sokoni.payments.models import Payment
from sokoni.payments.states import OPEN, PaymentState

_SHUT: Final = {"state": PaymentState.CANCELLED, "poll_at": None}


async def erase_contact(connection: AsyncConnection, who: Collection[ContactId]) -> None:
    """Shut what is open, and forget the links. Money that comes yet is kept for staff."""
    theirs = Payment.contact_id.in_(who)
    shutting = update(Payment).where(theirs, Payment.state.in_(OPEN))
    await connection.execute(shutting.values(_SHUT))
    await connection.execute(update(Payment).where(theirs).values(link=None))
