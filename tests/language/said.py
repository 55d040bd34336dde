"""Phrases from the data files, the scene they are read in, and words of any kind."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from typing_extensions import override

from sokoni.language.reading import KnownPlace, KnownPlaces, Scene
from sokoni.places.gazetteer import Gazetteer

_PHRASES = Path(__file__).parent / "phrases"
WEDNESDAY = datetime(2026, 11, 18, 10, tzinfo=ZoneInfo("Africa/Harare"))


class NoPlaces(KnownPlaces):
    """A world without places."""

    @override
    def named(self, text: str, country: str) -> KnownPlace | None:
        return None

    @override
    def like(self, text: str, country: str, *, limit: int = 3) -> tuple[KnownPlace, ...]:
        return ()

    @override
    def nearest(self, latitude: float, longitude: float) -> KnownPlace | None:
        return None

    @override
    def around(self, latitude: float, longitude: float) -> KnownPlace | None:
        return None

    @override
    def longest_name(self) -> int:
        return 1


GAZETTEER = Gazetteer()


def phrases(name: str) -> Mapping[str, Any]:
    """Read one data file, everything in it as text; `~` is None."""
    # Nothing but text: 0777 is a phrase here, not a number.
    text = (_PHRASES / f"{name}.yaml").read_text("utf-8")
    loaded: Mapping[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    return loaded


def expected(name: str, part: str = "") -> list[tuple[str, Any]]:
    """Return phrases and what each must be read as."""
    found = phrases(name)
    return [(said, None if value == "~" else value) for said, value in _part(found, part)]


def _part(found: Mapping[str, Any], part: str) -> Iterable[tuple[str, Any]]:
    section: Mapping[str, Any] = found[part] if part else found
    return section.items()


def scene(places: KnownPlaces = GAZETTEER) -> Scene:
    return Scene(
        languages=("en", "sn", "nd"), country="ZW", currency="USD", now=WEDNESDAY, places=places
    )
