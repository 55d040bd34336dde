"""One channel account as the sender sees it: how fast it may speak, and whether it can at all."""

from collections import deque
from datetime import datetime, timedelta
from typing import Final

from sokoni.channels.accounts import LiveAccount
from sokoni.kit.ids import AccountId, OutboxId
from sokoni.merchants.service import TAKEN_OUT
from sokoni.messaging.pacing import TokenBucket

REPORTED: Final = "reported "
"""Begins why an account is paused of which the answer to a send tells nothing: the provider takes
the messages, and reports later that it could not deliver them."""

PROBED_EVERY: Final = timedelta(minutes=1)
_LONGEST: Final = 300.0
_AT_ONCE: Final = 0.25
"""Seconds' worth of messages that may go at once after a pause."""
_UNTIL_KNOWN: Final = 1.0
_PROBES_KEPT: Final = 8


class Number:
    """Its rate, its pauses, and what is on the wire for it."""

    def __init__(self, account_id: AccountId) -> None:
        self.account_id = account_id
        self.live: LiveAccount | None = None
        self.on_wire = 0
        self.down = ""
        """Why nothing can be sent; then one message a minute asks whether it can again."""
        self.probes: deque[OutboxId] = deque(maxlen=_PROBES_KEPT)
        """Messages that asked, and whose statuses will tell."""
        self._bucket = TokenBucket(_UNTIL_KNOWN, 1)
        self._closed_until: datetime | None = None
        self._strikes = 0
        self._missing = False
        # Its merchant took it out of service: then nothing asks either.
        self._shut = False

    def disconnect(self) -> None:
        """Note that there is no such account, or that its configuration cannot be read."""
        self.live, self._missing = None, True

    def connect(self, live: LiveAccount, rate: float) -> None:
        """Use the account as it is configured now; a change opens a closed one at once."""
        changed = self.live is not None and self.live.channel is not live.channel
        if self.live is not live and live.paused_reason:
            self.down = self.down or live.paused_reason
        if changed or (self.down and not live.paused_reason and self.live is not live):
            # Who mended it vouches for it: the next answer will tell.
            self._closed_until, self.down = None, self.down.removeprefix(REPORTED)
        burst = max(1.0, rate * _AT_ONCE)
        if self.live is None:
            self._bucket = TokenBucket(rate, burst)
        self.live, self._missing = live, False
        self._shut = live.paused_reason == TAKEN_OUT
        self._bucket.retune(rate, burst)

    def take(self, now: datetime) -> bool:
        """Take leave to send one message now."""
        if self.live is None or (self._closed_until is not None and now < self._closed_until):
            return False
        if self._shut or (self.down and self.on_wire):
            return False
        return self._bucket.take(now)

    def give_back(self) -> None:
        self._bucket.give_back()

    def opens_at(self, now: datetime) -> datetime | None:
        """When `take` may pass; None where that depends on something other than time."""
        if self._missing or self._shut or (self.down and self.on_wire):
            return None
        if self.live is None:
            return now
        if self._closed_until is not None and now < self._closed_until:
            return self._closed_until
        return now + timedelta(seconds=self._bucket.seconds_until_next(now))

    def went_well(self, message_id: OutboxId, at: datetime) -> bool:
        """Note that the provider took a message; return whether that ends a pause."""
        if self.down.startswith(REPORTED):
            self.probes.append(message_id)
            self._closed_until = at + PROBED_EVERY
            return False
        was_down = bool(self.down)
        self.down, self._strikes, self._closed_until = "", 0, None
        return was_down

    def opens(self) -> None:
        """Note that what was sent to ask was delivered."""
        self.down, self._strikes, self._closed_until = "", 0, None
        self.probes.clear()

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
        self.probes.clear()
        self._closed_until = now + PROBED_EVERY
        return self._closed_until
