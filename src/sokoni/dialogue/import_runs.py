"""One file on its way into the database, a hundred things in a transaction."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from sokoni.db.vault import Vault
from sokoni.db.writing import write_patiently
from sokoni.dialogue.gathering import Gathering, known_in
from sokoni.dialogue.heads import column_named
from sokoni.dialogue.importing import (
    CannotWithdrawError,
    Imported,
    Importer,
    Importing,
    ImportThing,
    Made,
    Partly,
    Refused,
    Withdrawn,
)
from sokoni.dialogue.tables import TableRow
from sokoni.kit.clock import Clock
from sokoni.merchants.profile import MerchantProfile
from sokoni.places.gazetteer import Gazetteer
from sokoni.places.service import PlacesService


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRun:
    """One file on its way into the database of one merchant.

    A hundred things are written at a time, and no more are held. Where it ended half-way, the same
    file is taken again.
    """

    engine: AsyncEngine
    vault: Vault
    clock: Clock
    merchant: MerchantProfile
    shipped: Gazetteer
    importer: Importer
    otherwise: Mapping[str, str] = field(default_factory=dict)
    """What a row says where it does not say it itself."""
    called: Mapping[str, str] = field(default_factory=dict)
    """What this file calls a column, where that is not one of its usual names."""
    withdraw: bool = False
    """What the file does not name is withdrawn when all of it was looked at."""

    @property
    def names(self) -> Mapping[str, Sequence[str]]:
        """Return under which names each column may stand in the file."""
        usual = {one: (one, *others) for one, others in self.importer.columns.items()}
        return usual | {one: (column_named(name),) for one, name in self.called.items()}

    @property
    def known(self) -> Collection[str]:
        """Return all names by which the row that names the columns is told."""
        return known_in(self.names)

    async def take(self, rows: Iterable[TableRow], done: Callable[[int], None]) -> Imported:
        """Take the rows, and call `done` with how many were looked at since the last call."""
        if self.withdraw and not self.importer.withdraws:
            raise CannotWithdrawError("Nothing of this kind can be withdrawn by a file.")
        imported, made = Imported(), dict[str, Made]()
        gathering = Gathering(self.importer, self.merchant, self.names, self.otherwise, imported)
        for count, things in gathering.chunks(rows):
            await self._write(things, imported, made)
            done(count)
        for one in made.values():
            imported.made[one] += 1
        imported.refused.sort()
        # A file of which nothing could be taken is hardly all that the merchant has.
        if self.withdraw and made:
            imported.withdrawn += await self._withdraw(gathering.named)
        return imported

    async def _withdraw(self, named: Collection[str]) -> Sequence[str]:
        withdrawn, after = list[str](), None
        while True:

            async def some(connection: AsyncConnection, last: UUID | None = after) -> Withdrawn:
                async with self._opened(connection) as importing:
                    return await self.importer.withdraw(importing, named, last)

            done = await write_patiently(self.engine, some)
            withdrawn += done.names
            after = done.last
            if after is None:
                return withdrawn

    async def _write(
        self, things: Sequence[ImportThing], imported: Imported, made: dict[str, Made]
    ) -> None:
        async def taken(connection: AsyncConnection) -> Sequence[Made | Partly | Refused]:
            async with self._opened(connection) as importing:
                return await self.importer.take(importing, things)

        outcomes = await write_patiently(self.engine, taken)
        for thing, outcome in zip(things, outcomes, strict=True):
            if isinstance(outcome, Refused):
                imported.refused.append((thing.rows[0].line, outcome.reason))
                continue
            if isinstance(outcome, Partly):
                imported.refused += outcome.refused
            now = outcome.made if isinstance(outcome, Partly) else outcome
            made[thing.key] = _together(made.get(thing.key), now)

    @asynccontextmanager
    async def _opened(self, connection: AsyncConnection) -> AsyncIterator[Importing]:
        mode = "rollback_only"
        async with AsyncSession(connection, join_transaction_mode=mode) as session:
            yield await self._importing(session)
            await session.flush()

    async def _importing(self, session: AsyncSession) -> Importing:
        places = PlacesService(
            session,
            self.merchant.id,
            self.merchant.country,
            shipped=self.shipped,
            clock=self.clock,
        )
        known = await places.known()
        return Importing(session, self.vault, self.merchant, known, self.clock())


def _together(before: Made | None, now: Made) -> Made:
    """Return what became of a thing whose rows were taken one after the other."""
    if before is None or before is Made.SAME:
        return now
    return before
