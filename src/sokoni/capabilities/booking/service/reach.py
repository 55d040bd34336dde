"""What a search finds of a provider: where they take jobs, and how good they are."""

from typing import Final, cast

from sqlalchemy import Table, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import (
    Provider,
    ProviderArea,
    ProviderId,
    ProviderReach,
    ProviderService,
)
from sokoni.capabilities.booking.service.areas import Area, found_under
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.db.session import insert_once

BEST: Final = 5000
"""Thousandths of stars."""
_USUAL_STARS, _USUAL_WEIGHT = 3800, 3
"""A new provider ranks like one with three ordinary ratings: one bad day ruins nobody."""
_REACH: Final = cast("Table", ProviderReach.__table__)


async def reach_anew(session: AsyncSession, provider: Provider) -> None:
    """Have searches find the provider where they take jobs, and nowhere else."""
    await session.execute(delete(_REACH).where(_REACH.c.provider_id == provider.id))
    if provider.status != ProviderStatus.ACTIVE:
        return
    services = await services_of(session, provider.id)
    areas = found_under(await areas_of(session, provider.id))
    rows = [
        {
            "merchant_id": provider.merchant_id,
            "service": service,
            "area": area,
            "provider_id": provider.id,
            "latitude": provider.latitude,
            "longitude": provider.longitude,
            "shortfall": shortfall_of(provider),
        }
        for service in services
        for area in areas
    ]
    await insert_once(session, _REACH, rows)


async def services_of(session: AsyncSession, provider_id: ProviderId) -> tuple[str, ...]:
    statement = select(ProviderService.service).where(ProviderService.provider_id == provider_id)
    return tuple(await session.scalars(statement.order_by(ProviderService.service)))


async def areas_of(session: AsyncSession, provider_id: ProviderId) -> tuple[Area, ...]:
    statement = select(ProviderArea).where(ProviderArea.provider_id == provider_id)
    return tuple(
        Area(row.place_id, row.place_name, row.town, row.whole_town)
        for row in await session.scalars(statement.order_by(ProviderArea.place_name))
    )


def shortfall_of(provider: Provider) -> int:
    """Return by how much the provider falls short of the best: a few ratings weigh little."""
    known = provider.stars_sum * 1000 + _USUAL_STARS * _USUAL_WEIGHT
    return BEST - known // (provider.stars_count + _USUAL_WEIGHT)
