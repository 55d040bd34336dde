"""Keeps out of logs what is nobody's business: texts, names, numbers, tokens, codes."""

import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from typing import Any, Final

from structlog.typing import EventDict, WrappedLogger

from sokoni.kit.phones import masked

_HIDDEN: Final = "…"
_SECRET: Final = frozenset(
    [
        "access_token",
        "address",
        "api_key",
        "auth_token",
        "auth_tokens",
        "authorization",
        "body",
        "caption",
        "code",
        "config",
        "content",
        "cookie",
        "credentials",
        "headers",
        "message",
        "name",
        "otp",
        "params",
        "password",
        "payload",
        "profile",
        "query_string",
        "raw",
        "sender_name",
        "text",
        "token",
        "value",
        "verify_token",
    ]
)
_PERSONAL: Final = frozenset(
    ["contact_address", "from", "number", "phone", "recipient", "sender", "to", "wa_id"]
)
_LARGEST_NUMBER: Final = 10**9
"""A whole number this long may be a telephone's."""
_LONGEST_REASON: Final = 200
_NUMBERS: Final = re.compile(
    r"(?P<kept>\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"  # an id of ours
    r"|\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?)"  # a time
    r"|(?<![0-9A-Za-z])\+?\d(?:[ ()./-]?\d){6,}(?![0-9A-Za-z])"
)
_TOKENS: Final = re.compile(
    r"(verify_token=)[^&\s\"']+|(\b(?:[rs]k_(?:test|live)_|whsec_))\w+", re.IGNORECASE
)
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide secrets and personal data in an event, by the name of a value or by its looks."""
    return {key: _redacted(key, value) for key, value in event.items()}


def explain(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put in place of an exception where it came from and its kind.

    What an error says often repeats what somebody wrote, so quoted parts of it are left out.
    """
    given = event.pop("exc_info", None)
    error = _error(given)
    if error is not None:
        event["exception"] = "\n".join(_story(error))
    return event


def masked_numbers(text: str) -> str:
    """Mask whatever may be a telephone number, and what looks like a token or a key."""
    return _NUMBERS.sub(_masked_match, _TOKENS.sub(rf"\1\2{_HIDDEN}", text))


def _redacted(key: str, value: Any) -> Any:  # noqa: ANN401 -- whatever somebody logs
    name = key.lower()
    if name in _SECRET or "secret" in name:
        return _HIDDEN
    if name in _PERSONAL:
        return masked(str(value))
    return _harmless(value)


def _harmless(value: Any) -> Any:  # noqa: ANN401 -- whatever somebody logs
    if isinstance(value, str):
        return masked_numbers(value)
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return value if abs(value) < _LARGEST_NUMBER else masked(str(value))
    if isinstance(value, Mapping):
        return {str(key): _redacted(str(key), inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_harmless(inner) for inner in value]
    return _plainly(value)


def _plainly(value: object) -> str:
    if isinstance(value, BaseException):
        return type(value).__name__
    return _HIDDEN if isinstance(value, (bytes, bytearray)) else masked_numbers(str(value))


def _masked_match(found: re.Match[str]) -> str:
    return found[0] if found["kept"] else masked(found[0])


def _error(given: object) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


def _story(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} in {frame.name}"
    yield f"{type(error).__module__}.{type(error).__qualname__}: {_reason(error)}"
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield "because of"
        yield from _story(cause)


def _reason(error: BaseException) -> str:
    said = str(error).partition("\n")[0]
    return masked_numbers(_QUOTED.sub(f"'{_HIDDEN}'", said))[:_LONGEST_REASON]
