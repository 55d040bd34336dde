"""Two contacts turned out to be one person: what the first has becomes the second's."""

from typing import Final, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.capabilities.marketplace.models import (
    Alert,
    BuyRequest,
    Introduction,
    Listing,
    Seller,
    SellerId,
    SellerTrade,
)
from sokoni.db.session import insert_once
from sokoni.kit.ids import ContactId

_ALERTS: Final = cast("Table", Alert.__table__)
_INTRODUCTIONS: Final = cast("Table", Introduction.__table__)
_LISTINGS: Final = cast("Table", Listing.__table__)
_REQUESTS: Final = cast("Table", BuyRequest.__table__)
_SELLERS: Final = cast("Table", Seller.__table__)
_TRADES: Final = cast("Table", SellerTrade.__table__)


async def merge_contacts(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    """Move everything, leaving out what the kept contact has already."""
    await _sellers(connection, gone, kept)
    for table in (_LISTINGS, _REQUESTS):
        moving = update(table).where(table.c.contact_id == gone)
        await connection.execute(moving.values(contact_id=kept))
    await _alerts(connection, gone, kept)
    await _introductions(connection, gone, kept)


async def _sellers(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    columns = select(_SELLERS.c.contact_id, _SELLERS.c.id)
    rows = await connection.execute(columns.where(_SELLERS.c.contact_id.in_([gone, kept])))
    sellers = {row.contact_id: row.id for row in rows}
    if gone in sellers and kept in sellers:
        await _join_sellers(connection, sellers[gone], sellers[kept])
    elif gone in sellers:
        moving = update(_SELLERS).where(_SELLERS.c.contact_id == gone)
        await connection.execute(moving.values(contact_id=kept))


async def _join_sellers(connection: AsyncConnection, gone: SellerId, kept: SellerId) -> None:
    dealt = await connection.execute(select(_TRADES).where(_TRADES.c.seller_id == gone))
    rows = [{**row, "seller_id": kept} for row in dealt.mappings()]
    await insert_once(connection, _TRADES, rows)
    moving = update(_LISTINGS).where(_LISTINGS.c.seller_id == gone)
    await connection.execute(moving.values(seller_id=kept))
    await connection.execute(delete(_TRADES).where(_TRADES.c.seller_id == gone))
    await connection.execute(delete(_SELLERS).where(_SELLERS.c.id == gone))


async def _alerts(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    told = select(_ALERTS.c.request_id).where(_ALERTS.c.contact_id == kept)
    doubled = list((await connection.execute(told)).scalars())
    theirs = _ALERTS.c.contact_id == gone
    await connection.execute(delete(_ALERTS).where(theirs, _ALERTS.c.request_id.in_(doubled)))
    await connection.execute(update(_ALERTS).where(theirs).values(contact_id=kept))


async def _introductions(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    table = _INTRODUCTIONS
    asked = select(table.c.listing_id).where(table.c.buyer_id == kept)
    doubled = list((await connection.execute(asked)).scalars())
    theirs = table.c.buyer_id == gone
    await connection.execute(delete(table).where(theirs, table.c.listing_id.in_(doubled)))
    await connection.execute(update(table).where(theirs).values(buyer_id=kept))
    selling = update(table).where(table.c.seller_id == gone)
    await connection.execute(selling.values(seller_id=kept))
    # Nobody is introduced to themselves.
    oneself = (table.c.buyer_id == kept, table.c.seller_id == kept)
    await connection.execute(delete(table).where(*oneself))
