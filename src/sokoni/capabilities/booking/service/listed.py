"""Providers as lists of programs show them: what they do, where, and when they are free."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

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
        does, comes = ProviderService, ProviderArea
        services = await self._of_each(ids, does.provider_id, does.service)
        areas = await self._of_each(ids, comes.provider_id, comes.place_name)
        return [
            Listed(
                provider=one,
                services=tuple(services[one.id]),
                areas=tuple(areas[one.id]),
                next_free=free.get(one.id),
            )
            for one in providers
        ]

    async def _of_each(
        self,
        ids: Sequence[ProviderId],
        owner: InstrumentedAttribute[ProviderId],
        value: InstrumentedAttribute[str],
    ) -> Mapping[ProviderId, Sequence[str]]:
        """Return the values that each provider has rows of, in order."""
        found: defaultdict[ProviderId, list[str]] = defaultdict(list)
        statement = select(owner, value).where(owner.in_(ids)).order_by(value)
        for provider_id, one in await self._session.execute(statement):
            found[provider_id].append(one)
        return found
