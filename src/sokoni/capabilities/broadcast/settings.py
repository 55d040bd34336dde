"""What a merchant may set about broadcasts, under `capabilities: broadcast:`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, Field

NAME: Final = "broadcast"
WhatThen: TypeAlias = Literal["wait", "leave_out"]
_Kind: TypeAlias = Literal["marketing", "utility", "service"]


def _exact(said: object) -> object:
    """Take a number as it stands in the YAML: a float's digits are what was written."""
    return str(said) if isinstance(said, float) else said


Price = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, max_digits=12)]


class BroadcastSettings(BaseModel, frozen=True, extra="forbid"):
    """Every figure has a default; an unknown key is refused."""

    most_marketing: int = Field(3, ge=0, le=100)
    """So many marketing messages a contact gets in `marketing_days`; 0: as many as there are."""
    marketing_days: int = Field(7, ge=1, le=90)
    at_night: WhatThen = "wait"
    """Where it is night for a contact (`night_from`, `night_until`), marketing waits until the
    morning there, or they are left out."""
    in_a_task: WhatThen = "wait"
    """Who is in the middle of a task, or talks with a person, is written to when that is over, or
    left out."""
    task_minutes: int = Field(30, ge=1, le=24 * 60)
    """Who wrote nothing for so long is in the middle of nothing any more."""
    lifetime_hours: int = Field(24, ge=1, le=24 * 14)
    """Who could not be written to until then is not written to any more."""
    backlog: int = Field(200, ge=1, le=100_000)
    """So many messages of a broadcast at most wait to be sent at a time."""
    stop_after: int = Field(20, ge=1, le=100_000)
    """It is paused, and staff are told, once so many messages of the last hour failed for a reason
    that says something of the number or the template, and `stop_percent` of them did."""
    stop_percent: int = Field(5, ge=1, le=100)
    low_quality: Literal["pause", "slow", "go_on"] = "pause"
    """What becomes of it where the channel says that a number's quality is low (RED, FLAGGED): it
    is paused, or goes at a quarter of its pace."""
    daily_percent: int = Field(90, ge=1, le=100)
    """Of the contacts that a channel lets be written to first within 24 hours, where that is
    known, broadcasts take so many percent: the rest is for news of orders and the like."""
    prices: Mapping[_Kind, Price] = Field(default_factory=dict)
    """What a message costs, in the merchant's currency, for the estimate of a proof: of templates
    by their category, and `service` for what is said within the service window."""
    keep_days: int = Field(365, ge=1, le=3650)
    """Who was written to, and what came of it, is kept for so long after a broadcast."""
