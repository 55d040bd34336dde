"""Rows for tests of reviews. Defaults are valid; a test names only what it is about."""

from datetime import datetime
from typing import TypedDict, Unpack

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.reviews.models import Deal, DealState
from sokoni.testing.clock import NOON


class DealFields(TypedDict, total=False):
    capability: str
    thing: str
    state: DealState
    at: datetime


async def create_deal(
    session: AsyncSession,
    merchant_id: MerchantId,
    provider_id: ContactId,
    customer_id: ContactId,
    **fields: Unpack[DealFields],
) -> Deal:
    """Save a deal, one that both sides agreed on unless the test says otherwise."""
    state, at = fields.get("state", DealState.AGREED), fields.get("at", NOON)
    deal = Deal(
        merchant_id=merchant_id,
        capability=fields.get("capability", "marketplace"),
        subject=new_id().hex,
        thing=fields.get("thing", "goats"),
        provider_id=provider_id,
        customer_id=customer_id,
        state=state,
        created_at=at,
        expires_at=at,
        agreed_at=at if state is DealState.AGREED else None,
    )
    session.add(deal)
    await session.flush()
    return deal
