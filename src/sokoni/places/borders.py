"""Where countries end, roughly: enough to tell one bank of a river town from the other."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

import yaml
from pydantic import TypeAdapter

from sokoni.places.distance import Point


def inside(point: Point, country: str) -> bool:
    """Tell whether a point lies in the country; of one without an outline, any point does."""
    outline = _outlines().get(country)
    if outline is None:
        return True
    crossings = sum(_crosses(point, one, other) for one, other in pairwise((*outline, outline[0])))
    return crossings % 2 == 1


def _crosses(point: Point, one: Point, other: Point) -> bool:
    """Tell whether a line due east of the point meets this stretch of border."""
    if (one.latitude > point.latitude) == (other.latitude > point.latitude):
        return False
    share = (point.latitude - one.latitude) / (other.latitude - one.latitude)
    return one.longitude + share * (other.longitude - one.longitude) > point.longitude


@cache
def _outlines() -> Mapping[str, Sequence[Point]]:
    path = files("sokoni.places") / "data" / "borders.yaml"
    loaded = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return TypeAdapter(dict[str, list[Point]]).validate_python(loaded)
