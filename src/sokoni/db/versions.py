"""Versions of what caches may hold: changed in the transaction that changes the rows.

A version is spread over several rows, and each process counts in one of them: two that change the
same merchant's rows do not wait for each other. It only ever grows, whoever commits first.
"""

import os
import socket
from functools import cache
from typing import Final, cast
from uuid import UUID
from zlib import crc32

from sqlalchemy import BigInteger, SmallInteger, Table, Uuid, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact
from sokoni.db.prepared import Prepared
from sokoni.db.session import insert_once, rows_changed
from sokoni.kit.ids import MerchantId

_SPREAD: Final = 16


class Version(Base):
    """One part of the version of one kind of a merchant's rows: the sum of the parts counts."""

    __tablename__ = "versions"

    merchant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(Exact(32), primary_key=True)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    changes: Mapped[int] = mapped_column(BigInteger)


_VERSIONS: Final = cast("Table", Version.__table__)
_CURRENT: Final = Prepared(
    select(func.sum(_VERSIONS.c.changes)).where(
        _VERSIONS.c.merchant_id == bindparam("merchant", type_=Uuid()),
        _VERSIONS.c.kind == bindparam("kind"),
    )
)


async def current_version(session: AsyncSession, merchant_id: MerchantId, kind: str) -> int:
    """Return a number that is another one once rows of the kind were changed."""
    rows = await _CURRENT.rows(session, {"merchant": merchant_id, "kind": kind})
    return int(rows[0][0] or 0)


async def touch(
    connection: AsyncConnection | AsyncSession, merchant_id: MerchantId, kind: str
) -> None:
    """Note that rows of the kind are changed in this transaction."""
    mine = {"merchant_id": merchant_id, "kind": kind, "part": _part()}
    counting = (
        update(_VERSIONS)
        .where(*(_VERSIONS.c[name] == value for name, value in mine.items()))
        .values(changes=_VERSIONS.c.changes + 1)
    )
    if not await rows_changed(connection, counting):
        await insert_once(connection, _VERSIONS, [{**mine, "changes": 0}])
        await rows_changed(connection, counting)


@cache
def _part() -> int:
    """Return in which of the rows this process counts."""
    return crc32(f"{socket.gethostname()}:{os.getpid()}".encode()) % _SPREAD
