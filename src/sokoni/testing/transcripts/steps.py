"""What the lines of a transcript say, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from typing_extensions import override

from sokoni.errors import AppError
from sokoni.testing.transcripts.matching import Offers, Pattern

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file, for messages to its author."""

    file: str
    line: int

    @override
    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class TranscriptError(AppError):
    """The transcript itself is wrong; the message begins with file and line."""

    code = "transcript_wrong"
    http_status = 422

    def __init__(self, spot: Spot, problem: str) -> None:
        super().__init__(f"{spot}: {problem}")
        self.spot = spot
        self.problem = problem


# --- what a contact does ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    text: str

    @override
    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Tap:
    """A choice is tapped that was offered before."""

    label: str

    @override
    def __str__(self) -> str:
        return f"[{self.label}]"


@dataclass(frozen=True, slots=True)
class Location:
    latitude: float
    longitude: float

    @override
    def __str__(self) -> str:
        return f"(location {self.latitude}, {self.longitude})"


@dataclass(frozen=True, slots=True)
class File:
    """A picture, sound or document, by name."""

    kind: str
    name: str

    @override
    def __str__(self) -> str:
        return f"({self.kind} {self.name})"


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone number that is shared, as when one is asked for."""

    phone: str

    @override
    def __str__(self) -> str:
        return f"(contact {self.phone})"


Part: TypeAlias = Words | Tap | Location | File | Contact


# --- the steps of a script -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UseMerchant:
    spot: Spot
    merchant: str


@dataclass(frozen=True, slots=True)
class SayBesides:
    """What the merchant's file says besides, for servers that are opened from here on."""

    spot: Spot
    besides: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SetNow:
    """The merchant's local time, without a zone."""

    spot: Spot
    local: datetime


@dataclass(frozen=True, slots=True)
class Fresh:
    """The merchant's demo data anew."""

    spot: Spot


@dataclass(frozen=True, slots=True)
class Switch:
    """Somebody else speaks from now on."""

    spot: Spot
    who: str


@dataclass(frozen=True, slots=True)
class Say:
    """One turn: everything in it is sent before anything is answered."""

    spot: Spot
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    spot: Spot
    time: timedelta


@dataclass(frozen=True, slots=True)
class Expect:
    """A message matches `pattern`, and as a whole also everything in `also`."""

    spot: Spot
    pattern: Pattern
    also: tuple[Pattern | Offers, ...] = ()
    strict: bool = False

    @override
    def __str__(self) -> str:
        return "\n".join([f"<{self.pattern}", *(f"&{each}" for each in self.also)])


@dataclass(frozen=True, slots=True)
class Never:
    """No message matches."""

    spot: Spot
    pattern: Pattern

    @override
    def __str__(self) -> str:
        return f"!{self.pattern}"


Step: TypeAlias = UseMerchant | SayBesides | SetNow | Fresh | Switch | Say | Wait | Expect | Never


@dataclass(frozen=True, slots=True)
class Script:
    """A whole file."""

    file: str
    steps: tuple[Step, ...] = field(default=())

    @property
    def speakers(self) -> tuple[str, ...]:
        """Return who writes in it, each once, in the order of their first line."""
        switches = (step.who for step in self.steps if isinstance(step, Switch))
        return tuple(dict.fromkeys(switches))
