"""Whose trade is still going on: they are not erased for being silent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from sokoni.capabilities.marketplace.models import (
    BuyRequest,
    Introduction,
    IntroductionState,
    Listing,
    ListingState,
    RequestState,
)
from sokoni.kit.ids import MerchantId


def needed(merchant_id: MerchantId, before: datetime) -> Sequence[Select[Any]]:
    """Select who offers or looks for something, or was brought together with somebody since."""
    met = or_(Introduction.state == IntroductionState.ASKED, Introduction.created_at >= before)
    people: Sequence[Any] = (Introduction.buyer_id, Introduction.seller_id)
    return [
        select(Listing.contact_id).where(
            Listing.merchant_id == merchant_id,
            Listing.state == ListingState.OPEN,
            Listing.expires_at >= before,
        ),
        select(BuyRequest.contact_id).where(
            BuyRequest.merchant_id == merchant_id,
            BuyRequest.state == RequestState.OPEN,
            BuyRequest.expires_at >= before,
        ),
        *(select(one).where(Introduction.merchant_id == merchant_id, met) for one in people),
    ]
