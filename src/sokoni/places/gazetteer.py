"""Places found by name, by what is nearly their name, and by a point."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rapidfuzz import fuzz, process
from typing_extensions import override

from sokoni.language.reading import IndexedPlaces, KnownPlace, KnownPlaces
from sokoni.places.borders import inside
from sokoni.places.distance import Point, km_between
from sokoni.places.rows import Row, key_of, shipped_rows

_IS_KEY: Final = re.compile(r"[a-z]+(?: [a-z]+)*")
_ALIKE: Final = 74.0
_EXACTLY: Final = 100.0
_REACH_KM: Final = {"suburb": 3.0, "locality": 3.0, "town": 30.0}
_ROUGH_DEGREES: Final = 0.5


class Gazetteer(KnownPlaces, IndexedPlaces):
    """Known places by name and by point: those we ship, or those it is given. Immutable."""

    def __init__(self, rows: Iterable[Row] | None = None) -> None:
        known = tuple(shipped_rows() if rows is None else rows)
        self._rows = known
        self._names: dict[str, list[KnownPlace]] = {}
        self.by_id: Mapping[str, Row] = {row.place.id: row for row in known}
        # Towns before suburbs, big before small: so the first of equal names is the likeliest.
        for row in sorted(known, key=lambda row: (row.place.kind != "town", row.size)):
            self._add(row)
        self._first_words = frozenset(key.split()[0] for key in self._names)
        self._longest = max((key.count(" ") + 1 for key in self._names), default=1)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    @override
    def named(self, text: str, country: str) -> KnownPlace | None:
        # Readers try many words, most of which name nothing: those must cost next to nothing.
        key = text if _IS_KEY.fullmatch(text) else key_of(text)
        for place in self._names.get(key, ()):
            if place.country == country:
                return place
        return None

    @override
    def like(self, text: str, country: str, *, limit: int = 3) -> Sequence[KnownPlace]:
        """Return exact homonyms first, then near spellings."""
        return tuple(place for _, place in self.scored(text, country, limit))

    def scored(self, text: str, country: str, limit: int) -> Sequence[tuple[float, KnownPlace]]:
        """Return the same, each with how like its name is, up to 100."""
        wanted = key_of(text)
        if not wanted:
            return ()
        near = process.extract(
            wanted, self._names.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=limit * 4
        )
        keys = {wanted: _EXACTLY} | {key: score for key, score, _ in near}
        found: dict[str, tuple[float, KnownPlace]] = {}
        for key, score in keys.items():
            for place in self._names.get(key, ()):
                if place.country == country:
                    found.setdefault(place.id, (score, place))
        return tuple(found.values())[:limit]

    @override
    def nearest(self, latitude: float, longitude: float) -> KnownPlace | None:
        """Return the nearest place that reaches so far: a suburb a little, a town far."""
        return min(self.near(latitude, longitude), default=(0.0, None), key=lambda pair: pair[0])[
            1
        ]

    def near(self, latitude: float, longitude: float) -> Sequence[tuple[float, KnownPlace]]:
        """Return every place that reaches so far, on the same side of a border, with its km."""
        here = Point(latitude, longitude)
        return [
            (distance, place)
            for place in self._close_to(here)
            if (distance := km_between(here, Point(place.latitude, place.longitude)))
            <= _REACH_KM[place.kind]
            and inside(here, place.country)
        ]

    @override
    def around(self, latitude: float, longitude: float) -> KnownPlace | None:
        return min(
            self.distances(latitude, longitude), default=(0.0, None), key=lambda pair: pair[0]
        )[1]

    def distances(self, latitude: float, longitude: float) -> Iterable[tuple[float, KnownPlace]]:
        """Return every place with how many kilometres it is away."""
        here = Point(latitude, longitude)
        places = (row.place for row in self._rows)
        return (
            (km_between(here, Point(place.latitude, place.longitude)), place) for place in places
        )

    @override
    def longest_name(self) -> int:
        return self._longest

    @override
    def may_begin(self, word: str) -> bool:
        return word in self._first_words

    def _close_to(self, here: Point) -> Iterable[KnownPlace]:
        return (
            row.place
            for row in self._rows
            if abs(row.place.latitude - here.latitude) < _ROUGH_DEGREES
            and abs(row.place.longitude - here.longitude) < _ROUGH_DEGREES
        )

    def _add(self, row: Row) -> None:
        place = row.place
        for name in (place.name, *row.aliases):
            key = key_of(name)
            self._name(key, place)
            if place.kind != "town" and (town := key_of(place.town)) != key:
                self._name(f"{key} {town}", place)
                self._name(f"{town} {key}", place)

    def _name(self, key: str, place: KnownPlace) -> None:
        places = self._names.setdefault(key, [])
        if place not in places:
            places.append(place)
