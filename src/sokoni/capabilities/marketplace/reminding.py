"""The market's calendar: listings that near their end, listings and buy requests that ran out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Row, Select, Table, bindparam, case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.capabilities.marketplace.flows.ending import OVER
from sokoni.capabilities.marketplace.flows.renewal import RENEWAL
from sokoni.capabilities.marketplace.models import BuyRequest, Listing, ListingState, RequestState
from sokoni.db.base import UtcDateTime
from sokoni.dialogue.manifest import Calendar
from sokoni.messaging.events import Timer, TimerFor

_LISTINGS: Final = cast("Table", Listing.__table__)
_REQUESTS: Final = cast("Table", BuyRequest.__table__)
_NOW: Final = bindparam("now", type_=UtcDateTime())


def _due(table: Table) -> Select[Any]:
    """Select what is due, of every merchant; another sweep leaves it alone meanwhile."""
    columns = table.c
    return (
        select(
            columns.id, columns.merchant_id, columns.contact_id, columns.state, columns.remind_at
        )
        .where(columns.remind_at <= _NOW)
        .order_by(columns.remind_at, columns.id)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True)
    )


_DUE_LISTINGS: Final = _due(_LISTINGS)
_DUE_REQUESTS: Final = _due(_REQUESTS)
_NEXT: Final = tuple(
    select(table.c.remind_at)
    .where(table.c.remind_at.is_not(None))
    .order_by(table.c.remind_at)
    .limit(1)
    for table in (_LISTINGS, _REQUESTS)
)


async def _take(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[TimerFor]:
    """Take what is due; a listing that is only near its end comes up once more, at the end."""
    bound = {"now": now, "limit": limit}
    listings = (await connection.execute(_DUE_LISTINGS, bound)).all()
    if listings:
        columns = _LISTINGS.c
        lasts = (columns.state == ListingState.OPEN) & (columns.expires_at > now)
        again = case((lasts, columns.expires_at), else_=None)
        taking = update(_LISTINGS).where(columns.id.in_([row.id for row in listings]))
        await connection.execute(taking.values(remind_at=again))
    requests = (await connection.execute(_DUE_REQUESTS, bound)).all()
    if requests:
        taking = update(_REQUESTS).where(_REQUESTS.c.id.in_([row.id for row in requests]))
        await connection.execute(taking.values(remind_at=None))
    return [
        *(_timer(RENEWAL, row) for row in listings if row.state == ListingState.OPEN),
        *(_timer(OVER, row) for row in requests if row.state == RequestState.OPEN),
    ]


def _timer(name: str, row: Row[Any]) -> TimerFor:
    return TimerFor(
        merchant_id=row.merchant_id,
        contact_id=row.contact_id,
        timer=Timer(name=name),
        once=f"{name}:{row.id.hex}:{row.remind_at.isoformat()}",
    )


CALENDAR: Final = Calendar(_NEXT, _take)
