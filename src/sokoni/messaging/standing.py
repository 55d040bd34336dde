"""How far a channel trusts a number: its quality, and to how many it may write first."""

from datetime import datetime
from typing import Any, Final, cast

import msgspec
from sqlalchemy import Row, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.channels.inbound import NumberNews
from sokoni.kit.ids import AccountId
from sokoni.kit.text import clean
from sokoni.merchants.models import ChannelAccount

POOR: Final = "RED"
_ACCOUNTS: Final = cast("Table", ChannelAccount.__table__)
_A: Final = _ACCOUNTS.c


class NumberStanding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of one number, each thing with the time of the news that told it."""

    quality: str = ""
    quality_at: datetime | None = None
    daily_limit: int | None = None
    """So many contacts may be written to first within 24 hours; 0: any number; None: unknown."""
    limit_at: datetime | None = None
    restricted: str = ""
    restricted_until: datetime | None = None
    restricted_at: datetime | None = None

    def is_restricted(self, now: datetime) -> bool:
        """Tell whether nobody may be written to first."""
        return bool(self.restricted) and (
            self.restricted_until is None or now < self.restricted_until
        )

    @property
    def is_poor(self) -> bool:
        """Tell whether contacts block the number, or report it, more than the channel bears."""
        return self.quality == POOR

    def words(self, now: datetime) -> list[str]:
        """Return what staff should know of it, as they read it; nothing where all is well."""
        said = [f"quality {self.quality}"] if self.is_poor else []
        if self.is_restricted(now):
            until = f" until {self.restricted_until:%Y-%m-%d %H:%M} UTC"
            said.append(f"{self.restricted}{until if self.restricted_until else ''}")
        if self.daily_limit:
            said.append(f"writes first to {self.daily_limit} contacts in 24 hours at most")
        return said


def standing_of(row: Row[Any] | ChannelAccount) -> NumberStanding:
    """Return the standing of an account, as its row has it."""
    return msgspec.convert(row.standing or {}, NumberStanding)


async def keep_number_news(
    connection: AsyncConnection, account_id: AccountId, news: NumberNews
) -> None:
    """Write it over what is known, unless that is newer: webhooks come in any order."""
    found = select(_A.standing).where(_A.id == account_id).with_for_update()
    row = (await connection.execute(found)).one_or_none()
    if row is None:
        return
    known = standing_of(row)
    changed = msgspec.structs.replace(known, **_newer(known, news))
    if changed != known:
        standing = msgspec.to_builtins(changed)
        await connection.execute(
            update(_ACCOUNTS).where(_A.id == account_id).values(standing=standing)
        )


def _newer(known: NumberStanding, news: NumberNews) -> dict[str, Any]:
    """Return what of the news is news."""
    changes: dict[str, Any] = {}
    if news.quality and _is_newer(news.at, known.quality_at):
        changes |= {"quality": clean(news.quality)[:16], "quality_at": news.at}
    if news.daily_limit is not None and _is_newer(news.at, known.limit_at):
        changes |= {"daily_limit": news.daily_limit, "limit_at": news.at}
    if news.restricted is not None and _is_newer(news.at, known.restricted_at):
        changes |= {
            "restricted": clean(news.restricted)[:200],
            "restricted_until": news.until,
            "restricted_at": news.at,
        }
    return changes


def _is_newer(at: datetime, known: datetime | None) -> bool:
    return known is None or known <= at
