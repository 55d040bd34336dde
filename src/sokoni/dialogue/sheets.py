"""The sheets of a workbook, row by row: what Excel and LibreOffice save as XLSX.

Found by name where a workbook comes (`dialogue/workbooks.py`): its library costs 18 MB.
"""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import partial
from typing import Any, BinaryIO, Final

from openpyxl import Workbook, load_workbook

from sokoni.dialogue.workbooks import Sheet, SheetError

LARGEST: Final = 512 * 1024 * 1024
"""Bytes that a workbook may unfold to."""

_DAMAGED: Final = (zipfile.BadZipFile, KeyError, IndexError, OSError, SyntaxError, ValueError)
"""What reading a file that is no whole workbook ends with: bad XML is a `SyntaxError`."""


class OpenedBook:
    """The sheets of a workbook."""

    def __init__(self, sheets: Sequence[Any]) -> None:
        shown = [one for one in sheets if one.sheet_state == "visible"]
        self.sheets: Mapping[str, Sheet] = {
            one.title: partial(_rows, one) for one in shown or sheets
        }


@contextmanager
def open_book(file: BinaryIO) -> Iterator[OpenedBook]:
    """Open a workbook; raise `SheetError` where it cannot be read, also later on."""
    _check_size(file)
    try:
        book = load_workbook(file, read_only=True, data_only=True)
        yield OpenedBook(book.worksheets)
        book.close()
    except _DAMAGED as error:
        raise SheetError(str(error)) from error


def _rows(sheet: Any) -> Iterator[tuple[int, Sequence[str]]]:  # noqa: ANN401 -- openpyxl's
    # Programs write sizes that are not so; then only the first row would be read.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        yield number, [_text(cell) for cell in row]


class SheetWriter:
    """Writes one sheet, of text cells only."""

    def __init__(self, file: BinaryIO, title: str) -> None:
        self._file = file
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet(title)

    def write(self, cells: Sequence[str]) -> None:
        self._sheet.append(list(cells))

    def close(self) -> None:
        self._book.save(self._file)


def _check_size(file: BinaryIO) -> None:
    """Refuse a small file that unfolds to an enormous one."""
    try:
        with zipfile.ZipFile(file) as parts:
            size = sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile as error:
        raise SheetError("it is damaged") from error
    if size > LARGEST:
        raise SheetError("it is too large")
    file.seek(0)


def _text(cell: Any) -> str:  # noqa: ANN401 -- whatever a workbook holds
    """Return a cell as somebody would have typed it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)


def _number(value: float) -> str:
    """Return a number without what binary fractions add to it."""
    return f"{value:.15g}" if "e" not in f"{value:.15g}" else f"{value:f}".rstrip("0").rstrip(".")
