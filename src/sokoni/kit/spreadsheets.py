"""Files for spreadsheets: lines of CSV, and cells that would be taken for a formula, and run."""

import csv
import io
import re
from collections.abc import Sequence
from typing import Final

UTF8_MARK: Final = "\ufeff"
"""First of all: by it, spreadsheets know that a file is UTF-8."""

# Blanks before a sign are cut off by some; a tab or a line's end begins another cell in others.
_RECKONED: Final = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def csv_line(cells: Sequence[str]) -> str:
    """Return the line with its end."""
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _RECKONED.match(cell) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _RECKONED.match(cell) else cell
