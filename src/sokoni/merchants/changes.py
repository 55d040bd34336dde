"""What applying a merchant file did, thing by thing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    PAUSED = "paused"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """The outcome for one thing that the file declares."""

    outcome: Outcome
    what: str


def assign(row: object, values: Mapping[str, Any]) -> Outcome:
    """Set the row's columns to these values, and tell whether any was different."""
    different = {name: new for name, new in values.items() if getattr(row, name) != new}
    for name, new in different.items():
        setattr(row, name, new)
    return Outcome.UPDATED if different else Outcome.UNCHANGED
