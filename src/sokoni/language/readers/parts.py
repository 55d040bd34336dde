"""Parts of a day, and when they are."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a day: its first hour, the hour it is over, its likeliest, and what it is of."""

    first: int
    last: int
    usual: int
    of: str


PARTS: Final = {
    "morning": Part(6, 12, 9, "morning"),
    "lunch": Part(12, 14, 12, "afternoon"),
    "after_lunch": Part(13, 17, 14, "afternoon"),
    "afternoon": Part(12, 17, 14, "afternoon"),
    "evening": Part(17, 22, 18, "evening"),
}
