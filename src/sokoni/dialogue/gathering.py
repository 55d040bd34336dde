"""Rows of a file gathered into things: what has one key is one, each part of it said once."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from sokoni.dialogue.importing import Imported, Importer, ImportRow, ImportThing
from sokoni.dialogue.tables import TableError, TableRow
from sokoni.merchants.profile import MerchantProfile

AT_ONCE: Final = 100
"""Things of one transaction: a server beside it waits for no longer than they take."""
_ABOUT_NOTHING: Final = "it does not say what it is about"


def known_in(names: Mapping[str, Sequence[str]]) -> set[str]:
    """Return all names under which columns may stand."""
    return {name for each in names.values() for name in each}


class Gathering:
    """Rows on their way into things, as many as one transaction takes."""

    def __init__(
        self,
        importer: Importer,
        merchant: MerchantProfile,
        names: Mapping[str, Sequence[str]],
        otherwise: Mapping[str, str],
        imported: Imported,
    ) -> None:
        self._importer = importer
        self._merchant = merchant
        self._names = names
        self._otherwise = otherwise
        self._imported = imported
        self._first: dict[tuple[str, str], int] = {}
        """The line on which a thing stands, or a part of one, since each may stand once."""
        self._last = ""
        self._checked = False
        self.named: set[str] = set()
        """Keys of all things that the rows name, also of those that are not taken."""

    def chunks(self, rows: Iterable[TableRow]) -> Iterator[tuple[int, Sequence[ImportThing]]]:
        """Yield things, and how many rows were looked at for them."""
        things: dict[str, list[ImportRow]] = {}
        looked_at, there = 0, set[str]()
        for row in rows:
            if not self._checked:
                there |= row.cells.keys()
            known = self._known(row)
            key = self._key(row, known)
            if key and key not in things and len(things) >= AT_ONCE:
                self._check(there)
                yield looked_at, _things(things)
                things, looked_at = {}, 0
            looked_at += 1
            if key:
                things.setdefault(key, []).append(known)
        self._check(there)
        yield looked_at, _things(things)

    def _key(self, row: TableRow, known: ImportRow) -> str:
        """Return the key of the thing of a row, "" where the row is not taken."""
        key = self._importer.key_of(known.cells, self._merchant)
        if self._importer.gathers:
            key = self._last = key or self._last
            part = self._importer.part_of(known.cells)
            problem = self._again(row, (key, part), part) if key else _ABOUT_NOTHING
        else:
            problem = self._again(row, (key, key), self._named(known))
            key = key or f"line {row.line}"
        problem = row.problem or problem
        self.named.add(key)
        if problem:
            self._imported.refused.append((row.line, problem))
        return "" if problem else key

    def _again(self, row: TableRow, which: tuple[str, str], said: str) -> str:
        """Return why a row is not taken that says again what stands further up."""
        if row.problem or not all(which):
            return ""
        first = self._first.setdefault(which, row.line)
        return "" if first == row.line else f"{said} stands on line {first} already"

    def _named(self, row: ImportRow) -> str:
        return next((row.cells[one] for one in self._importer.required if one in row.cells), "")

    def _known(self, row: TableRow) -> ImportRow:
        """Return the row with the importer's own names of columns."""
        cells = dict(self._otherwise)
        for column, names in self._names.items():
            said = (row.cells.get(name, "") for name in names)
            found = next((cell for cell in said if cell), "")
            if found:
                cells[column] = found
        return ImportRow(row.line, cells)

    def _check(self, there: Collection[str]) -> None:
        """Refuse a file of which no row so far has what some row must have."""
        if self._checked:
            return
        self._checked = True
        self._imported.unread = sorted({*there} - known_in(self._names))
        wanted = [self._names[one] for one in self._importer.required]
        if {name for names in wanted for name in names} & {*there}:
            return
        called = "; or ".join(_called(names) for names in wanted)
        raise TableError(
            f"The file has no column {called}. It has {', '.join(sorted(there)) or 'nothing'}."
        )


def _called(names: Sequence[str]) -> str:
    one, *others = names
    return f"{one}, which may be called {', '.join(others)} too" if others else one


def _things(rows: Mapping[str, Sequence[ImportRow]]) -> list[ImportThing]:
    return [ImportThing(key, its) for key, its in rows.items()]
