"""Providers: who does which jobs, where and when, and whether they take any."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Select, Table, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import (
    AbsenceId,
    Provider,
    ProviderAbsence,
    ProviderArea,
    ProviderHours,
    ProviderId,
    ProviderReach,
    ProviderService,
)
from sokoni.capabilities.booking.service.areas import Area, found_under
from sokoni.capabilities.booking.service.hours import Span, Stretch
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.db.session import insert_once, rows_changed
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId, new_id, new_reference
from sokoni.language.reading import KnownPlace

NAME_COLUMN: Final = "providers.name"
ADDRESS_COLUMN: Final = "providers.address"
BEST: Final = 5000
"""Thousandths of stars."""
_USUAL_STARS, _USUAL_WEIGHT = 3800, 3
"""A new provider ranks like one with three ordinary ratings: one bad day ruins nobody."""
_REACH: Final = cast("Table", ProviderReach.__table__)


class ProviderUnknownError(AppError):
    """The merchant has no such provider."""

    code = "provider_unknown"
    http_status = 404


class ProviderKnownError(AppError):
    """The contact is a provider already."""

    code = "provider_known"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProvider:
    """What a provider registers with."""

    name: str
    services: tuple[str, ...]
    areas: tuple[Area, ...]
    base: KnownPlace
    hours: tuple[Stretch, ...]
    address: str = ""
    lead_minutes: int = 0
    buffer_minutes: int = 0
    status: ProviderStatus = ProviderStatus.PENDING


class Providers:
    """One merchant's providers."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant_id: MerchantId, now: datetime
    ) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id
        self._now = now

    # --- reading ------------------------------------------------------------------------------

    async def find(self, contact_id: ContactId) -> Provider | None:
        """Return what the contact is as a provider."""
        return await self._session.scalar(
            self._providers().where(Provider.contact_id == contact_id)
        )

    async def find_quoted(self, reference: str) -> Provider | None:
        said = reference.strip().upper()
        return await self._session.scalar(self._providers().where(Provider.reference == said))

    async def get(self, provider_id: ProviderId) -> Provider:
        """Return a provider, or raise `ProviderUnknownError`."""
        found = await self._session.scalar(self._providers().where(Provider.id == provider_id))
        if found is None:
            raise ProviderUnknownError(str(provider_id))
        return found

    async def page(
        self, *, status: ProviderStatus | None = None, after: ProviderId | None, limit: int
    ) -> Sequence[Provider]:
        """Return providers in the order in which they registered, for the API and pages."""
        statement = self._providers().order_by(Provider.id).limit(limit)
        if status is not None:
            statement = statement.where(Provider.status == status)
        if after is not None:
            statement = statement.where(Provider.id > after)
        return (await self._session.scalars(statement)).all()

    async def services_of(self, provider_id: ProviderId) -> tuple[str, ...]:
        return await _services_of(self._session, provider_id)

    async def areas_of(self, provider_id: ProviderId) -> tuple[Area, ...]:
        return await _areas_of(self._session, provider_id)

    def name_of(self, provider: Provider) -> str:
        return self._vault.open_text(NAME_COLUMN, provider.id, provider.name)

    def address_of(self, provider: Provider) -> str:
        return self._vault.open_text(ADDRESS_COLUMN, provider.id, provider.address)

    # --- writing ------------------------------------------------------------------------------

    async def register(self, contact_id: ContactId, new: NewProvider) -> Provider:
        """Make the contact a provider, or raise `ProviderKnownError`."""
        provider_id = ProviderId(new_id())
        provider = Provider(
            id=provider_id,
            merchant_id=self._merchant_id,
            contact_id=contact_id,
            reference=new_reference("PRV"),
            name=self._vault.seal_text(NAME_COLUMN, provider_id, new.name),
            address=self._vault.seal_text(ADDRESS_COLUMN, provider_id, new.address)
            if new.address
            else None,
            place_id=new.base.id,
            place_name=new.base.name,
            latitude=new.base.latitude,
            longitude=new.base.longitude,
            status=new.status,
            lead_minutes=new.lead_minutes,
            buffer_minutes=new.buffer_minutes,
            stars_sum=0,
            stars_count=0,
            registered_at=self._now,
        )
        try:
            async with self._session.begin_nested():
                self._session.add(provider)
        except IntegrityError:
            raise ProviderKnownError(contact_id) from None
        await self.does(provider, new.services)
        await self.works(provider, new.hours)
        await self.serves(provider, new.areas)
        return provider

    async def does(self, provider: Provider, services: Iterable[str]) -> None:
        """Have the provider do these kinds of work, and no others."""
        await self._replace(
            ProviderService, provider, [{"service": one} for one in dict.fromkeys(services)]
        )
        await reach_anew(self._session, provider)

    async def serves(self, provider: Provider, areas: Iterable[Area]) -> None:
        """Have the provider come to these areas, and to no others."""
        rows = {
            one.place_id: {
                "place_id": one.place_id,
                "place_name": one.place_name,
                "town": one.town,
                "whole_town": one.whole_town,
            }
            for one in areas
        }
        await self._replace(ProviderArea, provider, list(rows.values()))
        await reach_anew(self._session, provider)

    async def works(self, provider: Provider, hours: Iterable[Stretch]) -> None:
        """Have the provider work at these times of a week, and at no others."""
        rows = [
            {"weekday": one.weekday, "opens": one.opens, "closes": one.closes}
            for one in {(one.weekday, one.opens): one for one in hours}.values()
        ]
        await self._replace(ProviderHours, provider, rows)

    async def is_off(self, provider: Provider, span: Span) -> AbsenceId:
        """Have no new jobs booked in a span of time; what is booked stays."""
        absence = ProviderAbsence(
            id=AbsenceId(new_id()),
            merchant_id=self._merchant_id,
            provider_id=provider.id,
            starts_at=span.start,
            ends_at=span.end,
        )
        self._session.add(absence)
        await self._session.flush()
        return absence.id

    async def is_back(self, provider: Provider, absence_id: AbsenceId) -> None:
        await self._session.execute(
            delete(ProviderAbsence).where(
                ProviderAbsence.provider_id == provider.id, ProviderAbsence.id == absence_id
            )
        )

    async def set_status(
        self, provider: Provider, status: ProviderStatus, *, sources: Iterable[ProviderStatus]
    ) -> bool:
        """Change where the provider stands; False where it stood elsewhere already."""
        changing = update(Provider).where(
            Provider.merchant_id == self._merchant_id,
            Provider.id == provider.id,
            Provider.status.in_(list(sources)),
        )
        if not await rows_changed(self._session, changing.values(status=status)):
            return False
        await self._session.refresh(provider)
        await reach_anew(self._session, provider)
        return True

    async def is_rated(self, provider: Provider, stars: int, *, before: int = 0) -> None:
        """Count a rating: a new one, or one that was `before` so many stars."""
        rating = update(Provider).where(
            Provider.merchant_id == self._merchant_id, Provider.id == provider.id
        )
        await self._session.execute(
            rating.values(
                stars_sum=Provider.stars_sum + stars - before,
                stars_count=Provider.stars_count + (0 if before else 1),
            )
        )
        await self._session.refresh(provider)
        ranking = update(ProviderReach).where(ProviderReach.provider_id == provider.id)
        await self._session.execute(ranking.values(shortfall=shortfall_of(provider)))

    async def _replace(
        self,
        model: type[ProviderService | ProviderArea | ProviderHours],
        provider: Provider,
        rows: Sequence[Mapping[str, object]],
    ) -> None:
        table = cast("Table", model.__table__)
        await self._session.execute(delete(table).where(table.c.provider_id == provider.id))
        its = {"provider_id": provider.id, "merchant_id": self._merchant_id}
        await insert_once(self._session, table, [{**its, **row} for row in rows])

    async def count(self, status: ProviderStatus) -> int:
        """Return how many providers stand so."""
        statement = select(func.count()).select_from(
            self._providers().where(Provider.status == status).subquery()
        )
        return await self._session.scalar(statement) or 0

    def _providers(self) -> Select[Provider]:
        """Scope of every query for whole providers."""
        return select(Provider).where(Provider.merchant_id == self._merchant_id)


