"""Registered places as the gazetteer has them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sokoni.language.reading import KnownPlace
from sokoni.places.models import RegisteredPlace
from sokoni.places.rows import Row

LOCALITY: Final = "locality"
_SMALL: Final = 9
_CHECKED, _UNCHECKED = "staff", "a contact, not checked"


def place_of(registered: RegisteredPlace, country: str) -> KnownPlace:
    return KnownPlace(
        id=str(registered.id),
        name=registered.name,
        town=registered.town,
        country=country,
        latitude=registered.latitude,
        longitude=registered.longitude,
        kind=LOCALITY,
    )


def row_of(place: KnownPlace, aliases: tuple[str, ...] = (), *, verified: bool = False) -> Row:
    return Row(place, aliases, _SMALL, _CHECKED if verified else _UNCHECKED)


def rows_of(
    every: Iterable[RegisteredPlace], country: str, shipped: Mapping[str, Row]
) -> Iterator[Row]:
    """Return a merchant's own rows; another name of a shipped place is that place's once more."""
    for one in every:
        known = shipped.get(one.alias_of)
        if known is not None:
            yield row_of(known.place, (one.name,), verified=one.verified)
        elif not one.alias_of:
            yield row_of(place_of(one, country), verified=one.verified)
