"""The contract of a way to send codes: what it is given, what may become of it, who checks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel

from sokoni.errors import AppError
from sokoni.kit.ids import MerchantId, PhoneNumber


class CodeError(AppError):
    """A code did not go out, or could not be checked. `reason` is the other side's own word."""

    code = "code_not_sent"
    http_status = 502

    def __init__(self, reason: str, *, retry_after: float = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class NumberRefusedError(CodeError):
    """Nothing can be sent to this number: another one may do."""

    code = "code_number_refused"
    http_status = 422


class NumberTakenError(NumberRefusedError):
    """The other side knows the number already, and starts nothing anew with it."""

    code = "code_number_taken"
    http_status = 409


class WayAwayError(CodeError):
    """Nothing was done: safe to ask again, after so many seconds if named."""

    code = "code_way_away"
    http_status = 503


class CodeUnknownError(CodeError):
    """It may have been done, and its answer was lost."""

    code = "code_unknown"


class Verdict(StrEnum):
    """What was found of a code that was typed."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    """It is too old, or was never sent: the two are not told apart."""
    BURNT = "burnt"
    """It was tried too often."""
    AWAY = "away"
    """Nobody could check it, and it does not count as tried."""
    UNKNOWN = "unknown"
    """Nobody knows whether it was checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A code on its way to a number."""

    merchant_id: MerchantId
    merchant: str
    """Its name, as people know it."""
    number: PhoneNumber
    code: str = field(repr=False)
    """Ours; "" where the way makes its own."""
    text: str = field(repr=False)
    """What a plain message says, in the contact's language; "" with `code`."""
    minutes: int
    """How long it is good for."""
    language: str
    country: str
    key: str
    """The same for the same code: who takes an idempotency key is given it."""
    now: datetime
    user_type: str = ""
    details: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What the task knows of the contact, for a service that wants it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The other side took it."""

    provider_id: str = ""
    """Its id of the code, by which it is checked there."""
    shown: bool = False
    """Nothing was sent: the text is to be shown as a message to the phone."""


class WayConfig(BaseModel, frozen=True, extra="forbid"):
    """What a merchant fills in. A subclass lists in `secrets` what no log may show."""

    secrets: ClassVar[frozenset[str]] = frozenset()


@runtime_checkable
class Watched(Protocol):
    """A way that can be asked how it is."""

    @property
    def place(self) -> str:
        """Where it is: merchants may share one."""

    async def health(self) -> str:
        """Say "ok", or why not."""


class CodeWay(Protocol):
    """One merchant's way to send codes."""

    name: ClassVar[str]

    @property
    def checks(self) -> bool:
        """Tell whether codes are made and checked on the other side."""

    @property
    def keyed(self) -> bool:
        """Tell whether the same key has nothing done twice there."""

    async def send(self, sending: Sending) -> Sent:
        """Have it sent, or raise a `CodeError`."""

    async def check(self, number: PhoneNumber, provider_id: str, code: str, key: str) -> Verdict:
        """Ask about a code that was typed; raises nothing that is not a bug."""
