"""How far apart two points are."""

from math import asin, cos, radians, sin, sqrt
from typing import Final, NamedTuple

_EARTH_KM: Final = 6371.0


class Point(NamedTuple):
    """A point on the ground, in degrees."""

    latitude: float
    longitude: float


def km_between(here: Point, there: Point) -> float:
    """Return the distance along the ground in kilometres."""
    south, north = radians(here.latitude), radians(there.latitude)
    up = sin((north - south) / 2) ** 2
    along = sin(radians(there.longitude - here.longitude) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(min(1.0, up + cos(south) * cos(north) * along)))
