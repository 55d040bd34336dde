"""Records of a CSV file with their lines: one that is broken costs no other."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_LONGEST_CELL: Final = 4 * 1024 * 1024
"""Descriptions of web shops go beyond what the module takes by itself."""
csv.field_size_limit(_LONGEST_CELL)


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one row, which may stand on several lines."""

    line: int
    cells: Sequence[str]
    problem: str = ""


def records(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Yield records. A quotation mark that nobody closed spoils its own line alone."""
    source = _Source(lines)
    while True:
        line = source.begin()
        try:
            record = Record(line, next(csv.reader(source, delimiter=delimiter)))
        except StopIteration:
            return
        except csv.Error as error:
            record = Record(line, (), f"it cannot be read ({error})")
        if len(source.taken) > 1 and not _is_whole(source.taken, delimiter):
            source.give_back()
            record = Record(line, (), "a quotation mark is opened in it and not closed")
        yield record


class _Source:
    """Lines that know how many were taken, and can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._waiting: deque[str] = deque()
        self._number = 0
        self.taken: list[str] = []

    def __iter__(self) -> "_Source":
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else next(self._lines)
        self.taken.append(line)
        self._number += 1
        return line

    def begin(self) -> int:
        """Return the number of the line with which the next record begins."""
        self.taken = []
        return self._number + 1

    def give_back(self) -> None:
        """Have all lines but the record's first be read again."""
        self._waiting.extendleft(reversed(self.taken[1:]))
        self._number -= len(self.taken) - 1


def _is_whole(lines: Sequence[str], delimiter: str) -> bool:
    """Tell whether lines are one record by the letter: no mark is open or stands within."""
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False
