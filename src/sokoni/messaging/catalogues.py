"""What of a merchant's things a channel's own catalogue has, as far as we were told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import ColumnElement, Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.channels.outbound import CatalogueShown, Content, ProductShown, ProductsShown
from sokoni.db.session import insert_once, rows_changed
from sokoni.kit.ids import MerchantId
from sokoni.kit.text import shortened
from sokoni.messaging.models import CatalogueItem

_ITEMS: Final = cast("Table", CatalogueItem.__table__)
_I: Final = _ITEMS.c
_LONGEST: Final = 300
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Doubt:
    """A channel refused to show things of its own catalogue; `numbers` empty: all of it."""

    merchant_id: MerchantId
    catalogue: str
    numbers: Sequence[str]
    reason: str

    @classmethod
    def of(cls, merchant_id: MerchantId, content: Content, reason: str) -> "Doubt | None":
        """Return what the refusal of a message puts in doubt, None where it is nothing."""
        match content:
            case ProductShown():
                numbers = [content.product]
            case ProductsShown():
                numbers = [option.product for option in content.options]
            case CatalogueShown():
                numbers = []
            case _:
                return None
        return cls(merchant_id, content.catalogue, numbers, reason)


async def note_doubt(connection: AsyncConnection, doubt: Doubt, now: datetime) -> None:
    """Have what was refused shown in our own words from now on, until it is pushed again."""
    its = [_I.merchant_id == doubt.merchant_id, _I.catalogue == doubt.catalogue]
    if doubt.numbers:
        its.append(_I.number.in_(doubt.numbers))
    noted = {"refused": shortened(doubt.reason, _LONGEST), "digest": "", "changed_at": now}
    await connection.execute(update(_ITEMS).where(*its).values(noted))


async def refused_items(session: AsyncSession, merchant_id: MerchantId) -> Mapping[str, int]:
    """Count by catalogue what it does not have, or show."""
    its = select(_I.catalogue, func.count()).where(_I.merchant_id == merchant_id, _I.refused != "")
    rows = await session.execute(its.group_by(_I.catalogue))
    return {row[0]: row[1] for row in rows}


class CatalogueItems:
    """One merchant's things in one catalogue."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, catalogue: str) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._catalogue = catalogue

    async def known(self, numbers: Collection[str]) -> frozenset[str]:
        """Return those of the numbers that the catalogue has."""
        if not numbers:
            return frozenset()
        there = select(_I.number).where(*self._there, _I.number.in_(set(numbers)))
        return frozenset(await self._session.scalars(there))

    async def any(self) -> bool:
        """Tell whether the catalogue has anything."""
        found = select(_I.number).where(*self._there).limit(1)
        return await self._session.scalar(found) is not None

    async def digests(self) -> Mapping[str, str]:
        """Return every number that it has, with the digest of what was pushed there."""
        rows = await self._session.execute(select(_I.number, _I.digest).where(*self._there))
        return {row.number: row.digest for row in rows}

    async def refused(self) -> Mapping[str, str]:
        """Return what it does not have, or show, and why."""
        wanting = select(_I.number, _I.refused).where(*self._mine, _I.refused != "")
        rows = await self._session.execute(wanting.order_by(_I.number))
        return {row.number: row.refused for row in rows}

    async def note(self, digests: Mapping[str, str], now: datetime, refused: str = "") -> None:
        """Note what it has by the digests, or why it has not."""
        why = shortened(refused, _LONGEST)
        rows = [
            {
                "catalogue": self._catalogue,
                "number": number,
                "merchant_id": self._merchant_id,
                "digest": "" if why else digest,
                "refused": why,
                "changed_at": now,
            }
            for number, digest in digests.items()
        ]
        await self.drop(list(digests))
        for start in range(0, len(rows), _AT_ONCE):
            await insert_once(self._session, _ITEMS, rows[start : start + _AT_ONCE])

    async def drop(self, numbers: Sequence[str]) -> None:
        """Forget what it has no longer."""
        for start in range(0, len(numbers), _AT_ONCE):
            some = _I.number.in_(numbers[start : start + _AT_ONCE])
            await rows_changed(self._session, delete(_ITEMS).where(*self._mine, some))

    @property
    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        return (_I.merchant_id == self._merchant_id, _I.catalogue == self._catalogue)

    @property
    def _there(self) -> tuple[ColumnElement[bool], ...]:
        return (*self._mine, _I.refused == "")
