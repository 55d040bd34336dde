"""Cells that a spreadsheet would take for a formula, and run."""

import re
from typing import Final

# Blanks before a sign are cut off by some; a tab or a line's end begins another cell in others.
_RECKONED: Final = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _RECKONED.match(cell) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _RECKONED.match(cell) else cell
