"""What the marketplace keeps of a contact, for whoever may ask for all that is kept."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import BuyRequest, Introduction, Listing, Seller
from sokoni.db.base import Base
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
    kept: dict[str, Any] = {}
    for name, statement in theirs.items():
        model = statement.column_descriptions[0]["entity"]
        mine = statement.where(model.merchant_id == merchant_id).order_by(model.id)
        kept[name] = [_shown(row) for row in await session.scalars(mine)]
    return kept


def _shown(row: Base) -> dict[str, Any]:
    columns = [column.key for column in row.__table__.columns]
    return {name: getattr(row, name) for name in columns if name not in _HIDDEN}
