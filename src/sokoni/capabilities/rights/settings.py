"""What a merchant file may say under `capabilities: rights:`."""

from enum import StrEnum
from typing import Final

from pydantic import BaseModel

NAME: Final = "rights"


class Wish(StrEnum):
    """What contacts may ask for."""

    DATA = "data"
    """A copy of all that is kept of them."""
    FORGET = "forget"
    """That all of it is erased."""


class RightsSettings(BaseModel, frozen=True, extra="forbid"):
    """Every merchant's contacts have these rights; how they are granted is the merchant's."""

    approve: tuple[Wish, ...] = ()
    """What staff approve first (`data`, `forget`); the rest is done at once."""
    offer: bool = False
    """Ask everybody once, at the end of a task, whether they want offers."""
