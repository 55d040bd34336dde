"""Rows of a file made into what a capability keeps: `sokoni import KIND FILE`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from sokoni.db.vault import Vault
from sokoni.db.writing import write_patiently
from sokoni.dialogue.tables import TableError, TableRow
from sokoni.kit.clock import Clock
from sokoni.language.reading import KnownPlaces
from sokoni.merchants.profile import MerchantProfile
from sokoni.places.gazetteer import Gazetteer
from sokoni.places.service import PlacesService

AT_ONCE: Final = 100
"""Rows of one transaction: a server beside it waits for no longer than they take."""


class Made(StrEnum):
    """What became of a row that was taken."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a row was not taken, for the person who sent the file."""

    reason: str


@dataclass(frozen=True, slots=True)
class Importing:
    """One transaction of an import. Whoever opened the session commits."""

    session: AsyncSession
    vault: Vault
    merchant: MerchantProfile
    places: KnownPlaces
    now: datetime


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A row with its cells under the importer's own names of columns."""

    line: int
    cells: Mapping[str, str]


class Importer(Protocol):
    """Takes rows of one kind of thing. A file taken a second time changes nothing."""

    columns: ClassVar[Mapping[str, Sequence[str]]]
    """Names of columns, and what else they may be called."""
    required: ClassVar[Sequence[str]]
    """Columns without which a file is another kind of file."""
    key: ClassVar[str]
    """The column that tells things apart."""

    def key_of(self, cell: str, merchant: MerchantProfile) -> str:
        """Return what is the same for all spellings of a key."""

    async def take(
        self, importing: Importing, rows: Sequence[ImportRow]
    ) -> Sequence[Made | Refused]:
        """Take what can be taken, and say of each row what became of it, in order."""


@dataclass(slots=True)
class Imported:
    """What became of a file."""

    made: dict[Made, int] = field(default_factory=lambda: dict.fromkeys(Made, 0))
    refused: list[tuple[int, str]] = field(default_factory=list)
    """Line, and why it was not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRun:
    """One file on its way into the database of one merchant.

    Rows are written a hundred at a time. Where it ended half-way, the same file is taken again.
    """

    engine: AsyncEngine
    vault: Vault
    clock: Clock
    merchant: MerchantProfile
    shipped: Gazetteer
    importer: Importer
    otherwise: Mapping[str, str] = field(default_factory=dict)
    """What a row says where it does not say it itself."""

    async def take(self, rows: Sequence[TableRow], done: Callable[[int], None]) -> Imported:
        """Take the rows, and call `done` with how many were looked at since the last call."""
        imported, good = Imported(), list[ImportRow]()
        self._check(rows)
        first: dict[str, int] = {}
        for row in rows:
            known = self._known(row)
            problem = row.problem or self._again(known, first)
            if problem:
                imported.refused.append((row.line, problem))
            else:
                good.append(known)
        done(len(imported.refused))
        for start in range(0, len(good), AT_ONCE):
            chunk = good[start : start + AT_ONCE]
            await self._write(chunk, imported)
            done(len(chunk))
        imported.refused.sort()
        return imported

    def _check(self, rows: Sequence[TableRow]) -> None:
        """Refuse a file in which no row has what every row must have."""
        there = {name for row in rows for name in row.cells}
        for column in self.importer.required:
            others = self.importer.columns[column]
            if there.isdisjoint({column, *others}):
                raise TableError(
                    f"The file has no column {column}, which may be called {', '.join(others)} "
                    f"too. It has {', '.join(sorted(there)) or 'nothing'}."
                )

    def _known(self, row: TableRow) -> ImportRow:
        cells = dict(self.otherwise)
        for column, others in self.importer.columns.items():
            said = (row.cells.get(name, "") for name in (column, *others))
            found = next((cell for cell in said if cell), "")
            if found:
                cells[column] = found
        return ImportRow(row.line, cells)

    def _again(self, row: ImportRow, first: dict[str, int]) -> str:
        cell = row.cells.get(self.importer.key, "")
        key = self.importer.key_of(cell, self.merchant) if cell else ""
        if key and key in first:
            return f"{cell} stands on line {first[key]} already"
        if key:
            first[key] = row.line
        return ""

    async def _write(self, chunk: Sequence[ImportRow], imported: Imported) -> None:
        async def taken(connection: AsyncConnection) -> Sequence[Made | Refused]:
            mode = "rollback_only"
            async with AsyncSession(connection, join_transaction_mode=mode) as session:
                importing = await self._importing(session)
                outcomes = await self.importer.take(importing, chunk)
                await session.flush()
                return outcomes

        outcomes = await write_patiently(self.engine, taken)
        for row, outcome in zip(chunk, outcomes, strict=True):
            if isinstance(outcome, Refused):
                imported.refused.append((row.line, outcome.reason))
            else:
                imported.made[outcome] += 1

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
