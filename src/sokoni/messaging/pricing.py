"""What providers priced of a number's messages, by month and category, and what is still free."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.channels.inbound import Status
from sokoni.db.bulk import add_up
from sokoni.db.days import month_of, months_around
from sokoni.db.session import rows_changed
from sokoni.kit.ids import AccountId, MerchantId
from sokoni.kit.text import clean
from sokoni.merchants.models import ChannelAccount, Merchant
from sokoni.merchants.profile import free_messages
from sokoni.messaging.models import PricedCount

STEPS: Final = (80, 100)
"""Percent of what is free at which staff are told."""
_TABLE: Final = cast("Table", PricedCount.__table__)
_CATEGORY_LENGTH: Final = 40
_UTC: Final = ZoneInfo("UTC")
_SUMS: Final = ("billable", "free", "metered")


class Price(NamedTuple):
    """What one message that arrived costs, as its provider says."""

    account_id: AccountId
    at: datetime
    category: str
    billable: bool
    metered: bool
    """It uses up what the number may send for free."""


@dataclass(frozen=True, slots=True)
class Category:
    """How many messages of a category arrived in a month."""

    billable: int = 0
    free: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One number's month."""

    account_id: AccountId
    merchant_id: MerchantId
    channel: str
    key: str
    """How the provider names the number."""
    month: date
    allowance: int
    """Messages that are free; 0: none is counted against it."""
    metered: int
    """Messages that used up some of it."""
    told: int
    """Percent of the allowance that staff know to be used up."""
    categories: Mapping[str, Category] = field(default_factory=dict)

    @property
    def percent(self) -> int:
        return self.metered * 100 // self.allowance if self.allowance else 0


def price_of(account_id: AccountId, status: Status) -> Price | None:
    """Return what the status says that its message costs, None where it says nothing."""
    if not status.category:
        return None
    return Price(
        account_id=account_id,
        at=status.at,
        category=clean(status.category)[:_CATEGORY_LENGTH].strip(),
        billable=bool(status.billable),
        metered=status.metered,
    )


async def count_prices(connection: AsyncConnection, prices: Sequence[Price]) -> None:
    """Add messages to their numbers' counts, in the transaction that marks them as priced."""
    zones = await _zones(connection, {one.account_id for one in prices})
    sums: dict[tuple[AccountId, date, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in prices:
        month = month_of(one.at, zones[one.account_id])
        counted = sums[one.account_id, month, one.category]
        counted[0 if one.billable else 1] += 1
        counted[2] += one.metered
    rows = [
        {"account_id": account_id, "month": month, "category": category, "told": 0}
        | dict(zip(_SUMS, counted, strict=True))
        # In key order, so that two workers never wait in a circle.
        for (account_id, month, category), counted in sorted(sums.items())
    ]
    await add_up(connection, _TABLE, rows, _SUMS)


async def _zones(
    connection: AsyncConnection, accounts: Collection[AccountId]
) -> Mapping[AccountId, ZoneInfo]:
    """Return the time zones of the numbers' merchants; a number that is gone counts in UTC."""
    if not accounts:
        return {}
    theirs = (
        select(ChannelAccount.id, Merchant.timezone)
        .join(Merchant, Merchant.id == ChannelAccount.merchant_id)
        .where(ChannelAccount.id.in_(accounts))
    )
    found = {row.id: ZoneInfo(row.timezone) for row in await connection.execute(theirs)}
    return {account_id: found.get(account_id, _UTC) for account_id in accounts}


async def usage(
    connection: AsyncConnection | AsyncSession,
    at: datetime,
    merchant_id: MerchantId | None = None,
) -> list[Usage]:
    """Return the month, where they are, of every number that has any.

    Of one merchant, or (for operators) of all.
    """
    months: dict[AccountId, list[Any]] = {}
    for row in await connection.execute(_of(months_around(at), merchant_id)):
        if row.month == month_of(at, ZoneInfo(row.timezone)):
            months.setdefault(row.account_id, []).append(row)
    return [_usage(rows) for rows in months.values()]


async def note_told(connection: AsyncConnection, one: Usage, percent: int) -> bool:
    """Note that staff are told of so much; False where somebody else has just done so."""
    theirs = update(_TABLE).where(
        _TABLE.c.account_id == one.account_id,
        _TABLE.c.month == one.month,
        _TABLE.c.told < percent,
    )
    return bool(await rows_changed(connection, theirs.values(told=percent)))


def _of(months: Sequence[date], merchant_id: MerchantId | None) -> Select[*tuple[Any, ...]]:
    found = (
        select(
            PricedCount.account_id,
            PricedCount.month,
            PricedCount.category,
            PricedCount.billable,
            PricedCount.free,
            PricedCount.metered,
            PricedCount.told,
            ChannelAccount.channel,
            ChannelAccount.key,
            Merchant.id.label("merchant_id"),
            Merchant.settings,
            Merchant.timezone,
        )
        .join(ChannelAccount, ChannelAccount.id == PricedCount.account_id)
        .join(Merchant, Merchant.id == ChannelAccount.merchant_id)
        .where(PricedCount.month.in_(months))
        .order_by(ChannelAccount.channel, ChannelAccount.key, PricedCount.category)
    )
    return found if merchant_id is None else found.where(Merchant.id == merchant_id)


def _usage(rows: Sequence[Any]) -> Usage:
    first = rows[0]
    return Usage(
        account_id=first.account_id,
        merchant_id=first.merchant_id,
        channel=first.channel,
        key=first.key,
        month=first.month,
        allowance=free_messages(first.settings),
        metered=sum(row.metered for row in rows),
        told=max(row.told for row in rows),
        categories={row.category: Category(row.billable, row.free) for row in rows},
    )
