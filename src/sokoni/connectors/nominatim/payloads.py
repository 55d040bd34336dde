"""What Nominatim answers, in the format `jsonv2`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

_PARTS: Final = ("suburb", "neighbourhood", "quarter", "city_district", "village", "hamlet")
_TOWNS: Final = ("city", "town", "municipality", "county")
_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class Address:
    """A place as people name it: "Greystone Park, Harare"."""

    name: str
    """The suburb or village; the town where there is none."""
    town: str
    country: str
    """Two letters, in capitals."""


class Answer(msgspec.Struct, frozen=True):
    """An object of `/reverse`. Where nothing is found only `error` stands in it."""

    address: Mapping[str, str] | None = None
    error: object = None


def address_of(body: bytes) -> Address | None:
    """Return where a point is, None where it is nowhere. Raises `msgspec.MsgspecError`."""
    answer = msgspec.json.decode(body, type=Answer)
    if answer.address is None:
        if answer.error is None:
            raise msgspec.ValidationError("neither an address nor an error")
        return None
    parts = answer.address
    town, part = _first(parts, _TOWNS), _first(parts, _PARTS)
    if not (town or part):
        return None
    return Address(part or town, town or part, parts.get("country_code", "").upper())


def _first(parts: Mapping[str, str], kinds: tuple[str, ...]) -> str:
    named = (" ".join(parts.get(kind, "").split())[:_LONGEST] for kind in kinds)
    return next((name for name in named if name), "")
