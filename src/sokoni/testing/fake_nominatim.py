"""Nominatim on loopback: answers `/reverse` as it does, and refuses what its rules forbid."""

import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from sokoni.testing.loopback import Answered, Asked, serving

_NOTHING: Final = {"error": "Unable to geocode"}
_LIBRARIES: Final = ("sokoni", "python", "geopy", "curl", "")
_FORBIDDEN: Final = Answered(403, b"<html><title>Access blocked</title></html>")
_TOO_MANY: Final = Answered(429, b"<html>Bandwidth limit exceeded</html>", {"retry-after": "2"})
_PLACES: Final = 3


class FakeNominatim:
    """Take it from `fake_nominatim`."""

    def __init__(self, *, fewest_seconds: float) -> None:
        self.url = ""
        self.asked: list[Mapping[str, str]] = []
        """The questions as they came, those that were refused too."""
        self.at: list[float] = []
        """When they came, in seconds."""
        self._fewest_seconds = fewest_seconds
        self._addresses: dict[tuple[float, float], Mapping[str, str]] = {}
        self._script: deque[Answered | None] = deque()

    def put(self, latitude: float, longitude: float, **address: str) -> None:
        """Have an address at a point: `suburb="Greystone Park", city="Harare"`."""
        point = (round(latitude, _PLACES), round(longitude, _PLACES))
        self._addresses[point] = {"country": "Zimbabwe", "country_code": "zw", **address}

    def script(self, *answers: Answered | None) -> None:
        """Answer so to the next questions, then again as always; None: as always."""
        self._script.extend(answers)

    def answer(self, asked: Asked) -> Answered:
        parts = urlsplit(asked.path)
        said = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        last = self.at[-1] if self.at else float("-inf")
        self.asked.append(said)
        self.at.append(time.monotonic())
        agent = asked.headers.get("user-agent", "")
        if agent.lower().partition("/")[0] in _LIBRARIES:
            return _FORBIDDEN
        if self.at[-1] - last < self._fewest_seconds:
            return _TOO_MANY
        scripted = self._script.popleft() if self._script else None
        if scripted is not None:
            return scripted
        if parts.path != "/reverse" or asked.method != "GET":
            return Answered(404, b"<html>Not Found</html>")
        return self._reverse(said)

    def _reverse(self, said: Mapping[str, str]) -> Answered:
        if said.get("format") != "jsonv2":
            return Answered(200, b"<?xml version='1.0'?><reversegeocode/>")
        try:
            point = (float(said["lat"]), float(said["lon"]))
        except (KeyError, ValueError):
            return _json({"error": {"code": 400, "message": "Need coordinates"}}, 400)
        address = self._addresses.get((round(point[0], _PLACES), round(point[1], _PLACES)))
        return _json(_NOTHING if address is None else _place(point, address))


def _place(point: tuple[float, float], address: Mapping[str, str]) -> Mapping[str, object]:
    named = [value for kind, value in address.items() if kind != "country_code"]
    return {
        "place_id": 1,
        "licence": "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright",
        "osm_type": "node",
        "osm_id": 1,
        "lat": str(point[0]),
        "lon": str(point[1]),
        "category": "place",
        "type": next(iter(address)),
        "importance": 0.1,
        "display_name": ", ".join(named),
        "address": address,
        "boundingbox": ["-17.8", "-17.7", "31.0", "31.1"],
    }


def _json(said: object, status: int = 200) -> Answered:
    return Answered(status, msgspec.json.encode(said), {"content-type": "application/json"})


@asynccontextmanager
async def fake_nominatim(
    *, fewest_seconds: float = 1.0, port: int = 0
) -> AsyncIterator[FakeNominatim]:
    """Serve one on loopback. Questions that come faster are refused."""
    fake = FakeNominatim(fewest_seconds=fewest_seconds)
    async with serving(fake.answer, port) as url:
        fake.url = url
        yield fake
