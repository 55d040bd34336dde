"""Rows of a file made into what a capability keeps: `sokoni import KIND FILE`."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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
"""Things of one transaction: a server beside it waits for no longer than they take."""


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
class Partly:
    """What became of a thing of which some rows were not taken."""

    made: Made
    refused: Sequence[tuple[int, str]]
    """Line, and why."""


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


@dataclass(frozen=True, slots=True)
class ImportThing:
    """One thing, with the rows that tell of it: one, where the importer does not gather."""

    key: str
    rows: Sequence[ImportRow]

    @property
    def cells(self) -> Mapping[str, str]:
        """Return what its first row says."""
        return self.rows[0].cells


class Importer(Protocol):
    """Takes rows of one kind of thing. A file taken a second time changes nothing."""

    columns: ClassVar[Mapping[str, Sequence[str]]]
    """Names of columns, and what else they may be called."""
    required: ClassVar[Sequence[str]]
    """Columns of which a file without any is another kind of file."""
    gathers: ClassVar[bool]
    """Several rows make a thing: those with its key, and below them those without any. Rows that
    stand far apart are taken one after the other: what some do not tell stays."""

    def key_of(self, cells: Mapping[str, str], merchant: MerchantProfile) -> str:
        """Return what tells the thing from others, however it is spelt; "" where nothing does."""

    async def take(
        self, importing: Importing, things: Sequence[ImportThing]
    ) -> Sequence[Made | Partly | Refused]:
        """Take what can be taken, and say of each thing what became of it, in order."""


@dataclass(slots=True)
class Imported:
    """What became of a file."""

    made: dict[Made, int] = field(default_factory=lambda: dict.fromkeys(Made, 0))
    refused: list[tuple[int, str]] = field(default_factory=list)
    """Line, and why it was not taken."""


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

    async def take(self, rows: Iterable[TableRow], done: Callable[[int], None]) -> Imported:
        """Take the rows, and call `done` with how many were looked at since the last call."""
        imported, made = Imported(), dict[str, Made]()
        for count, things in _Gathering(self, imported).chunks(rows):
            await self._write(things, imported, made)
            done(count)
        for one in made.values():
            imported.made[one] += 1
        imported.refused.sort()
        return imported

    async def _write(
        self, things: Sequence[ImportThing], imported: Imported, made: dict[str, Made]
    ) -> None:
        async def taken(connection: AsyncConnection) -> Sequence[Made | Partly | Refused]:
            mode = "rollback_only"
            async with AsyncSession(connection, join_transaction_mode=mode) as session:
                importing = await self._importing(session)
                outcomes = await self.importer.take(importing, things)
                await session.flush()
                return outcomes

        outcomes = await write_patiently(self.engine, taken)
        for thing, outcome in zip(things, outcomes, strict=True):
            if isinstance(outcome, Refused):
                imported.refused.append((thing.rows[0].line, outcome.reason))
                continue
            if isinstance(outcome, Partly):
                imported.refused += outcome.refused
            now = outcome.made if isinstance(outcome, Partly) else outcome
            made[thing.key] = _together(made.get(thing.key), now)

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


class _Gathering:
    """Rows on their way into things, as many as one transaction takes."""

    def __init__(self, run: ImportRun, imported: Imported) -> None:
        self._run = run
        self._importer = run.importer
        self._imported = imported
        self._first: dict[str, int] = {}
        """Key to the line on which it stands, where each may stand once."""
        self._last = ""
        self._checked = False

    def chunks(self, rows: Iterable[TableRow]) -> Iterator[tuple[int, Sequence[ImportThing]]]:
        """Yield things, and how many rows were looked at for them."""
        things: dict[str, list[ImportRow]] = {}
        looked_at, there = 0, set[str]()
        for row in rows:
            if not self._checked:
                there |= row.cells.keys()
            known = self._known(row)
            key = self._key(row, known)
            if key and key not in things and len(things) >= AT_ONCE:
                self._check(there)
                yield looked_at, _things(things)
                things, looked_at = {}, 0
            looked_at += 1
            if key:
                things.setdefault(key, []).append(known)
        self._check(there)
        yield looked_at, _things(things)

    def _key(self, row: TableRow, known: ImportRow) -> str:
        """Return the key of the thing of a row, "" where the row is not taken."""
        key = self._importer.key_of(known.cells, self._run.merchant)
        if self._importer.gathers:
            key = self._last = key or self._last
            problem = "" if key else "it does not say what it is about"
        else:
            problem = self._again(known, key)
            key = key or f"line {row.line}"
        problem = row.problem or problem
        if problem:
            self._imported.refused.append((row.line, problem))
        return "" if problem else key

    def _again(self, row: ImportRow, key: str) -> str:
        """Return why a row is not taken whose key stands further up."""
        if key and key in self._first:
            said = next(row.cells[one] for one in self._importer.required if one in row.cells)
            return f"{said} stands on line {self._first[key]} already"
        if key:
            self._first[key] = row.line
        return ""

    def _known(self, row: TableRow) -> ImportRow:
        """Return the row with the importer's own names of columns."""
        cells = dict(self._run.otherwise)
        for column, others in self._importer.columns.items():
            said = (row.cells.get(name, "") for name in (column, *others))
            found = next((cell for cell in said if cell), "")
            if found:
                cells[column] = found
        return ImportRow(row.line, cells)

    def _check(self, there: Collection[str]) -> None:
        """Refuse a file of which no row so far has what some row must have."""
        if self._checked:
            return
        self._checked = True
        columns = self._importer.columns
        wanted = {one: columns[one] for one in self._importer.required}
        if {*wanted, *(name for others in wanted.values() for name in others)} & {*there}:
            return
        called = "; or ".join(
            f"{one}, which may be called {', '.join(others)} too" for one, others in wanted.items()
        )
        raise TableError(
            f"The file has no column {called}. It has {', '.join(sorted(there)) or 'nothing'}."
        )


def _things(rows: Mapping[str, Sequence[ImportRow]]) -> list[ImportThing]:
    return [ImportThing(key, its) for key, its in rows.items()]


def _together(before: Made | None, now: Made) -> Made:
    """Return what became of a thing whose rows were taken one after the other."""
    if before is None or before is Made.SAME:
        return now
    return before
