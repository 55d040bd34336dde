"""Which row of a table names its columns: people put titles, dates and groups above it."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from sokoni.kit.text import clean

AHEAD: Final = 20
"""Rows among which it stands."""
_NOT_IN_NAMES: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Head:
    """The row that names the columns."""

    place: int
    """How many rows that say something stand above it."""
    names: Sequence[str]
    known: int
    """How many of the names are known."""


def column_named(name: str) -> str:
    """Return a column's name as it is compared: "Whatsapp Number " is `whatsapp_number`."""
    return _NOT_IN_NAMES.sub("_", clean(name).casefold()).strip("_")


def find_head(rows: Iterable[Sequence[str]], known: Collection[str]) -> Head | None:
    """Return the row with most names that are known, else the first; None where all are blank."""
    best: Head | None = None
    above: Sequence[str] = ()
    for place, row in enumerate(row for row in rows if any(cell.strip() for cell in row)):
        names = [column_named(cell) for cell in row]
        count = len({*names}.intersection(known))
        if best is None or count > best.known:
            best = Head(place, _grouped(names, above, known), count)
        above = names
    return best


def _grouped(names: Sequence[str], above: Sequence[str], known: Collection[str]) -> list[str]:
    """Return the names, or of columns without a known one that of the group above them."""
    pairs = zip_longest(names, above, fillvalue="")
    return [name if name in known or group not in known else group for name, group in pairs]
