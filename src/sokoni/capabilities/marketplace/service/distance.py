"""How far apart two places are, for people and for ORDER BY."""

from math import cos, radians
from typing import Any

from sqlalchemy import ColumnElement

from sokoni.language.reading import KnownPlace
from sokoni.places.distance import Point, km_between


def kilometres(here: KnownPlace, latitude: float, longitude: float) -> float:
    """Return the distance along the ground."""
    return km_between(Point(here.latitude, here.longitude), Point(latitude, longitude))


def nearness(
    here: KnownPlace, latitude: ColumnElement[float], longitude: ColumnElement[float]
) -> ColumnElement[Any]:
    """Return what sorts rows as their distance would: plane geometry that every database has."""
    up = latitude - here.latitude
    right = (longitude - here.longitude) * cos(radians(here.latitude))
    return up * up + right * right
