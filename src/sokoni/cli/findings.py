"""What `sokoni doctor` finds, and how bad it is."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import ValidationError

from sokoni.db.vault import KeyUnknownError, TamperedError
from sokoni.errors import AppError


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


def unusable(name: str, kind: str, error: AppError | ValidationError) -> Finding:
    """Say why what a merchant's file names cannot be used as it is kept."""
    match error:
        case KeyUnknownError() | TamperedError():
            return wrong(f"{name}: its credentials cannot be decrypted; apply its file again.")
        case ValidationError():
            return wrong(
                f"{name}: its settings are those of another version; apply its file again."
            )
        case _:
            return wrong(f"{name}: this {kind} is not installed.")