async def reach_anew(session: AsyncSession, provider: Provider) -> None:
    """Have searches find the provider where they take jobs, and nowhere else."""
    await session.execute(delete(_REACH).where(_REACH.c.provider_id == provider.id))
    if provider.status != ProviderStatus.ACTIVE:
        return
    services = await _services_of(session, provider.id)
    areas = found_under(await _areas_of(session, provider.id))
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


async def _services_of(session: AsyncSession, provider_id: ProviderId) -> tuple[str, ...]:
    statement = select(ProviderService.service).where(ProviderService.provider_id == provider_id)
    return tuple(await session.scalars(statement.order_by(ProviderService.service)))


async def _areas_of(session: AsyncSession, provider_id: ProviderId) -> tuple[Area, ...]:
    statement = select(ProviderArea).where(ProviderArea.provider_id == provider_id)
    return tuple(
        Area(row.place_id, row.place_name, row.town, row.whole_town)
        for row in await session.scalars(statement.order_by(ProviderArea.place_name))
    )


def shortfall_of(provider: Provider) -> int:
    """Return by how much the provider falls short of the best: a few ratings weigh little."""
    known = provider.stars_sum * 1000 + _USUAL_STARS * _USUAL_WEIGHT
    return BEST - known // (provider.stars_count + _USUAL_WEIGHT)
