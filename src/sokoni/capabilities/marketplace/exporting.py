"""What the marketplace keeps of a contact, for whoever may ask for all that is kept."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import BuyRequest, Introduction, Listing, Seller
from sokoni.db.exporting import exported
from sokoni.kit.ids import ContactId, MerchantId

_HIDDEN: Final = frozenset(
    {"merchant_id", "seller_id", "buyer_id", "contact_id", "meaning", "photo_awaited"}
)
"""Whom else it is about, and what stands for something shown beside it."""


async def export(
    session: AsyncSession, merchant_id: MerchantId, contact_id: ContactId
) -> Mapping[str, Any]:
    """Return what the contact sells, looks for, and whom they were to meet over what."""
    met = or_(Introduction.buyer_id == contact_id, Introduction.seller_id == contact_id)
    theirs = {
        "seller": select(Seller).where(Seller.contact_id == contact_id),
        "listings": select(Listing).where(Listing.contact_id == contact_id),
        "buy_requests": select(BuyRequest).where(BuyRequest.contact_id == contact_id),
        "introductions": select(Introduction).where(met),
    }
    return await exported(session, merchant_id, theirs, _HIDDEN)
