"""Days off: time in which nobody books a provider anew."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import AbsenceId, Provider, ProviderAbsence, ProviderId
from sokoni.capabilities.booking.service.hours import Span
from sokoni.capabilities.booking.service.waits import may_be_free
from sokoni.kit.ids import MerchantId, new_id


class Absences:
    """The days off of one merchant's providers."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def coming(
        self, provider_id: ProviderId, *, limit: int, offset: int = 0
    ) -> Sequence[ProviderAbsence]:
        """Return what is not over yet, the next first."""
        statement = self._of(provider_id).where(ProviderAbsence.ends_at > self._now)
        found = await self._session.scalars(statement.limit(limit).offset(offset))
        return found.all()

    async def within(self, provider_id: ProviderId, span: Span) -> Sequence[ProviderAbsence]:
        """Return what touches a span of time."""
        touching = (ProviderAbsence.ends_at > span.start, ProviderAbsence.starts_at < span.end)
        return (await self._session.scalars(self._of(provider_id).where(*touching))).all()

    async def take(self, provider: Provider, span: Span) -> None:
        """Have no new jobs booked in a span of time; what is booked stays."""
        known = await self.within(provider.id, span)
        if not any(one.starts_at <= span.start and span.end <= one.ends_at for one in known):
            self._session.add(self._absence(provider.id, span))
            await self._session.flush()

    async def give_back(self, provider: Provider, span: Span) -> bool:
        """Have jobs booked in a span of time again; False where none of it was off.

        Who waits for some of it hears so.
        """
        known = await self.within(provider.id, span)
        for one in known:
            for left in _left(Span(one.starts_at, one.ends_at), span):
                self._session.add(self._absence(provider.id, left))
            await self._session.delete(one)
        await self._session.flush()
        freed = [Span(max(one.starts_at, span.start), min(one.ends_at, span.end)) for one in known]
        await may_be_free(self._session, provider.id, freed, self._now)
        return bool(known)

    def _absence(self, provider_id: ProviderId, span: Span) -> ProviderAbsence:
        return ProviderAbsence(
            id=AbsenceId(new_id()),
            merchant_id=self._merchant_id,
            provider_id=provider_id,
            starts_at=span.start,
            ends_at=span.end,
        )

    def _of(self, provider_id: ProviderId) -> Select[ProviderAbsence]:
        """Scope of every query for days off."""
        return (
            select(ProviderAbsence)
            .where(
                ProviderAbsence.merchant_id == self._merchant_id,
                ProviderAbsence.provider_id == provider_id,
            )
            .order_by(ProviderAbsence.starts_at, ProviderAbsence.id)
        )


def _left(whole: Span, taken: Span) -> Sequence[Span]:
    """Return what is left of a span before and after another."""
    sides = (Span(whole.start, taken.start), Span(taken.end, whole.end))
    return [one for one in sides if one.start < one.end]
