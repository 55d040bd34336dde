"""What programs may say of users, providers and bookings, under the names of the first API."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from fastapi import Path
from pydantic import AfterValidator, BaseModel, Field

from sokoni.capabilities.booking.api import examples
from sokoni.capabilities.booking.reading import service_called
from sokoni.capabilities.booking.settings import NAME
from sokoni.errors import AppError
from sokoni.kit.text import one_line
from sokoni.language.reading import KnownPlace, Moment
from sokoni.web.behalf import Change
from sokoni.web.fields import Contact, Line, PlaceName
from sokoni.web.places import place_at, place_named
from sokoni.web.principal import Principal

FIELDS: Final = {
    "service": "service_type",
    "services": "service_type",
    "place": "location",
    "provider": "provider_number",
    "address": "location",
    "when": "date_time",
}
"""What bodies call the slots of the chat's forms."""
_YEARS: Final = range(2000, 2200)


class ServiceUnknownError(AppError):
    """The merchant offers no such kind of work."""

    code = "service_unknown"
    http_status = 422


def service_of(principal: Principal, said: str) -> str:
    """Return the kind of work that is called so in any language, or raise."""
    found = service_called(principal.merchant.capabilities.get(NAME, {}), said)
    if found is None:
        raise ServiceUnknownError(said)
    return found


def services_of(principal: Principal, said: str | Sequence[str]) -> tuple[str, ...]:
    """Return the kinds of work, each once."""
    names = (said,) if isinstance(said, str) else said
    return tuple(dict.fromkeys(service_of(principal, one) for one in names))


def areas_of(change: Change, names: Sequence[str]) -> tuple[KnownPlace, ...]:
    return tuple(place_named(change.principal, change.parts, one) for one in names)


def _time(said: str) -> str:
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise ValueError("no time as ISO 8601 has it") from None
    if at.year not in _YEARS:
        raise ValueError("no year that is near")
    return said


def instant(said: str, zone: ZoneInfo) -> datetime:
    """Return the moment in the merchant's zone, which is meant where none is said."""
    at = datetime.fromisoformat(said)
    return at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(UTC).astimezone(zone)


Time = Annotated[
    str,
    AfterValidator(_time),
    Field(
        max_length=40,
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?"
        r"(Z|[+-][0-9]{2}:[0-9]{2})?$",
        description="ISO 8601; without an offset it is a time in the merchant's zone",
    ),
]
Name = Annotated[Line, Field(min_length=2, max_length=60, pattern=r"[A-Za-z\u00c0-\U0010ffff]")]
Service = Annotated[
    Line,
    Field(min_length=1, max_length=60, description="As people call it, or our own id of it"),
]
Services: TypeAlias = Service | Annotated[list[Service], Field(min_length=1, max_length=9)]
Address = Annotated[
    Line,
    Field(
        min_length=1,
        max_length=120,
        description="A place as people call it, or an address that ends with one",
    ),
]
ProviderNamed = Annotated[
    Line,
    Field(
        min_length=1,
        max_length=40,
        description="Phone number, reference (PRV-4H8N6RT), or id of a contact",
    ),
]
Reason = Annotated[Line, Field(max_length=200)]
BookingNamed = Annotated[
    str,
    Path(max_length=60, description="What people quote, BKG-7K3M2QX, or the id"),
]
Ends: TypeAlias = Literal["confirmed", "declined", "cancelled", "completed", "no_show"]
Side: TypeAlias = Literal["user", "provider"]


class UserSaid(BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.USER_SAID):
    """Somebody who may book."""

    phone_number: Contact
    name: Name
    location: Address
    agreed_privacy_policy: bool | None = None
    """True where they agreed to what is kept of them; without it the chat asks."""


class UserChange(BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.USER_CHANGE):
    """What becomes different of a user; what is left out stays."""

    name: Name | None = None
    location: Address | None = None
    agreed_privacy_policy: bool | None = None
    """False: they take it back."""


class ProviderSaid(
    BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.PROVIDER_SAID
):
    """Somebody who offers to do jobs; staff look before anybody finds them."""

    phone_number: Contact
    name: Name
    service_type: Services
    location: Address
    """Where they are."""
    areas: Annotated[list[PlaceName], Field(max_length=30)] = []
    """Where they come to; empty: only there."""

    def known(self, change: Change) -> dict[str, Any]:
        """Return the slots of `RegisterForm`."""
        base, _ = place_at(change.principal, change.parts, self.location)
        return {
            "name": self.name,
            "services": services_of(change.principal, self.service_type),
            "areas": areas_of(change, self.areas) or (base,),
        }


class ProviderChange(
    BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.PROVIDER_CHANGE
):
    """What becomes different of a provider; what is left out stays."""

    name: Name | None = None
    service_type: Services | None = None
    location: Address | None = None
    areas: Annotated[list[PlaceName], Field(min_length=1, max_length=30)] | None = None
    status: Literal["active", "paused"] | None = None
    """Of a provider whom staff let in."""


class BookingSaid(BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.BOOKING_SAID):
    """A job that is asked for on behalf of a user."""

    user_number: Contact
    provider_number: ProviderNamed
    service_type: Service
    date_time: Time
    issue: Annotated[Line, Field(min_length=1, max_length=500)]
    location: Annotated[str, AfterValidator(one_line), Field(max_length=120)] = ""
    """Where the job is: a place, or an address that ends with one; empty: where the user lives."""

    def known(self, change: Change, provider: str) -> dict[str, Any]:
        """Return the slots of `BookForm`."""
        principal = change.principal
        at = instant(self.date_time, principal.merchant.zone)
        known: dict[str, Any] = {
            "service": service_of(principal, self.service_type),
            "provider": provider,
            "issue": self.issue,
            "when": Moment(at, ""),
        }
        if self.location:
            place, street = place_at(principal, change.parts, self.location)
            known |= {"place": place, "address": street}
        return known


class StatusSaid(BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.STATUS_SAID):
    """How a booking is to stand, and who says so."""

    status: Ends
    by: Side | None = None
    """Needed where both may: who cancels, and who says that the other was not there."""
    reason: Reason = ""
    """The other side is told."""
