"""Deletes what listings and requests leave behind when their time is over."""

from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Column, Select, Table, bindparam, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.capabilities.marketplace.models import (
    Alert,
    BuyRequest,
    Listing,
    ListingState,
    ListingToken,
    RequestOffer,
    RequestToken,
)
from sokoni.db.base import UtcDateTime
from sokoni.media.shelf import Shelf

_LISTINGS: Final = cast("Table", Listing.__table__)
_REQUESTS: Final = cast("Table", BuyRequest.__table__)
_LISTING_TOKENS: Final = cast("Table", ListingToken.__table__)
_REQUEST_TOKENS: Final = cast("Table", RequestToken.__table__)
_ALERTS: Final = cast("Table", Alert.__table__)
_REQUEST_OFFERS: Final = cast("Table", RequestOffer.__table__)
_BACK: Final = timedelta(days=30)
"""What ended longer ago was tidied up long since: it need not be looked for again."""
_AT_ONCE: Final = 200


def _ended(owned_by: Column[Any], owners: Table) -> Select[Any]:
    """Select owners whose time is over and that still have rows."""
    until = owners.c.expires_at
    return (
        select(owners.c.id)
        .where(
            until <= bindparam("now", type_=UtcDateTime()),
            until > bindparam("since", type_=UtcDateTime()),
            exists().where(owned_by == owners.c.id),
        )
        .limit(_AT_ONCE)
    )


_LEFT: Final = tuple(
    (column, _ended(column, owners))
    for column, owners in (
        (_LISTING_TOKENS.c.listing_id, _LISTINGS),
        (_REQUEST_TOKENS.c.request_id, _REQUESTS),
        (_ALERTS.c.request_id, _REQUESTS),
        (_REQUEST_OFFERS.c.request_id, _REQUESTS),
    )
)
"""Rows that serve only while a thing can be had, or is looked for.

Without an end to them, every listing would be held against all that was ever looked for.
"""

_SHOWN_NO_MORE: Final = (
    select(_LISTINGS.c.id, _LISTINGS.c.merchant_id, _LISTINGS.c.photo_id)
    .where(
        _LISTINGS.c.photo_id.is_not(None),
        or_(
            _LISTINGS.c.state != ListingState.OPEN,
            _LISTINGS.c.expires_at <= bindparam("since", type_=UtcDateTime()),
        ),
    )
    .limit(_AT_ONCE)
)
"""Listings that may be renewed keep theirs for a while."""


async def tidy(connection: AsyncConnection, now: datetime) -> bool:
    """Delete what is over; True where there may be more of it."""
    more = False
    for column, ended in _LEFT:
        over = (await connection.scalars(ended, {"now": now, "since": now - _BACK})).all()
        if over:
            await connection.execute(delete(column.table).where(column.in_(over)))
        more = more or len(over) == _AT_ONCE
    return await _photos(connection, now) or more


async def _photos(connection: AsyncConnection, now: datetime) -> bool:
    """Let go of photos of what can be had no more, and will not come back."""
    over = await connection.execute(_SHOWN_NO_MORE, {"since": now - _BACK})
    found = over.all()
    for listing_id, merchant_id, photo_id in found:
        await Shelf(connection, merchant_id).release(photo_id, now)
        mine = update(_LISTINGS).where(_LISTINGS.c.id == listing_id)
        await connection.execute(mine.values(photo_id=None))
    return len(found) == _AT_ONCE
