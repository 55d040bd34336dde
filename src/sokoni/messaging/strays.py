"""Bodies that name an account which is not there: kept, since a merchant may have mistyped it."""

from datetime import datetime
from typing import Final

from sokoni.channels.inbound import Unreadable

_SHOWN: Final = 64
"""Characters of a name that nobody here knows."""
_ONCE: Final = "stray:"


def stray(named: str, body: bytes, now: datetime) -> Unreadable:
    """Return what is kept of the first such body a day, for each account that is named."""
    return Unreadable(
        raw=body,
        reason=f"for {shown(named)}, which is no account here that this secret speaks for",
        once=f"{_ONCE}{now:%Y-%m-%d}:{named}",
    )


def is_stray(key: str) -> bool:
    """Tell by an event's key whether all but what was for others had been stored of it."""
    return key.startswith(f"unreadable:{_ONCE}")


def shown(named: str) -> str:
    return named[:_SHOWN]
