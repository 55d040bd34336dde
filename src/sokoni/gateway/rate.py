"""How much one installation takes in: what is too much is refused and comes again."""

from datetime import datetime

from sokoni.errors import AppError
from sokoni.kit.clock import Clock


class OverloadedError(AppError):
    """More than the operator allows in a second; providers send it again later."""

    code = "overloaded"
    http_status = 503


class RateLimit:
    """A bucket that a second's allowance fills; 0 lifts the limit."""

    def __init__(self, per_second: int, clock: Clock) -> None:
        self._per_second = per_second
        self._clock = clock
        self._left = float(per_second)
        self._at = clock()

    def check(self, messages: int) -> None:
        """Take the messages in, or raise `OverloadedError`.

        One webhook is taken whole, so it may borrow from the seconds to come.
        """
        if not self._per_second or not messages:
            return
        self._fill(self._clock())
        if self._left <= 0:
            raise OverloadedError
        self._left -= messages

    def _fill(self, now: datetime) -> None:
        passed = max((now - self._at).total_seconds(), 0.0)
        self._left = min(self._left + passed * self._per_second, float(self._per_second))
        self._at = now
