"""One channel account as the sender sees it: how fast it may speak, and whether it can at all."""

from datetime import datetime, timedelta
from typing import Final

from sokoni.channels.accounts import LiveAccount
from sokoni.kit.ids import AccountId
from sokoni.messaging.pacing import TokenBucket

PROBED_EVERY: Final = timedelta(minutes=1)
_LONGEST: Final = 300.0
_AT_ONCE: Final = 0.25
"""Seconds' worth of messages that may go at once after a pause."""
_UNTIL_KNOWN: Final = 1.0


class Number:
    """Its rate, its pauses, and what is on the wire for it."""

    def __init__(self, account_id: AccountId) -> None:
        self.account_id = account_id
        self.live: LiveAccount | None = None
        self.on_wire = 0
        self.down = ""
        """Why nothing can be sent; then one message a minute asks whether it can again."""
        self._bucket = TokenBucket(_UNTIL_KNOWN, 1)
        self._closed_until: datetime | None = None
        self._strikes = 0
        self._missing = False

    def disconnect(self) -> None:
        """Note that there is no such account, or that its configuration cannot be read."""
        self.live, self._missing = None, True

    def connect(self, live: LiveAccount, rate: float) -> None:
        """Use the account as it is configured now; a change opens a closed one at once."""
        changed = self.live is not None and self.live.channel is not live.channel
        if self.live is None and live.paused_reason:
            self.down = live.paused_reason
        if changed or (self.down and not live.paused_reason and self.live is not live):
            self._closed_until = None
        burst = max(1.0, rate * _AT_ONCE)
        if self.live is None:
            self._bucket = TokenBucket(rate, burst)
        self.live, self._missing = live, False
        self._bucket.retune(rate, burst)

    def take(self, now: datetime) -> bool:
        """Take leave to send one message now."""
        if self.live is None or (self._closed_until is not None and now < self._closed_until):
            return False
        if self.down and self.on_wire:
            return False
        return self._bucket.take(now)

    def give_back(self) -> None:
        self._bucket.give_back()

    def opens_at(self, now: datetime) -> datetime | None:
        """When `take` may pass; None where that depends on something other than time."""
        if self._missing or (self.down and self.on_wire):
            return None
        if self.live is None:
            return now
        if self._closed_until is not None and now < self._closed_until:
            return self._closed_until
        return now + timedelta(seconds=self._bucket.seconds_until_next(now))

    def went_well(self) -> bool:
        """Note that the provider listens; return whether it had not before."""
        was_down = bool(self.down)
        self.down, self._strikes, self._closed_until = "", 0, None
        return was_down

    def slow_down(self, now: datetime, retry_after: float) -> datetime:
        """Pause: as long as the provider named, else 1, 2, 4… seconds. Return until when."""
        if self._closed_until is None or now >= self._closed_until:
            self._strikes += 1
            seconds = retry_after or min(2.0 ** (self._strikes - 1), _LONGEST)
            self._closed_until = now + timedelta(seconds=seconds)
        return self._closed_until

    def go_down(self, now: datetime, reason: str) -> datetime:
        """Send nothing but a probe a minute. Return when the next one goes."""
        self.down = reason
        self._closed_until = now + PROBED_EVERY
        return self._closed_until
