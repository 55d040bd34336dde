"""What went wrong at Stripe, in the words of our contract."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import stripe

from sokoni.kit.http import NotSentError, OutcomeUnknownError
from sokoni.payments.base import (
    GatewayAwayError,
    GatewayError,
    GatewayRefusedError,
    GatewayUnknownError,
)

_CONFLICT: Final = 409
_TOO_MANY: Final = 429
_BROKEN: Final = 500
_PATIENCE: Final = 2.0


@contextmanager
def named() -> Iterator[None]:
    """Turn the SDK's exceptions, and those of the wire, into ours."""
    try:
        yield
    except NotSentError as error:
        raise GatewayAwayError("not_sent") from error
    except OutcomeUnknownError as error:
        raise GatewayUnknownError("no_answer") from error
    except stripe.StripeError as error:
        raise _kind(error) from error


def _kind(error: stripe.StripeError) -> GatewayError:
    status = error.http_status or 0
    advice = (error.headers or {}).get("stripe-should-retry")
    if advice == "false" and status < _BROKEN:
        return _refused(error)
    if status == _TOO_MANY or isinstance(error, stripe.RateLimitError):
        return GatewayAwayError("throttled", retry_after=_seconds(error))
    # Another try under the same key is at work, or nobody knows what happened.
    if status == _CONFLICT or status >= _BROKEN or not status or advice == "true":
        return GatewayUnknownError(f"status {status}")
    return _refused(error)


def _refused(error: stripe.StripeError) -> GatewayRefusedError:
    return GatewayRefusedError((error.code or type(error).__name__)[:64])


def _seconds(error: stripe.StripeError) -> float:
    said = (error.headers or {}).get("retry-after", "")
    return float(said) if said.isascii() and said.isdigit() else _PATIENCE
