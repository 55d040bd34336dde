"""What is asked of ways to send codes by requests, and what comes back."""

from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec

from sokoni.connectors.codes import Verdict

SEND: Final = "codes.send"
CHECK: Final = "codes.check"
KINDS: Final = frozenset({SEND, CHECK})


class SendWish(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The request's payload: whom the code is for, stands in its row."""

    code_id: UUID
    serial: int
    task: str
    """Which waits for the code."""
    language: str
    round: int = 0
    """How often all ways were tried in vain before."""
    user_type: str = ""
    details: dict[str, Any] = {}


class Went(StrEnum):
    """What became of a code."""

    SENT = "sent"
    UNKNOWN = "unknown"
    AWAY = "away"
    """No way could be reached: it is tried again."""
    REFUSED = "refused"
    """The number, or what is known of it, stands in the way."""
    OVER = "over"
    """Nobody waits for it any more."""


class SendMade(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer."""

    wish: SendWish
    went: Went
    way: str = ""
    number: str = ""
    text: str = ""
    """What a simulated phone shows."""
    retry_after: float = 0
    capped: bool = False
    """The merchant has sent as many as it lets itself send in a day."""


class CheckWish(msgspec.Struct, frozen=True, kw_only=True):
    """The payload of a request that has a code checked where it was made."""

    code_id: UUID
    serial: int
    place: UUID
    task: str
    code: str


class CheckMade(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    code_id: UUID
    serial: int
    place: UUID
    task: str
    verdict: Verdict
