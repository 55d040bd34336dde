"""Takes one of so many that may be had in a while: each has a number that only one can take."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.db.session import insert_once
from sokoni.kit.ids import MerchantId, new_id
from sokoni.verification.models import Use

_USES: Final = cast("Table", Use.__table__)
_U: Final = _USES.c
_TRIES: Final = 50
DAY: Final = timedelta(days=1)
KEPT: Final = 2 * DAY
"""Longer than any while that is looked at."""

Connection: TypeAlias = AsyncConnection | AsyncSession


@dataclass(frozen=True, slots=True)
class Most:
    """So many in a while, whenever it begins."""

    count: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Full:
    """All are taken until a time."""

    until: datetime


class Uses:
    """What one merchant's numbers and contacts used up."""

    def __init__(self, connection: Connection, merchant_id: MerchantId, now: datetime) -> None:
        self._connection = connection
        self._merchant_id = merchant_id
        self._now = now

    async def take(self, kind: str, about: str, *most: Most) -> UUID | Full:
        """Take one where all of these leave room; return it, or until when there is none.

        Who takes the next number at the same moment waits for whoever has it, and looks again.
        """
        for _ in range(_TRIES):
            # Before it looks for room: whoever comes in between has this very number.
            latest = await self._latest(kind, about)
            full = await self.full(kind, about, *most)
            if full is not None:
                return full
            use_id = new_id()
            row = {
                "id": use_id,
                "merchant_id": self._merchant_id,
                "kind": kind,
                "about_hash": about,
                "seq": latest + 1,
                "at": self._now,
            }
            await insert_once(self._connection, _USES, [row])
            if await self._is_there(use_id):
                return use_id
        return Full(self._now + timedelta(seconds=1))

    async def full(self, kind: str, about: str, *most: Most) -> Full | None:
        """Tell until when there is no room, None where there is."""
        until = [self._now]
        for one in most:
            since = self._now - one.within
            recent = (
                select(_U.at)
                .where(*self._of(kind, about), _U.at > since)
                .order_by(_U.at.desc())
                .offset(one.count - 1)
                .limit(1)
            )
            # There is room once the so-manieth last of them is out of sight.
            oldest = (await self._connection.execute(recent)).scalar_one_or_none()
            if oldest is not None:
                until.append(oldest + one.within)
        return Full(max(until)) if len(until) > 1 else None

    async def give_back(self, use_id: UUID) -> None:
        """Let one be had again."""
        mine = delete(_USES).where(_U.merchant_id == self._merchant_id, _U.id == use_id)
        await self._connection.execute(mine)

    async def _latest(self, kind: str, about: str) -> int:
        latest = select(func.max(_U.seq)).where(*self._of(kind, about))
        return (await self._connection.execute(latest)).scalar_one_or_none() or 0

    async def _is_there(self, use_id: UUID) -> bool:
        # MariaDB does not tell by the row count which was new.
        found = await self._connection.execute(select(_U.id).where(_U.id == use_id))
        return found.scalar_one_or_none() is not None

    def _of(self, kind: str, about: str) -> tuple[ColumnElement[bool], ...]:
        """Return the merchant filter of every statement here."""
        return (_U.merchant_id == self._merchant_id, _U.kind == kind, _U.about_hash == about)
