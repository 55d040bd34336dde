"""One run of the benchmark, as all its processes know it."""

from typing import Final

import msgspec

SECRET: Final = "bench-app-secret"  # noqa: S105 -- of the fake
NUMBERS: Final = 50
CONTACTS: Final = 5_000
_FIRST_CONTACT: Final = 263_770_000_000


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How much is sent, how fast, for how long."""

    rate: float
    """Messages a second offered; 0: as fast as they are answered, `connections` at a time."""
    seconds: float
    contacts: int = CONTACTS
    """How many of the contacts write, in turn."""
    connections: int = 64
    statuses: bool = False
    """Every reply is reported as sent, delivered and read."""
    quiet_ms: int = 0
    port: int = 0
    """Of the server."""
    folder: str = ""
    """Where processes leave what they saw."""


def number_id(number: int) -> str:
    return f"5550000{number:05d}"


def phone(contact: int) -> str:
    """Return a contact's number, without the plus."""
    return str(_FIRST_CONTACT + contact)


def number_of(contact: int) -> int:
    """Return which of the merchant's numbers a contact writes to."""
    return contact % NUMBERS
