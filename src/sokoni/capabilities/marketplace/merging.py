"""Two contacts turned out to be one person: what the first has becomes the second's."""

from typing import Final, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.capabilities.marketplace.models import (
    Alert,
    BuyRequest,
    BuyRequestId,
    Introduction,
    IntroductionState,
    Listing,
    ListingId,
    RequestState,
    RequestToken,
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
_TOKENS: Final = cast("Table", RequestToken.__table__)
_TRADES: Final = cast("Table", SellerTrade.__table__)


async def merge_contacts(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    """Move everything, leaving out what the kept contact has already."""
    await _sellers(connection, gone, kept)
    listed = update(_LISTINGS).where(_LISTINGS.c.contact_id == gone)
    await connection.execute(listed.values(contact_id=kept))
    await _requests(connection, gone, kept)
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
    await _count_together(connection, gone, kept)
    await connection.execute(delete(_TRADES).where(_TRADES.c.seller_id == gone))
    await connection.execute(delete(_SELLERS).where(_SELLERS.c.id == gone))


async def _count_together(connection: AsyncConnection, gone: SellerId, kept: SellerId) -> None:
    """Have alerts to either count as the kept seller's: their day is no longer for being two."""
    counted = ("alerted", "answered", "answer_minutes", "alerts_today", "alert_day")
    columns = _SELLERS.c
    wanted = select(*(columns[name] for name in counted)).where(columns.id == gone)
    row = (await connection.execute(wanted)).one()
    adding = update(_SELLERS).where(columns.id == kept)
    sums = {name: columns[name] + getattr(row, name) for name in counted[:3]}
    await connection.execute(adding.values(sums))
    same_day = adding.where(columns.alert_day == row.alert_day)
    today = {"alerts_today": columns.alerts_today + row.alerts_today}
    await connection.execute(same_day.values(today))
    later_day = adding.where(columns.alert_day < row.alert_day)
    await connection.execute(
        later_day.values(alert_day=row.alert_day, alerts_today=row.alerts_today)
    )


async def _requests(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    """Keep the same wish of both once: two would ask sellers, and tell the buyer, twice."""
    columns = select(_REQUESTS.c.id, _REQUESTS.c.contact_id, _REQUESTS.c.meaning)
    wishes = columns.where(
        _REQUESTS.c.contact_id.in_([gone, kept]), _REQUESTS.c.state == RequestState.OPEN
    )
    rows = (await connection.execute(wishes)).all()
    mine = {row.meaning: row.id for row in rows if row.contact_id == kept}
    for row in rows:
        if row.contact_id == gone and row.meaning in mine:
            await _close(connection, row.id, mine[row.meaning])
    moving = update(_REQUESTS).where(_REQUESTS.c.contact_id == gone)
    await connection.execute(moving.values(contact_id=kept))


async def _close(connection: AsyncConnection, same: BuyRequestId, kept: BuyRequestId) -> None:
    """Close a request in favour of the same one; whoever was asked is not asked again."""
    await connection.execute(delete(_TOKENS).where(_TOKENS.c.request_id == same))
    closing = update(_REQUESTS).where(_REQUESTS.c.id == same)
    await connection.execute(closing.values(state=RequestState.CLOSED))
    asked = select(_ALERTS.c.contact_id).where(_ALERTS.c.request_id == kept)
    twice = list((await connection.execute(asked)).scalars())
    others = update(_ALERTS).where(
        _ALERTS.c.request_id == same, _ALERTS.c.contact_id.not_in(twice)
    )
    await connection.execute(others.values(request_id=kept))


async def _alerts(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    told = select(_ALERTS.c.request_id).where(_ALERTS.c.contact_id == kept)
    doubled = list((await connection.execute(told)).scalars())
    theirs = _ALERTS.c.contact_id == gone
    await connection.execute(delete(_ALERTS).where(theirs, _ALERTS.c.request_id.in_(doubled)))
    await connection.execute(update(_ALERTS).where(theirs).values(contact_id=kept))


async def _introductions(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    table = _INTRODUCTIONS
    await _once_for_each_listing(connection, gone, kept)
    buying = update(table).where(table.c.buyer_id == gone)
    await connection.execute(buying.values(buyer_id=kept))
    selling = update(table).where(table.c.seller_id == gone)
    await connection.execute(selling.values(seller_id=kept))
    # Nobody is introduced to themselves.
    oneself = (table.c.buyer_id == kept, table.c.seller_id == kept)
    await connection.execute(delete(table).where(*oneself))


async def _once_for_each_listing(
    connection: AsyncConnection, gone: ContactId, kept: ContactId
) -> None:
    """Of two questions about one listing keep that which the seller agreed to, else the own."""
    columns = _INTRODUCTIONS.c
    asked = select(columns.id, columns.listing_id).where(columns.buyer_id.in_([gone, kept]))
    # What was agreed first, then the kept contact's own.
    best_first = asked.order_by(
        columns.state != IntroductionState.ACCEPTED, columns.buyer_id != kept
    )
    seen: set[ListingId] = set()
    doubled = []
    for row in await connection.execute(best_first):
        if row.listing_id in seen:
            doubled.append(row.id)
        seen.add(row.listing_id)
    await connection.execute(delete(_INTRODUCTIONS).where(columns.id.in_(doubled)))
