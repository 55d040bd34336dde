"""What takes rows of a file into what a capability keeps: `sokoni import KIND FILE`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.language.reading import KnownPlaces
from sokoni.merchants.profile import MerchantProfile


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


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What one transaction withdrew."""

    names: Sequence[str]
    last: UUID | None
    """Where it goes on; None: that was all."""


class CannotWithdrawError(AppError):
    """What a file of this kind does not name cannot be withdrawn."""

    code = "cannot_withdraw"
    http_status = 422


class Importer(Protocol):
    """Takes rows of one kind of thing. A file taken a second time changes nothing."""

    columns: ClassVar[Mapping[str, Sequence[str]]]
    """Names of columns, and what else they may be called."""
    required: ClassVar[Sequence[str]]
    """Columns of which a file without any is another kind of file."""
    withdraws: ClassVar[bool] = False
    """It can withdraw what a file does not name."""
    gathers: ClassVar[bool]
    """Several rows make a thing: those with its key, and below them those without any. Rows that
    stand far apart are taken one after the other: what some do not tell stays."""

    def key_of(self, cells: Mapping[str, str], merchant: MerchantProfile) -> str:
        """Return what tells the thing from others, however it is spelt; "" where nothing does."""

    def part_of(self, cells: Mapping[str, str]) -> str:  # noqa: ARG002 -- for those that gather
        """Return which part of its thing a row is, for importers that gather.

        A part stands once in a file, or its last row would win; "" is no part and may come again.
        """
        return ""

    async def take(
        self, importing: Importing, things: Sequence[ImportThing]
    ) -> Sequence[Made | Partly | Refused]:
        """Take what can be taken, and say of each thing what became of it, in order."""

    async def withdraw(
        self,
        importing: Importing,
        named: Collection[str],  # noqa: ARG002 -- for those that withdraw
        after: UUID | None,  # noqa: ARG002
    ) -> Withdrawn:
        """Withdraw some of what stands behind `after` and has none of the keys, oldest first."""
        raise CannotWithdrawError(importing.merchant.slug)


@dataclass(slots=True)
class Imported:
    """What became of a file."""

    made: dict[Made, int] = field(default_factory=lambda: dict.fromkeys(Made, 0))
    refused: list[tuple[int, str]] = field(default_factory=list)
    """Line, and why it was not taken."""
    unread: Sequence[str] = ()
    """Columns of the file that say nothing to the importer."""
    withdrawn: list[str] = field(default_factory=list)
    """What the file does not name, and is withdrawn."""
