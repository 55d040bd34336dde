"""How far apart two places are, for people and for ORDER BY."""

from math import cos, radians
from typing import Any

from sqlalchemy import ColumnElement, Double, bindparam

from sokoni.language.reading import KnownPlace
from sokoni.places.distance import Point, km_between


def kilometres(here: KnownPlace, latitude: float, longitude: float) -> float:
    """Return the distance along the ground."""
    return km_between(Point(here.latitude, here.longitude), Point(latitude, longitude))


def nearness(
    latitude: ColumnElement[float], longitude: ColumnElement[float]
) -> ColumnElement[Any]:
    """Return what sorts rows as their distance would: plane geometry that every database has.

    `nearness_to` binds the place.
    """
    up = latitude - bindparam("here_latitude", type_=Double())
    right = (longitude - bindparam("here_longitude", type_=Double())) * bindparam(
        "here_shrink", type_=Double()
    )
    return up * up + right * right


def nearness_to(here: KnownPlace) -> dict[str, float]:
    """Return the parameters of `nearness`; a degree of longitude shrinks towards the poles."""
    return {
        "here_latitude": here.latitude,
        "here_longitude": here.longitude,
        "here_shrink": cos(radians(here.latitude)),
    }
