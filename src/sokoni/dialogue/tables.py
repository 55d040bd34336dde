"""Tables as people send them: CSV of any program, XLSX or JSON, each row with its line."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO, Final

from sokoni.dialogue.encodings import lines_of
from sokoni.dialogue.workbooks import SIGNATURE, SheetError, sheet_rows
from sokoni.errors import AppError
from sokoni.kit.text import clean

_DELIMITERS: Final = ",;\t|"
_NOT_IN_NAMES: Final = re.compile(r"[\W_]+")
_JSON_SPACE: Final = re.compile(r"[\s,]*")
_SEPARATOR: Final = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_BETWEEN_VALUES: Final = "; "
_NOTHING: Final = "\n"
"""Stands for a line that says nothing of what is in the table."""
_LONGEST_CELL: Final = 4 * 1024 * 1024
"""Descriptions of web shops go beyond what the module takes by itself."""
csv.field_size_limit(_LONGEST_CELL)


class TableError(AppError):
    """The file is no table that can be read."""

    code = "table_unreadable"
    http_status = 422


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its cells by the name of their column, without those that are empty."""

    line: int
    """Where it begins in the file, the first line being 1."""
    cells: Mapping[str, str]
    problem: str = ""
    """Why nothing can be made of it."""


def rows_of(file: BinaryIO) -> Iterator[TableRow]:
    """Yield the rows of a CSV, XLSX or JSON file; blank ones are left out.

    Of CSV and XLSX no more is held than the row at hand. Column names are compared in lower case,
    words joined by `_`. Raises `TableError` where there is no table at all.
    """
    start = file.read(len(SIGNATURE))
    file.seek(0)
    return _sheet_rows(file) if start == SIGNATURE else _text_rows(lines_of(file))


def _text_rows(lines: Iterator[str]) -> Iterator[TableRow]:
    before = _up_to_text(lines)
    if not before:
        raise TableError("The file is empty.")
    if before[-1].lstrip()[0] in "[{":
        return _json_rows("".join([*before, *lines]))
    return _csv_rows(before, lines)


def _up_to_text(lines: Iterator[str]) -> list[str]:
    """Take lines up to the first that is not blank; nothing where all are."""
    taken: list[str] = []
    for line in lines:
        taken.append(line)
        if clean(line).strip():
            return taken
    return []


def column_named(name: str) -> str:
    """Return a column's name as it is compared: "Whatsapp Number " is `whatsapp_number`."""
    return _NOT_IN_NAMES.sub("_", clean(name).casefold()).strip("_")


# --- CSV -----------------------------------------------------------------------------------------


def _csv_rows(before: list[str], lines: Iterator[str]) -> Iterator[TableRow]:
    """Read lines, of which those up to the first that is not blank were taken already."""
    said = _SEPARATOR.fullmatch(before[-1]) if len(before) == 1 else None
    before = [_NOTHING, *_up_to_text(lines)] if said else before
    delimiter = said[1] if said else max(_DELIMITERS, key=before[-1].count)
    reader = csv.reader(chain(before, lines), delimiter=delimiter)
    names: list[str] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = [clean(cell).strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            yield TableRow(line, {}, f"it cannot be read ({error}), and nothing below it was")
            return
        if not any(cells):
            continue
        if names:
            yield _row(line, names, cells)
        names = names or [column_named(cell) for cell in cells]


def _row(line: int, names: list[str], cells: list[str]) -> TableRow:
    problem = (
        "it has more cells than the first line has columns" if any(cells[len(names) :]) else ""
    )
    said: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if name and cell:
            said.setdefault(name, cell)
    return TableRow(line, said, problem)


# --- XLSX ----------------------------------------------------------------------------------------


def _sheet_rows(file: BinaryIO) -> Iterator[TableRow]:
    names: list[str] = []
    try:
        for line, row in sheet_rows(file):
            cells = [clean(cell).strip() for cell in row]
            if names and any(cells):
                yield _row(line, names, cells)
            names = names or [column_named(cell) for cell in cells if any(cells)]
    except SheetError as error:
        raise TableError(f"The workbook cannot be read: {error}.") from error
    if not names:
        raise TableError("The first sheet is empty.")


# --- JSON ----------------------------------------------------------------------------------------


def _json_rows(text: str) -> Iterator[TableRow]:
    """Yield the objects of a list, of a list within an object, or of one line each."""
    start = text.index("[") if _is_list(text) else None
    place = 0 if start is None else start + 1
    decoder = json.JSONDecoder()
    while True:
        space = _JSON_SPACE.match(text, place)
        place = space.end() if space else place
        if place >= len(text) or (start is not None and text[place] == "]"):
            return
        line = text.count("\n", 0, place) + 1
        try:
            value, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            raise TableError(f"Line {error.lineno} is no JSON: {error.msg}.") from error
        yield _object(line, value)


def _is_list(text: str) -> bool:
    """Tell a list, or an object that holds one and nothing before it, from objects by line."""
    return re.match(r'\s*(?:\{\s*"[^"]*"\s*:\s*)?\[\s*(?:[{\]])', text) is not None


def _object(line: int, value: object) -> TableRow:
    if not isinstance(value, dict):
        return TableRow(line, {}, "it is no object with names and values")
    cells = {column_named(name): _cell(one) for name, one in value.items()}
    return TableRow(line, {name: cell for name, cell in cells.items() if name and cell})


def _cell(value: Any) -> str:  # noqa: ANN401 -- whatever JSON holds
    if value is None:
        return ""
    if isinstance(value, list):
        return _BETWEEN_VALUES.join(_cell(one) for one in value)
    if isinstance(value, dict):
        return json.dumps(value)
    return clean(str(value)).strip()
