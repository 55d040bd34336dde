"""Where a job is, as each side is told: "12 Weale Road, Belvedere, Harare"."""

from typing import Final

from sokoni.capabilities.booking.desk import Desk
from sokoni.capabilities.booking.machine import Party, Status
from sokoni.capabilities.booking.models import Booking
from sokoni.language.reading import KnownPlace
from sokoni.messaging.prompts import Worded
from sokoni.places.pins import Pin, pin_text

Written = str | Worded
_AGREED: Final = frozenset({Status.CONFIRMED, Status.RESCHEDULING})


def named(place: str, town: str) -> Written:
    """Return "Suburb, Town", or the town alone."""
    if place == town or not town:
        return place
    return Worded("booking.place.in", {"place": place, "town": town})


def written(place: KnownPlace, address: str = "") -> Written:
    """Return a place as the customer told it, for them to look over."""
    where = _at(named(*(place.called or (place.name, place.town))), address)
    if place.called:
        return Worded("booking.place.credited", {"place": where})
    return where if place.pin is None else Worded("booking.place.pinned", {"place": where})


def place_of(desk: Desk, booking: Booking) -> Written:
    """Return where a job is. Who has agreed to come is shown it on a map, if there is a pin."""
    where = _at(named(booking.place_name, booking.town), desk.bookings.address_of(booking))
    pin = desk.bookings.pin_of(booking)
    if pin is None:
        return where
    if desk.side(booking) is Party.CUSTOMER:
        return Worded("booking.place.pinned", {"place": where})
    return _mapped(where, pin) if booking.status in _AGREED else where


def _at(where: Written, address: str) -> Written:
    return Worded("booking.place.at", {"address": address, "place": where}) if address else where


def _mapped(where: Written, pin: Pin) -> Worded:
    return Worded("booking.place.mapped", {"place": where, "pin": pin_text(pin)})
