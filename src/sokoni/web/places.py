"""Places in what programs ask, by the names that people use."""

from sokoni.errors import AppError
from sokoni.language.reading import KnownPlace
from sokoni.web.parts import WebParts
from sokoni.web.principal import Principal


class PlaceUnknownError(AppError):
    """The place asked for is none that we know."""

    code = "place_unknown"
    http_status = 422


def place_named(principal: Principal, parts: WebParts, name: str) -> KnownPlace:
    """Return the place of this name that the merchant's contacts know, or raise."""
    known = parts.places.of(principal.merchant_id)
    place = known.named(name, principal.merchant.country)
    if place is None:
        raise PlaceUnknownError(name)
    return place


def place_at(principal: Principal, parts: WebParts, address: str) -> tuple[KnownPlace, str]:
    """Return the place that an address ends with, and what comes before: a street, or nothing."""
    known = parts.places.of(principal.merchant_id)
    said = address.split(",")
    for start in range(len(said)):
        place = known.named(",".join(said[start:]), principal.merchant.country)
        if place is not None:
            return place, ",".join(said[:start]).strip()
    raise PlaceUnknownError(address)
