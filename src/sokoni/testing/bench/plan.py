"""One run of the benchmark, as all its processes know it."""

from typing import Final

import msgspec

from sokoni.testing.bench.mix import SEEDERS

SECRET: Final = "bench-app-secret"  # noqa: S105 -- of the fake
NUMBERS: Final = 50
CONTACTS: Final = 5_000
EVERYBODY: Final = CONTACTS + SEEDERS
_FIRST_CONTACT: Final = 263_770_000_000


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How much is sent, how fast, for how long."""

    rate: float
    """Messages a second offered; 0: as fast as they are replied to, `in_flight` at a time."""
    seconds: float
    contacts: int = CONTACTS
    """How many of the contacts write, in turn."""
    in_flight: int = 200
    """Messages without a reply at a time, where no rate is given."""
    connections: int = 32
    statuses: bool = False
    """Every reply is reported as sent, delivered and read."""
    quiet_ms: int = 0
    port: int = 0
    """Of the server."""
    provider_port: int = 0
    folder: str = ""
    """Where processes leave what they saw."""


def number_id(number: int) -> str:
    return f"5550000{number:05d}"


def phone(contact: int) -> str:
    """Return a contact's number, without the plus."""
    return str(_FIRST_CONTACT + contact)


def contact_of(phone: str) -> int:
    return int(phone.removeprefix("+")) - _FIRST_CONTACT


def number_of(contact: int) -> int:
    """Return which of the merchant's numbers a contact writes to."""
    return contact % NUMBERS
