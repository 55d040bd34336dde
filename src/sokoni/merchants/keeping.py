"""Settings that say for how many days a kind of data is kept once it is over."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

LEAST: Final = 30
"""Whoever comes back after a while finds what they left."""


def _long_enough(days: int) -> int:
    if 0 < days < LEAST:
        raise ValueError(f"at least {LEAST} days, or 0: for ever")
    return days


KeptDays = Annotated[int, Field(ge=0, le=36_500), AfterValidator(_long_enough)]
"""0: for ever."""
