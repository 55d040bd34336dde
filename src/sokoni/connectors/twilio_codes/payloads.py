"""What Twilio answers about codes, and what its errors mean."""

from typing import Final

import msgspec

from sokoni.connectors.answers import retry_after
from sokoni.connectors.codes import CodeError, NumberRefusedError, Verdict, WayAwayError
from sokoni.kit.clock import Clock
from sokoni.kit.http import Response

MAX_SENDS: Final = 60203
MAX_CHECKS: Final = 60202
NOT_FOUND: Final = 20404
_TEN_MINUTES: Final = 600.0
_REFUSED: Final = frozenset(
    {
        21211,  # no valid number
        21408,  # the account may not send there
        21610,  # they wrote STOP to the sender
        21612,  # no way from this sender to that number
        21614,  # no mobile number
        60200,  # invalid parameter
        60205,  # a landline
        60410,  # blocked prefix
    }
)


class Taken(msgspec.Struct, frozen=True):
    """Something that was made: a verification, or a message."""

    sid: str = ""


class Looked(msgspec.Struct, frozen=True):
    """What was found of a code that was typed."""

    status: str = ""
    valid: bool = False


class Fault(msgspec.Struct, frozen=True):
    """An error."""

    code: int = 0


def sid_of(response: Response) -> str:
    """Return the id of what was made, "" where none can be read."""
    try:
        return msgspec.json.decode(response.body, type=Taken).sid
    except msgspec.MsgspecError:
        return ""


def code_of(response: Response) -> int:
    """Return Twilio's own code of an error, 0 where there is none."""
    try:
        return msgspec.json.decode(response.body, type=Fault).code
    except msgspec.MsgspecError:
        return 0


def refusal(response: Response, clock: Clock) -> CodeError:
    """Return what an answer means that is no success."""
    code, pause = code_of(response), retry_after(response, clock())
    reason = f"{response.status} {code}"
    if code in _REFUSED:
        return NumberRefusedError(reason)
    if code == MAX_SENDS:
        return WayAwayError(reason, retry_after=pause or _TEN_MINUTES)
    return WayAwayError(reason, retry_after=pause)


def verdict(response: Response) -> Verdict:
    """Return what was found of a code."""
    if 200 <= response.status < 300:
        return _found(response)
    match code_of(response):
        case code if code == MAX_CHECKS:
            return Verdict.BURNT
        case code if code == NOT_FOUND:
            # Approved, expired or tried too often: it is there no longer.
            return Verdict.EXPIRED
        case _:
            return Verdict.AWAY


def _found(response: Response) -> Verdict:
    try:
        looked = msgspec.json.decode(response.body, type=Looked)
    except msgspec.MsgspecError:
        return Verdict.UNKNOWN
    match looked.status:
        case "approved" if looked.valid:
            return Verdict.RIGHT
        case "pending":
            return Verdict.WRONG
        case "max_attempts_reached":
            return Verdict.BURNT
        case _:
            return Verdict.EXPIRED
