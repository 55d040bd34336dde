"""Workbooks, whose library is imported when the first one comes: it costs a process 18 MB."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, BinaryIO, Final, Protocol, cast

SIGNATURE: Final = b"PK\x03\x04"
"""What a workbook begins with."""


class SheetError(ValueError):
    """The file is no workbook that can be read."""


class SheetWriting(Protocol):
    """Writes rows of cells into a sheet."""

    def write(self, cells: Sequence[str]) -> None: ...
    def close(self) -> None: ...


def sheet_rows(file: BinaryIO) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the cells of each row of the first sheet as text, with the row's number."""
    return cast("Iterator[tuple[int, Sequence[str]]]", _sheets().sheet_rows(file))


def sheet_writer(file: BinaryIO, title: str) -> SheetWriting:
    return cast("SheetWriting", _sheets().SheetWriter(file, title))


def _sheets() -> Any:  # noqa: ANN401 -- a module
    return import_module("sokoni.dialogue.sheets")
