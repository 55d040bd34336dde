"""Wake-ups: hints that there is something to do. Whoever waits also looks every second or so."""

from sokoni.messaging.wakeups.local import (
    INBOX,
    OUTBOX,
    REQUESTS,
    STATUSES,
    TOPICS,
    Hints,
    Listener,
    LocalHints,
)

__all__ = [
    "INBOX",
    "OUTBOX",
    "REQUESTS",
    "STATUSES",
    "TOPICS",
    "Hints",
    "Listener",
    "LocalHints",
]
