"""A clock that moves only when it is told to."""

from datetime import UTC, datetime, timedelta
from typing import Final

NOON: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class StoppedClock:
    """Call it for the time; `advance` or `set` moves it."""

    def __init__(self, at: datetime = NOON) -> None:
        self._now = at

    def __call__(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by

    def set(self, at: datetime) -> None:
        self._now = at
