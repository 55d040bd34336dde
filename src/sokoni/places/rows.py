"""The gazetteer's rows as they stand in its data files."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from sokoni.language.reading import KnownPlace
from sokoni.language.words import words_of

COUNTRY: Final = "ZW"


@dataclass(frozen=True, slots=True)
class Row:
    """One place, its other names, how big it is (1 is biggest), and who says so."""

    place: KnownPlace
    aliases: tuple[str, ...]
    size: int
    source: str


def key_of(name: str) -> str:
    """Return a name as it is compared: folded, without signs."""
    tokens = words_of(name).tokens
    return " ".join(
        token.folded.replace("'", "") for token in tokens if token.is_word or token.is_number
    )


@cache
def shipped_rows() -> Sequence[Row]:
    """Return the places we ship, read once: towns first, each suburb as important as its town."""
    return tuple(_read())


def _read() -> Iterator[Row]:
    sizes: dict[str, int] = {}
    for row in _lines("towns.csv"):
        sizes[row["name"]] = int(row["size"])
        yield _row(row, row["name"], int(row["size"]))
    for row in _lines("suburbs.csv"):
        yield _row(row, row["town"], sizes[row["town"]])


def _lines(name: str) -> Iterator[Mapping[str, str]]:
    text = (files("sokoni.places") / "data" / name).read_text("utf-8")
    return csv.DictReader(text.splitlines())


def _row(row: Mapping[str, str], town: str, size: int) -> Row:
    suburb = "town" in row
    named = f"{town} {row['name']}" if suburb else row["name"]
    place = KnownPlace(
        id=f"{COUNTRY}-{named}".lower().replace(" ", "-").replace("'", ""),
        name=row["name"],
        town=town,
        country=COUNTRY,
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        kind="suburb" if suburb else "town",
    )
    aliases = tuple(alias for alias in row["aliases"].split("|") if alias)
    return Row(place, aliases, size, row["source"])
