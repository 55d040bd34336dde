"""Providers as lists of programs show them: what they do, where, and when they are free."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import (
    Provider,
    ProviderArea,
    ProviderId,
    ProviderService,
)
from sokoni.capabilities.booking.service.availability import Availability
from sokoni.capabilities.booking.service.search import Search
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.db.vault import Vault
from sokoni.kit.ids import MerchantId
from sokoni.language.reading import KnownPlace

_USUAL_MINUTES: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A provider with what stands in other tables of them."""

    provider: Provider
    services: tuple[str, ...]
    areas: tuple[str, ...]
    next_free: datetime | None
    km: float | None = None
    """From the place that was asked for, where that is no whole town."""


class ListedProviders:
    """One merchant's providers, many at once with as few statements as one."""

    def __init__(
        self,
        session: AsyncSession,
        vault: Vault,
        merchant_id: MerchantId,
        now: datetime,
        zone: ZoneInfo,
    ) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._search = Search(session, vault, merchant_id, now, zone)
        self._availability = Availability(session, merchant_id, now, zone)

    async def page(self, *, after: ProviderId | None, limit: int) -> Sequence[Listed]:
        """Return who takes jobs, in the order in which they registered."""
        statement = self._taking().limit(limit)
        if after is not None:
            statement = statement.where(Provider.id > after)
        return await self.of((await self._session.scalars(statement)).all())

    async def doing(
        self, service: str, minutes: int, *, limit: int, offset: int
    ) -> Sequence[Listed]:
        """Return who does one kind of work, wherever that is."""
        does = select(ProviderService.provider_id).where(ProviderService.service == service)
        statement = self._taking().where(Provider.id.in_(does)).limit(limit).offset(offset)
        return await self.of((await self._session.scalars(statement)).all(), minutes)

    async def near(
        self, service: str, place: KnownPlace, minutes: int, *, limit: int, offset: int
    ) -> Sequence[Listed]:
        """Return who comes to a place, in the order in which contacts see them."""
        found = await self._search.near(service, place, minutes, limit=limit, offset=offset)
        ids = [one.id for one in found]
        mine = Provider.merchant_id == self._merchant_id
        rows = await self._session.scalars(select(Provider).where(mine, Provider.id.in_(ids)))
        by_id = {row.id: row for row in rows}
        listed = await self._with([by_id[one] for one in ids], {x.id: x.next_free for x in found})
        return [replace(one, km=x.km) for one, x in zip(listed, found, strict=True)]

    async def of(
        self, providers: Sequence[Provider], minutes: int = _USUAL_MINUTES
    ) -> Sequence[Listed]:
        """Return these with what belongs to them."""
        ids = [one.id for one in providers]
        free = await self._availability.next_free(ids, minutes) if ids else {}
        return await self._with(providers, free)

    def _taking(self) -> Select[Provider]:
        """Scope of every query for those who take jobs."""
        active = Provider.status == ProviderStatus.ACTIVE
        mine = Provider.merchant_id == self._merchant_id
        return select(Provider).where(mine, active).order_by(Provider.id)

    async def _with(
        self, providers: Sequence[Provider], free: Mapping[ProviderId, datetime | None]
    ) -> Sequence[Listed]:
        ids = [one.id for one in providers]
        services, areas = await self._services(ids), await self._areas(ids)
        return [
            Listed(
                provider=one,
                services=tuple(services[one.id]),
                areas=tuple(areas[one.id]),
                next_free=free.get(one.id),
            )
            for one in providers
        ]

    async def _services(self, ids: Sequence[ProviderId]) -> dict[ProviderId, list[str]]:
        found = defaultdict(list)
        statement = select(ProviderService.provider_id, ProviderService.service).where(
            ProviderService.provider_id.in_(ids)
        )
        for row in await self._session.execute(statement.order_by(ProviderService.service)):
            found[row.provider_id].append(row.service)
        return found

    async def _areas(self, ids: Sequence[ProviderId]) -> dict[ProviderId, list[str]]:
        found = defaultdict(list)
        statement = select(ProviderArea.provider_id, ProviderArea.place_name).where(
            ProviderArea.provider_id.in_(ids)
        )
        for row in await self._session.execute(statement.order_by(ProviderArea.place_name)):
            found[row.provider_id].append(row.place_name)
        return found
