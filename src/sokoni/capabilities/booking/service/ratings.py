"""How good providers are said to be: what we were told with them, and what reviews say since."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import Provider, ProviderReach
from sokoni.capabilities.booking.service.reach import shortfall_of
from sokoni.capabilities.booking.settings import NAME
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.reviews.ratings import stars_of

_FRESH: Final = {"populate_existing": True}


async def rate_anew(
    session: AsyncSession, merchant_id: MerchantId, people: Collection[ContactId]
) -> None:
    """Count what is said of those of the people who are providers, and rank them by it."""
    theirs = (Provider.merchant_id == merchant_id, Provider.contact_id.in_(people))
    # One at a time: of two who rate the same, the second counts both.
    locked = select(Provider).where(*theirs).order_by(Provider.id).with_for_update()
    providers = (await session.scalars(locked.execution_options(**_FRESH))).all()
    said = await stars_of(session, merchant_id, NAME, [one.contact_id for one in providers])
    for one in providers:
        total, count = said[one.contact_id]
        one.stars_sum += total - one.reviews_sum
        one.stars_count += count - one.reviews_count
        one.reviews_sum, one.reviews_count = total, count
        ranking = update(ProviderReach).where(ProviderReach.provider_id == one.id)
        await session.execute(ranking.values(shortfall=shortfall_of(one)))
    await session.flush()
