"""Tables as people send them: CSV out of any spreadsheet, or JSON, each row with its line."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sokoni.errors import AppError
from sokoni.kit.text import clean

_MARK: Final = b"\xef\xbb\xbf"
_DELIMITERS: Final = ",;\t|"
_NOT_IN_NAMES: Final = re.compile(r"[\W_]+")
_JSON_SPACE: Final = re.compile(r"[\s,]*")
_SEPARATOR: Final = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_BETWEEN_VALUES: Final = "; "


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


def rows_of(data: bytes) -> Iterator[TableRow]:
    """Yield the rows of a CSV or JSON file; blank ones are left out.

    Column names are compared in lower case, words joined by `_`. Raises `TableError` where there
    is no table at all.
    """
    text = _decoded(data)
    if not text.strip():
        raise TableError("The file is empty.")
    return _json_rows(text) if text.lstrip()[0] in "[{" else _csv_rows(text)


def column_named(name: str) -> str:
    """Return a column's name as it is compared: "Whatsapp Number " is `whatsapp_number`."""
    return _NOT_IN_NAMES.sub("_", clean(name).casefold()).strip("_")


def _decoded(data: bytes) -> str:
    """Read UTF-8, UTF-16 with its mark, or else what Windows writes."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    try:
        return data.removeprefix(_MARK).decode("utf-8")
    except UnicodeDecodeError:
        return data.removeprefix(_MARK).decode("cp1252", "replace")


# --- CSV -----------------------------------------------------------------------------------------


def _csv_rows(text: str) -> Iterator[TableRow]:
    said = _SEPARATOR.fullmatch(text.split("\n", 1)[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    names: list[str] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = [clean(cell).strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise TableError(f"Line {line} cannot be read: {error}.") from error
        if not any(cells) or (said and line == 1):
            continue
        if not names:
            names = [column_named(cell) for cell in cells]
            continue
        yield _row(line, names, cells)


def _delimiter(text: str) -> str:
    """Return what parts the cells of the header."""
    lines = text.splitlines()
    said = _SEPARATOR.fullmatch(lines[0])
    if said:
        return said[1]
    header = next(line for line in lines if line.strip())
    return max(_DELIMITERS, key=header.count)


def _row(line: int, names: list[str], cells: list[str]) -> TableRow:
    problem = (
        "it has more cells than the first line has columns" if any(cells[len(names) :]) else ""
    )
    said: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if name and cell:
            said.setdefault(name, cell)
    return TableRow(line, said, problem)


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
