"""Which worker sends for which shards: rows with an end, shared out fairly, given back on a stop.

A lease is what keeps a conversation's messages in order when several workers send. It is a
courtesy, not a lock: the claim of each message asks for it again in its own transaction.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, cast

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.db.session import insert_once
from sokoni.db.writing import write_patiently, writing
from sokoni.kit.clock import Clock
from sokoni.messaging.models import SHARDS, DeliveryLease

LEASE: Final = timedelta(seconds=10)
_RENEWED_EVERY: Final = LEASE / 4
_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LEASES: Final = cast("Table", DeliveryLease.__table__)
_PRESENCES: Final = 30_000


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease as it stands in its row."""

    shard: int
    owner: str
    until: datetime


class Leases:
    """The shards that one worker sends for.

    `alone`: there is no other worker (SQLite): every shard is taken at once, whoever left it.
    """

    def __init__(self, engine: AsyncEngine, clock: Clock, owner: str, *, alone: bool) -> None:
        self.owner = owner
        self._engine = engine
        self._clock = clock
        self._alone = alone
        self._presence = -1 - secrets.randbelow(_PRESENCES)
        self._until = _NEVER
        self._mine: frozenset[int] = frozenset()

    @property
    def share(self) -> float:
        """What part of all messages is this worker's to send."""
        return max(len(self._mine), 1) / SHARDS

    @property
    def renew_at(self) -> datetime:
        """When `renew` is to be called next."""
        return self._until - LEASE + _RENEWED_EVERY if self._until > _NEVER else _NEVER

    def held(self) -> frozenset[int]:
        """Return the shards that are this worker's at this moment."""
        return self._mine if self._clock() < self._until else frozenset()

    async def renew(self, busy: Collection[int] = ()) -> frozenset[int]:
        """Extend what is held, give up what is too much, take what is free; return what is held.

        Shards in `busy` are given up last: something of theirs is on the wire.
        """
        until = self._clock() + LEASE

        async def renewed(connection: AsyncConnection) -> set[int]:
            await self._appear(connection, until)
            rows = await self._read(connection)
            mine = {row.shard for row in rows if row.shard >= 0 and row.owner == self.owner}
            return await self._shared_out(connection, rows, mine, set(busy))

        # Two that renew at once may undo one another, on MariaDB and MySQL above all.
        self._mine = frozenset(await write_patiently(self._engine, renewed))
        self._until = until
        return self._mine

    async def release(self) -> None:
        """Give everything back, so that another worker need not wait for the end."""
        async with writing(self._engine) as connection:
            await connection.execute(
                update(_LEASES)
                .where(_LEASES.c.owner == self.owner, _LEASES.c.shard >= 0)
                .values(owner="", until=_NEVER)
            )
            await connection.execute(delete(_LEASES).where(_LEASES.c.shard == self._presence))
        self._mine, self._until = frozenset(), _NEVER

    async def _appear(self, connection: AsyncConnection, until: datetime) -> None:
        """Extend every row of this worker and say that it lives."""
        if self._until == _NEVER:
            shards = [self._presence, *range(SHARDS)]
            free = [{"shard": shard, "owner": "", "until": _NEVER} for shard in shards]
            await insert_once(connection, _LEASES, free)
            await self._take(connection, [self._presence], until)
            await self._forget_the_dead(connection)
        await connection.execute(
            update(_LEASES).where(_LEASES.c.owner == self.owner).values(until=until)
        )

    async def _forget_the_dead(self, connection: AsyncConnection) -> None:
        long_ago = self._clock() - timedelta(days=1)
        gone = (_LEASES.c.shard < 0) & (_LEASES.c.until < long_ago)
        await connection.execute(delete(_LEASES).where(gone, _LEASES.c.shard != self._presence))

    async def _read(self, connection: AsyncConnection) -> list[Lease]:
        rows = await connection.execute(select(_LEASES.c.shard, _LEASES.c.owner, _LEASES.c.until))
        return [Lease(*row) for row in rows]

    async def _shared_out(
        self, connection: AsyncConnection, rows: Sequence[Lease], mine: set[int], busy: set[int]
    ) -> set[int]:
        now = self._clock()
        fair = SHARDS if self._alone else _fair_share(rows, self.owner, now)
        if len(mine) > fair:
            surplus = sorted(mine, key=lambda shard: (shard in busy, shard))[: len(mine) - fair]
            await self._give(connection, surplus)
            return mine - set(surplus)
        free = [
            row.shard
            for row in rows
            if row.shard >= 0 and row.owner != self.owner and (self._alone or row.until <= now)
        ]
        wanted = free[: fair - len(mine)]
        return mine | await self._taken(connection, wanted)

    async def _taken(self, connection: AsyncConnection, wanted: Sequence[int]) -> set[int]:
        if not wanted:
            return set()
        await self._take(connection, wanted, self._clock() + LEASE)
        held = await connection.scalars(
            select(_LEASES.c.shard).where(
                _LEASES.c.owner == self.owner, _LEASES.c.shard.in_(wanted)
            )
        )
        return set(held)

    async def _take(
        self, connection: AsyncConnection, shards: Sequence[int], until: datetime
    ) -> None:
        statement = update(_LEASES).where(_LEASES.c.shard.in_(shards))
        if not self._alone:
            # Another worker may have been faster: only what has ended is taken.
            statement = statement.where(_LEASES.c.until <= self._clock())
        await connection.execute(statement.values(owner=self.owner, until=until))

    async def _give(self, connection: AsyncConnection, shards: Sequence[int]) -> None:
        await connection.execute(
            update(_LEASES)
            .where(_LEASES.c.owner == self.owner, _LEASES.c.shard.in_(shards))
            .values(owner="", until=_NEVER)
        )


async def living_until(connection: AsyncConnection) -> dict[str, datetime]:
    """Return until when each worker said that it lives; one that died has not taken it back."""
    rows = await connection.execute(
        select(_LEASES.c.owner, func.max(_LEASES.c.until))
        .where(_LEASES.c.owner != "")
        .group_by(_LEASES.c.owner)
    )
    return dict(rows.all())


def _fair_share(rows: Sequence[Lease], owner: str, now: datetime) -> int:
    """Return how many shards are one worker's part, rounded up so that none is left over."""
    living = {row.owner for row in rows if row.owner and row.until > now} | {owner}
    return -(-SHARDS // len(living))
