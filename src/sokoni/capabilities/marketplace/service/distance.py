"""How far apart two places are, for people and for ORDER BY."""

from math import asin, cos, radians, sin, sqrt
from typing import Any, Final

from sqlalchemy import ColumnElement

from sokoni.language.reading import KnownPlace

_EARTH_KM: Final = 6371.0


def kilometres(here: KnownPlace, latitude: float, longitude: float) -> float:
    """Return the distance along the ground."""
    south, north = radians(here.latitude), radians(latitude)
    across = sin((north - south) / 2) ** 2
    along = sin(radians(longitude - here.longitude) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(across + cos(south) * cos(north) * along))


def nearness(
    here: KnownPlace, latitude: ColumnElement[float], longitude: ColumnElement[float]
) -> ColumnElement[Any]:
    """Return what sorts rows as their distance would: plane geometry that every database has."""
    up = latitude - here.latitude
    right = (longitude - here.longitude) * cos(radians(here.latitude))
    return up * up + right * right
