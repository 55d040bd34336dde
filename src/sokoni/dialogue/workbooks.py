"""Workbooks, whose library is imported when the first one comes: it costs a process 18 MB."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any, BinaryIO, Final, Protocol, TypeAlias, cast

SIGNATURE: Final = b"PK\x03\x04"
"""What a workbook begins with."""


class SheetError(ValueError):
    """The file is no workbook that can be read."""


class SheetWriting(Protocol):
    """Writes rows of cells into a sheet."""

    def write(self, cells: Sequence[str]) -> None: ...
    def close(self) -> None: ...


Sheet: TypeAlias = Callable[[], Iterator[tuple[int, Sequence[str]]]]
"""Reads a sheet from its beginning: each row's number, and its cells as text."""


class Book(Protocol):
    """An opened workbook."""

    sheets: Mapping[str, Sheet]
    """Those that are shown, by name."""


def open_book(file: BinaryIO) -> AbstractContextManager[Book]:
    """Open a workbook; whoever reads what is none meets `SheetError`."""
    return cast("AbstractContextManager[Book]", _sheets().open_book(file))


def sheet_writer(file: BinaryIO, title: str) -> SheetWriting:
    return cast("SheetWriting", _sheets().SheetWriter(file, title))


def _sheets() -> Any:  # noqa: ANN401 -- a module
    return import_module("sokoni.dialogue.sheets")
