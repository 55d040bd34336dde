"""Tables as people send them: CSV of any program, XLSX or JSON, each row with its line."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, BinaryIO, Final

from sokoni.dialogue.encodings import lines_of
from sokoni.dialogue.heads import AHEAD, Head, column_named, find_head
from sokoni.dialogue.records import records
from sokoni.dialogue.workbooks import SIGNATURE, Sheet, SheetError, open_book
from sokoni.errors import AppError
from sokoni.kit.text import clean

_DELIMITERS: Final = ",;\t|"
_JSON_SPACE: Final = re.compile(r"[\s,]*")
_SEPARATOR: Final = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_TABLE: Final = 2
"""So many columns that are known make a sheet a table, and no page with a word or two."""
_BETWEEN_VALUES: Final = "; "
_NOTHING: Final = "\n"
"""Stands for a line that says nothing of what is in the table."""
_WRONG: Final = frozenset(
    ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"]
)
"""What a spreadsheet shows for a formula that came to nothing."""


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


def rows_of(
    file: BinaryIO, known: Collection[str] = (), *, encoding: str = "", sheet: str = ""
) -> Iterator[TableRow]:
    """Yield the rows of a CSV, XLSX or JSON file; blank ones are left out.

    `known`: names of columns, by which the row that names them is found, and in a workbook the
    sheet, unless `sheet` names it; else it is the first. `encoding`: of a CSV or JSON file; ""
    has each line tell. Of CSV and XLSX no more is held than the rows at hand. Column names are
    compared in lower case, words joined by `_`. Raises `TableError` where there is no table at
    all, or several sheets have one and none is named.
    """
    start = file.read(len(SIGNATURE))
    file.seek(0)
    if start == SIGNATURE:
        return _sheet_rows(file, known, sheet)
    if sheet:
        raise TableError("Only a workbook has sheets.")
    return _text_rows(lines_of(file, encoding), known)


def _text_rows(lines: Iterator[str], known: Collection[str]) -> Iterator[TableRow]:
    before = _up_to_text(lines)
    if not before:
        raise TableError("The file is empty.")
    if before[-1].lstrip()[0] in "[{":
        return _json_rows("".join([*before, *lines]))
    return _csv_rows(before, lines, known)


def _up_to_text(lines: Iterator[str]) -> list[str]:
    """Take lines up to the first that is not blank; nothing where all are."""
    taken: list[str] = []
    for line in lines:
        taken.append(line)
        if clean(line).strip():
            return taken
    return []


# --- CSV -----------------------------------------------------------------------------------------


def _csv_rows(
    before: list[str], lines: Iterator[str], known: Collection[str]
) -> Iterator[TableRow]:
    """Read lines, of which those up to the first that is not blank were taken already."""
    said = _SEPARATOR.fullmatch(before[-1]) if len(before) == 1 else None
    before = [_NOTHING, *_up_to_text(lines)] if said else before
    ahead = [*before, *islice(lines, AHEAD)]
    delimiter, head = _laid_out(ahead, before[-1], said[1] if said else _DELIMITERS, known)
    place = -1
    for record in records(chain(ahead, lines), delimiter):
        cells = [clean(cell).strip() for cell in record.cells]
        if not any(cells) and not record.problem:
            continue
        place += 1
        if place > head.place:
            row = _row(record.line, head.names, cells)
            yield replace(row, problem=record.problem or row.problem)


def _laid_out(
    ahead: Sequence[str], first: str, delimiters: str, known: Collection[str]
) -> tuple[str, Head]:
    """Return what parts the cells, and the head that is known best by it."""
    heads = {one: _head(ahead, one, known) for one in delimiters}
    best = max(heads, key=lambda one: (heads[one].known, first.count(one)))
    return best, heads[best]


def _head(lines: Sequence[str], delimiter: str, known: Collection[str]) -> Head:
    """Return the head of a file of which only the first lines are there."""
    return find_head((one.cells for one in records(lines, delimiter)), known) or Head(0, (), 0)


def _row(line: int, names: Sequence[str], cells: Sequence[str]) -> TableRow:
    said: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if name and cell:
            said.setdefault(name, cell)
    if any(cells[len(names) :]):
        return TableRow(line, said, "it has more cells than the first line has columns")
    wrong = [f"{name} is {cell}" for name, cell in said.items() if cell.upper() in _WRONG]
    return TableRow(line, said, f"a formula went wrong: {', '.join(wrong)}" if wrong else "")


# --- XLSX ----------------------------------------------------------------------------------------


def _sheet_rows(file: BinaryIO, known: Collection[str], named: str) -> Iterator[TableRow]:
    """Read the sheet that is named, else the only one with a table."""
    try:
        with open_book(file) as book:
            sheets = book.sheets if not named else _sheet_named(book.sheets, named)
            heads = {name: find_head(_ahead(one), known) for name, one in sheets.items()}
            there = {name: head for name, head in heads.items() if head is not None}
            if not there:
                raise TableError(f"{named or 'The workbook'} is empty.")
            name = _with_table(there)
            yield from _below(sheets[name], there[name])
    except SheetError as error:
        raise TableError(f"The workbook cannot be read: {error}.") from error


def _sheet_named(sheets: Mapping[str, Sheet], named: str) -> Mapping[str, Sheet]:
    """Return the sheet of that name, or say which there are."""
    asked = named.strip().casefold()
    found = {name: one for name, one in sheets.items() if name.strip().casefold() == asked}
    if not found:
        raise TableError(f"There is no sheet {named}: there are {', '.join(sheets)}.")
    return found


def _with_table(heads: Mapping[str, Head]) -> str:
    """Return the sheet whose columns are known best, the first where none is known.

    Where several have more than one column that is known, nobody can tell which is meant.
    """
    tables = [name for name, head in heads.items() if head.known >= _TABLE]
    if len(tables) > 1:
        raise TableError(f"Several sheets have a table, say which: {', '.join(tables)}.")
    return max(heads, key=lambda name: heads[name].known)


def _ahead(sheet: Sheet) -> Iterator[Sequence[str]]:
    said = (row for _, row in sheet() if any(row))
    return islice(said, AHEAD)


def _below(sheet: Sheet, head: Head) -> Iterator[TableRow]:
    place = -1
    for line, row in sheet():
        cells = [clean(cell).strip() for cell in row]
        place += any(cells)
        if place > head.place and any(cells):
            yield _row(line, head.names, cells)


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
