"""What a merchant may set about its marketplace, under `capabilities: marketplace:`."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from sokoni.capabilities.marketplace.goods import kinds
from sokoni.capabilities.marketplace.service.alerts import PER_DAY
from sokoni.capabilities.marketplace.service.listings import ASK_DAYS

NAME = "marketplace"


def _kind(name: str) -> str:
    if name not in kinds():
        raise ValueError(f"{name} is no kind of goods; there are {', '.join(sorted(kinds()))}")
    return name


Goods = Annotated[str, AfterValidator(_kind)]


class MarketplaceSettings(BaseModel, frozen=True, extra="forbid"):
    """Every figure has a default; an unknown key is refused."""

    listing_days: int = Field(30, ge=1, le=365)
    """A listing is shown for so long."""
    renew_days: int = Field(ASK_DAYS, ge=0, le=30)
    """A seller is asked so many days before whether it is still for sale; 0: not asked."""
    request_days: int = Field(14, ge=1, le=365)
    """What a buyer looks for is remembered for so long."""
    results: int = Field(90, ge=1, le=90)
    """Most offers shown for one search, on all its pages together."""
    reach_km: int = Field(300, ge=1)
    """A new listing further away than this is not offered to a waiting buyer."""
    match_cap: int = Field(100, ge=1)
    """Most waiting buyers that one new listing is offered to."""
    alert_wave: int = Field(5, ge=1)
    """Sellers told of a buyer's request at a time."""
    alert_cap: int = Field(15, ge=1)
    """Most sellers told of one request."""
    alerts_a_day: int = Field(PER_DAY, ge=1)
    """Most requests that one seller is told of in a day."""
    offers_enough: int = Field(3, ge=1, le=9)
    """With so many offers a request closes, and no more sellers are told of it."""
    offers_pause_minutes: int = Field(15, ge=0)
    """After the first offer, others are gathered for so long, to be shown side by side."""
    alert_pause_minutes: int = Field(30, ge=1)
    """Pause between two waves."""
    alert_km: int = Field(60, ge=1)
    """Sellers of other things are told when they are so near."""
    answer_hours: int = Field(20, ge=1)
    """A buyer is told of a seller's silence after so long; best within the channel's day."""

    deal_hours: int = Field(22, ge=1)
    """Both sides are asked whether they made a deal so long after they were brought together, and
    again after "not yet"; best within the channel's day."""
    deal_days: int = Field(21, ge=1)
    """Whoever has not said yes by then made no deal."""

    review_days: int = Field(14, ge=1)
    """A rating can be changed for so long."""

    ring_days: int = Field(60, ge=1)
    """Top ratings within so many days are looked at for people who rate one another in a ring."""
    pay_through: bool = False
    """Sellers may ask a buyer to pay through the merchant's gateways; the merchant's staff hand
    the money on to the seller."""
    forbidden: tuple[str, ...] = ()
    """Goods that are not taken: kinds of `goods.yaml`, such as `live_animals`, or words."""
    allowed: tuple[Goods, ...] = ()
    """Kinds that WhatsApp forbids and that are taken all the same, at the merchant's risk."""
