"""Lets go of what a merchant keeps no longer: every kind of data has a setting of its own."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.db.writing import write_patiently
from sokoni.kit.ids import MerchantId
from sokoni.merchants.directory import MerchantDirectory
from sokoni.merchants.profile import MerchantProfile

AT_ONCE: Final = 200
"""Most rows of one kind that go in one transaction."""
_EVERY: Final = timedelta(hours=1)

Drop: TypeAlias = Callable[[AsyncConnection, MerchantId, datetime], Awaitable[int]]
"""Deletes at most `AT_ONCE` of a merchant's that are over since before the time; returns how
many."""
LetGo: TypeAlias = Callable[[AsyncEngine, MerchantId, datetime], Awaitable[bool]]
"""Deletes some of a merchant's that are over since before the time; True: there may be more."""
Needed: TypeAlias = Callable[[MerchantId, datetime], Sequence[Select[Any]]]
"""Called with the merchant and a time; selects ids of contacts of whom something is kept that
was not over before it: they stay, however long they have been silent."""


def batch(drop: Drop) -> LetGo:
    """Return what deletes a batch in a transaction of its own."""

    async def let_go(engine: AsyncEngine, merchant_id: MerchantId, before: datetime) -> bool:
        dropped = await write_patiently(engine, lambda one: drop(one, merchant_id, before))
        return dropped >= AT_ONCE

    return let_go


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A kind of data that goes once it was over for so many days."""

    setting: str
    """As it stands in the merchant's file, such as `store.keep_orders_days`."""
    days: Callable[[MerchantProfile], int]
    """0: it is kept for ever."""
    let_go: LetGo


class Keeping:
    """What the sweep calls: once an hour, and soon again while there is more."""

    def __init__(
        self, engine: AsyncEngine, merchants: MerchantDirectory, kinds: Iterable[Kept]
    ) -> None:
        self._engine = engine
        self._merchants = merchants
        self.kinds = tuple(kinds)
        self._again_at: datetime | None = None

    async def clear(self, now: datetime) -> bool:
        """Delete a batch of every kind that is over; True asks for another call soon."""
        if self._again_at is not None and now < self._again_at:
            return False
        more = False
        for merchant in list(await self._merchants.all()):
            for kind in self.kinds:
                days = kind.days(merchant)
                before = now - timedelta(days=days)
                more |= bool(days) and await kind.let_go(self._engine, merchant.id, before)
        self._again_at = None if more else now + _EVERY
        return more
