"""How many of something were right, of how many."""

from dataclasses import dataclass

from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Counted:
    """How many were right, of how many."""

    right: int
    all: int

    @classmethod
    def of(cls, text: str) -> "Counted":
        right, _, every = text.partition("/")
        return cls(int(right), int(every))

    def __lt__(self, other: "Counted") -> bool:
        return self.right * other.all < other.right * self.all

    @override
    def __str__(self) -> str:
        return f"{self.right}/{self.all}"
