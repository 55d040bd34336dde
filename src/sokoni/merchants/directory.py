"""Merchants as turns see them, kept in memory and read anew when they may be out of date."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.db.engine import READING
from sokoni.kit.clock import Clock
from sokoni.kit.ids import MerchantId
from sokoni.merchants.models import Merchant
from sokoni.merchants.profile import MerchantProfile
from sokoni.merchants.service import MerchantUnknownError

_MAX_AGE: Final = timedelta(seconds=10)


class MerchantDirectory:
    """Profiles by id and by slug. What another process applies is seen within seconds."""

    def __init__(
        self, engine: AsyncEngine, clock: Clock, *, max_age: timedelta = _MAX_AGE
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._max_age = max_age
        self._by_id: dict[MerchantId, MerchantProfile] = {}
        self._by_slug: dict[str, MerchantProfile] = {}
        self._stale_at = clock()

    async def get(self, merchant_id: MerchantId) -> MerchantProfile:
        """Return the merchant's profile, or raise `MerchantUnknownError`."""
        await self._keep_fresh()
        if merchant_id not in self._by_id:
            await self.refresh()
        try:
            return self._by_id[merchant_id]
        except KeyError:
            raise MerchantUnknownError(merchant_id) from None

    async def find(self, slug: str) -> MerchantProfile | None:
        await self._keep_fresh()
        if slug not in self._by_slug:
            await self.refresh()
        return self._by_slug.get(slug)

    async def all(self) -> Collection[MerchantProfile]:
        await self._keep_fresh()
        return self._by_slug.values()

    async def refresh(self) -> None:
        """Read every merchant anew."""
        connection = self._engine.execution_options(**{READING: True})
        async with AsyncSession(connection) as session:
            rows = (await session.scalars(select(Merchant).order_by(Merchant.slug))).all()
        profiles = [profile_of(row) for row in rows]
        self._by_id = {profile.id: profile for profile in profiles}
        self._by_slug = {profile.slug: profile for profile in profiles}
        self._stale_at = self._clock() + self._max_age

    async def _keep_fresh(self) -> None:
        if self._clock() >= self._stale_at:
            await self.refresh()


def profile_of(row: Merchant) -> MerchantProfile:
    return MerchantProfile(
        id=row.id,
        slug=row.slug,
        name=row.name,
        country=row.country,
        currency=row.currency,
        zone=ZoneInfo(row.timezone),
        languages=tuple(row.languages),
        capabilities=row.capabilities,
        **row.settings,
    )
