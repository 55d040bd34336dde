"""What a provider's areas are found under: suburbs belong to towns."""

from collections.abc import Iterable
from dataclasses import dataclass

from sokoni.language.reading import KnownPlace
from sokoni.language.words import fold

_TOWN = "town"


@dataclass(frozen=True, slots=True)
class Area:
    """A town or a part of one to which a provider comes."""

    place_id: str
    place_name: str
    town: str
    whole_town: bool

    @classmethod
    def of(cls, place: KnownPlace) -> "Area":
        return cls(place.id, place.name, place.town, place.kind == _TOWN)


def found_under(areas: Iterable[Area]) -> list[str]:
    """Return the keys of a provider who serves these: each search meets them at most once."""
    served = list(areas)
    whole = {fold(one.town) for one in served if one.whole_town}
    parts = {
        _part(one.place_id) for one in served if not one.whole_town and fold(one.town) not in whole
    }
    anywhere = {f"in:{fold(one.town)}" for one in served}
    return sorted({*anywhere, *(f"all:{town}" for town in whole), *parts})


def keys_for(place: KnownPlace) -> tuple[str, ...]:
    """Return under which keys those are who come to a place.

    Who names only a town is shown everybody who works in any part of it.
    """
    town = fold(place.town)
    return (f"in:{town}",) if place.kind == _TOWN else (f"all:{town}", _part(place.id))


def _part(place_id: str) -> str:
    return f"at:{place_id}"
