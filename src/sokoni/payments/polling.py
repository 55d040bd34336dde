"""When a gateway is asked by itself what became of a payment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.db.session import rows_changed
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.payments.models import Payment, PaymentId

_PAYMENTS: Final = cast("Table", Payment.__table__)
_P: Final = _PAYMENTS.c
_GAPS: Final = tuple(timedelta(minutes=one) for one in (1, 4, 10, 45, 60))
"""At 1, 5, 15 and 60 minutes, then hourly."""
NEXT_POLL: Final = select(_P.poll_at).where(_P.poll_at.is_not(None)).order_by(_P.poll_at).limit(1)
"""When the next gateway is to be asked."""
_MOST: Final = 200
"""Nobody is asked for ever."""


def next_poll(now: datetime, polls: int, expires_at: datetime) -> datetime | None:
    """Return when the gateway is asked again, which it was so many times."""
    if polls >= _MOST:
        return None
    later = now + _GAPS[min(polls, len(_GAPS) - 1)]
    return min(later, expires_at) if expires_at > now else later


@dataclass(frozen=True, slots=True)
class Due:
    """A payment whose gateway is to be asked now."""

    id: PaymentId
    merchant_id: MerchantId
    contact_id: ContactId
    polls: int


async def take_due(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[Due]:
    """Note those that are due as asked, and return them: each is one process's to ask."""
    found = await connection.execute(
        select(_P.id, _P.merchant_id, _P.contact_id, _P.polls, _P.expires_at)
        .where(_P.poll_at <= now)
        .order_by(_P.poll_at)
        .limit(limit)
    )
    due = []
    for row in found.all():
        later = next_poll(now, row.polls + 1, row.expires_at)
        taking = update(_PAYMENTS).where(_P.id == row.id, _P.polls == row.polls)
        if await rows_changed(connection, taking.values(polls=row.polls + 1, poll_at=later)):
            due.append(Due(row.id, row.merchant_id, row.contact_id, row.polls))
    return due
