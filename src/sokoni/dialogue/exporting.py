"""What a capability keeps made into rows of a file: `sokoni export KIND FILE`."""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from enum import StrEnum
from typing import BinaryIO, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.dialogue.workbooks import sheet_writer
from sokoni.kit.clock import Clock
from sokoni.merchants.profile import MerchantProfile


class FileFormat(StrEnum):
    """What a file of rows may be."""

    CSV = "csv"
    XLSX = "xlsx"


class Exporter(Protocol):
    """Gives out the rows of one kind of thing, so that the importer of it takes them again."""

    def columns(self, merchant: MerchantProfile) -> Sequence[str]:
        """Return the names of the columns, in order."""

    def rows(
        self, session: AsyncSession, merchant: MerchantProfile, clock: Clock
    ) -> AsyncIterator[Mapping[str, str]]:
        """Yield rows, a few read at a time."""


class RowWriter(Protocol):
    """Writes rows of cells into a file."""

    def write(self, cells: Sequence[str]) -> None: ...
    def close(self) -> None: ...


class _CsvWriter:
    """Writes UTF-8 with the mark by which Excel knows it."""

    def __init__(self, file: BinaryIO) -> None:
        self._text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
        self._rows = csv.writer(self._text)

    def write(self, cells: Sequence[str]) -> None:
        self._rows.writerow(cells)

    def close(self) -> None:
        self._text.detach()


def writer_for(file: BinaryIO, kind: FileFormat, title: str) -> RowWriter:
    return sheet_writer(file, title) if kind is FileFormat.XLSX else _CsvWriter(file)


async def write_rows(
    writer: RowWriter, names: Sequence[str], rows: AsyncIterator[Mapping[str, str]]
) -> int:
    """Write the rows under the names of their columns; return how many there are."""
    count = 0
    writer.write(names)
    async for row in rows:
        writer.write([row.get(name, "") for name in names])
        count += 1
    writer.close()
    return count
