"""What a merchant may set about its marketplace, under `capabilities: marketplace:`."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

NAME = "marketplace"


class MarketplaceSettings(BaseModel, frozen=True, extra="forbid"):
    """Every figure has a default; an unknown key is refused."""

    listing_days: int = Field(30, ge=1, le=365)
    """A listing is shown for so long."""
    request_days: int = Field(30, ge=1, le=365)
    """What a buyer looks for is remembered for so long."""
    results: int = Field(90, ge=1, le=90)
    """Most offers shown for one search, on all its pages together."""
    reach_km: int = Field(300, ge=1)
    """A new listing further away than this is not offered to a waiting buyer."""
    match_cap: int = Field(100, ge=1)
    """Most waiting buyers that one new listing is offered to."""
    alert_wave: int = Field(10, ge=1)
    """Sellers told of a buyer's request at a time."""
    alert_cap: int = Field(50, ge=1)
    """Most sellers told of one request."""
    alert_pause_minutes: int = Field(30, ge=1)
    """Pause between two waves."""
    alert_km: int = Field(60, ge=1)
    """Sellers of other things are told when they are so near."""
    answer_hours: int = Field(20, ge=1)
    """A buyer is told of a seller's silence after so long; best within the channel's day."""

    @classmethod
    def of(cls, declared: Mapping[str, Any]) -> "MarketplaceSettings":
        return cls.model_validate(dict(declared))
