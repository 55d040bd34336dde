"""How fast a number may speak, and how fast one contact may be spoken to."""

from datetime import datetime
from math import ceil
from typing import Final

from sokoni.kit.ids import ContactId

# WhatsApp's pair rate (reference/channels.md §2.12): one in six seconds, 45 ahead of time.
_PAIR_PER_SECOND: Final = 1 / 6
_PAIR_BURST: Final = 45.0
_ENOUGH: Final = 1e-6
_MICROSECOND: Final = 1e-6
_KEPT: Final = 10_000


class TokenBucket:
    """So many per second, and so many at once after a pause."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, per_second: float, burst: float) -> None:
        self._rate = per_second
        self._burst = burst
        self._tokens = burst
        self._at: datetime | None = None

    def take(self, now: datetime) -> bool:
        """Take one token, or return False where there is none yet."""
        self._fill(now)
        if self._tokens < 1 - _ENOUGH:
            return False
        self._tokens -= 1
        return True

    def give_back(self) -> None:
        """Return a token that was taken for nothing."""
        self._tokens = min(self._burst, self._tokens + 1)

    def seconds_until_next(self, now: datetime) -> float:
        self._fill(now)
        seconds = max(0.0, (1 - self._tokens) / self._rate)
        # Datetimes count in microseconds: rounded up, so that nobody comes too soon.
        return ceil(seconds / _MICROSECOND - _ENOUGH) * _MICROSECOND

    def is_full(self, now: datetime) -> bool:
        self._fill(now)
        return self._tokens >= self._burst - _ENOUGH

    def retune(self, per_second: float, burst: float) -> None:
        self._rate, self._burst = per_second, burst
        self._tokens = min(self._tokens, burst)

    def _fill(self, now: datetime) -> None:
        if self._at is not None and now > self._at:
            gained = (now - self._at).total_seconds() * self._rate
            self._tokens = min(self._burst, self._tokens + gained)
        if self._at is None or now > self._at:
            self._at = now


class ContactPacing:
    """A bucket per contact, forgotten when it is full again."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._buckets: dict[ContactId, TokenBucket] = {}

    def seconds_to_wait(self, contact_id: ContactId, now: datetime) -> float:
        """Take a token, or return how long it takes until there is one."""
        if not self._enabled:
            return 0.0
        bucket = self._buckets.get(contact_id)
        if bucket is None:
            self._forget_full(now)
            bucket = self._buckets[contact_id] = TokenBucket(_PAIR_PER_SECOND, _PAIR_BURST)
        return 0.0 if bucket.take(now) else bucket.seconds_until_next(now)

    def _forget_full(self, now: datetime) -> None:
        if len(self._buckets) < _KEPT:
            return
        self._buckets = {
            contact_id: bucket
            for contact_id, bucket in self._buckets.items()
            if not bucket.is_full(now)
        }
