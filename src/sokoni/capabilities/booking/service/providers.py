"""Providers: who does which jobs, where and when, and whether they take any."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final, TypeAlias, cast

from sqlalchemy import Select, Table, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import (
    Provider,
    ProviderArea,
    ProviderHours,
    ProviderId,
    ProviderReach,
    ProviderService,
)
from sokoni.capabilities.booking.service.areas import Area
from sokoni.capabilities.booking.service.hours import Stretch
from sokoni.capabilities.booking.service.reach import (
    areas_of,
    reach_anew,
    services_of,
    shortfall_of,
)
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.db.session import insert_once, rows_changed
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId, new_id, new_reference
from sokoni.language.reading import KnownPlace

NAME_COLUMN: Final = "providers.name"
ADDRESS_COLUMN: Final = "providers.address"
_Listed: TypeAlias = type[ProviderService | ProviderArea | ProviderHours]


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
        return await services_of(self._session, provider_id)

    async def areas_of(self, provider_id: ProviderId) -> tuple[Area, ...]:
        return await areas_of(self._session, provider_id)

    async def names_of(self, provider_ids: Iterable[ProviderId]) -> dict[ProviderId, str]:
        """Return the names of many providers with one query."""
        ids = list(provider_ids)
        rows = await self._session.scalars(self._providers().where(Provider.id.in_(ids)))
        return {row.id: self.name_of(row) for row in rows}

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
            address=self._vault.seal_said(ADDRESS_COLUMN, provider_id, new.address),
            **_based(new.base),
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
        await self._insert(ProviderService, provider, _services(new.services))
        await self._insert(ProviderHours, provider, _hours(new.hours))
        await self._insert(ProviderArea, provider, _areas(new.areas))
        await reach_anew(self._session, provider)
        return provider

    async def apply_again(self, provider: Provider, new: NewProvider) -> None:
        """Have staff look once more at a provider whom they did not let in."""
        await self.change(provider, name=new.name, base=new.base)
        await self.does(provider, new.services)
        await self.serves(provider, new.areas)
        waiting, rejected = ProviderStatus.PENDING, ProviderStatus.REJECTED
        await self.set_status(provider, waiting, sources=[rejected])

    async def change(
        self,
        provider: Provider,
        *,
        name: str = "",
        address: str = "",
        base: KnownPlace | None = None,
        lead_minutes: int | None = None,
        buffer_minutes: int | None = None,
    ) -> bool:
        """Take over what is told of the provider; False where all was so already."""
        told: dict[str, object] = {}
        if name and name != self.name_of(provider):
            told["name"] = self._vault.seal_text(NAME_COLUMN, provider.id, name)
        if address and address != self.address_of(provider):
            told["address"] = self._vault.seal_text(ADDRESS_COLUMN, provider.id, address)
        if base is not None and base.id != provider.place_id:
            told |= _based(base)
        if lead_minutes not in {None, provider.lead_minutes}:
            told["lead_minutes"] = lead_minutes
        if buffer_minutes not in {None, provider.buffer_minutes}:
            told["buffer_minutes"] = buffer_minutes
        for column, value in told.items():
            setattr(provider, column, value)
        await self._session.flush()
        if "latitude" in told:
            await reach_anew(self._session, provider)
        return bool(told)

    async def does(self, provider: Provider, services: Iterable[str]) -> None:
        """Have the provider do these kinds of work, and no others."""
        await self._replace(ProviderService, provider, _services(services))
        await reach_anew(self._session, provider)

    async def serves(self, provider: Provider, areas: Iterable[Area]) -> None:
        """Have the provider come to these areas, and to no others."""
        await self._replace(ProviderArea, provider, _areas(areas))
        await reach_anew(self._session, provider)

    async def works(self, provider: Provider, hours: Iterable[Stretch]) -> None:
        """Have the provider work at these times of a week, and at no others."""
        await self._replace(ProviderHours, provider, _hours(hours))

    async def set_status(
        self, provider: Provider, status: ProviderStatus, *, sources: Iterable[ProviderStatus]
    ) -> bool:
        """Change where the provider stands; False where it stood elsewhere already."""
        moved = await stand(self._session, self._merchant_id, provider.id, status, sources=sources)
        return moved is not None

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
        model: _Listed,
        provider: Provider,
        rows: Sequence[Mapping[str, object]],
    ) -> None:
        table = cast("Table", model.__table__)
        await self._session.execute(delete(table).where(table.c.provider_id == provider.id))
        await self._insert(model, provider, rows)

    async def _insert(
        self, model: _Listed, provider: Provider, rows: Sequence[Mapping[str, object]]
    ) -> None:
        table = cast("Table", model.__table__)
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


async def stand(
    session: AsyncSession,
    merchant_id: MerchantId,
    provider_id: ProviderId,
    status: ProviderStatus,
    *,
    sources: Iterable[ProviderStatus],
) -> Provider | None:
    """Change where a provider stands; None where they stood elsewhere already."""
    changing = update(Provider).where(
        Provider.merchant_id == merchant_id,
        Provider.id == provider_id,
        Provider.status.in_(list(sources)),
    )
    if not await rows_changed(session, changing.values(status=status)):
        return None
    provider = await session.get_one(Provider, provider_id, populate_existing=True)
    await reach_anew(session, provider)
    return provider


def _based(base: KnownPlace) -> dict[str, object]:
    return {
        "place_id": base.id,
        "place_name": base.name,
        "latitude": base.latitude,
        "longitude": base.longitude,
    }


def _services(services: Iterable[str]) -> Sequence[Mapping[str, object]]:
    return [{"service": one} for one in dict.fromkeys(services)]


def _areas(areas: Iterable[Area]) -> Sequence[Mapping[str, object]]:
    return [asdict(one) for one in {one.place_id: one for one in areas}.values()]


def _hours(hours: Iterable[Stretch]) -> Sequence[Mapping[str, object]]:
    return [asdict(one) for one in {(one.weekday, one.opens): one for one in hours}.values()]
