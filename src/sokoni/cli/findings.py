"""What `sokoni doctor` finds, and how bad it is."""

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    GOOD = "good"
    ADVICE = "advice"
    """It works, and could be better."""
    WRONG = "wrong"
    """It does not work, or is not safe."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, in plain words."""

    weight: Weight
    text: str


def good(text: str) -> Finding:
    return Finding(Weight.GOOD, text)


def advice(text: str) -> Finding:
    return Finding(Weight.ADVICE, text)


def wrong(text: str) -> Finding:
    return Finding(Weight.WRONG, text)
