"""Providers that staff let in, or do not."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import Provider, ProviderId
from sokoni.capabilities.booking.service.providers import stand
from sokoni.capabilities.booking.service.ratings import rate_anew
from sokoni.capabilities.booking.settings import NAME
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.messaging.events import Tell, TellTo
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Prompt
from sokoni.reviews.models import ReportKind
from sokoni.reviews.reports import NewReport

_WAITING = (ProviderStatus.PENDING, ProviderStatus.REJECTED)
_LET_IN = (ProviderStatus.PENDING, ProviderStatus.ACTIVE, ProviderStatus.PAUSED)


def applicant(provider: Provider, name: str = "") -> NewReport:
    """Return what has staff look at a provider."""
    return NewReport(
        kind=ReportKind.APPLICANT,
        capability=NAME,
        subject=provider.id.hex,
        what=f"{provider.reference} {name}".strip(),
        about_id=provider.contact_id,
    )


class ProviderJudge:
    """Lets providers take jobs, and stops them. They are told."""

    async def find(
        self, session: AsyncSession, merchant_id: MerchantId, reference: str
    ) -> NewReport | None:
        said = reference.strip().upper()
        provider = await session.scalar(
            select(Provider).where(Provider.merchant_id == merchant_id, Provider.reference == said)
        )
        if provider is None:
            return None
        return applicant(provider)

    async def take_down(
        self, session: AsyncSession, merchant_id: MerchantId, subject: str, now: datetime
    ) -> Sequence[TellTo]:
        rejected = ProviderStatus.REJECTED
        return await self._set(session, merchant_id, subject, (rejected, _LET_IN), now)

    async def put_back(
        self, session: AsyncSession, merchant_id: MerchantId, subject: str, now: datetime
    ) -> Sequence[TellTo]:
        active = ProviderStatus.ACTIVE
        return await self._set(session, merchant_id, subject, (active, _WAITING), now)

    async def rated_anew(
        self, session: AsyncSession, merchant_id: MerchantId, people: Collection[ContactId]
    ) -> None:
        await rate_anew(session, merchant_id, people)

    async def _set(
        self,
        session: AsyncSession,
        merchant_id: MerchantId,
        subject: str,
        change: tuple[ProviderStatus, tuple[ProviderStatus, ...]],
        now: datetime,
    ) -> Sequence[TellTo]:
        """Change where a provider stands, and return what they are told."""
        target, sources = change
        provider_id = ProviderId(UUID(subject))
        provider = await stand(session, merchant_id, provider_id, target, sources=sources)
        if provider is None:
            return []
        tell = Tell(
            prompt=Prompt(f"booking.judged.{target}"), purpose=Purpose.REPLY, capability=NAME
        )
        once = f"judged:{provider_id.hex}:{now.isoformat()}"
        return [TellTo(contact_id=provider.contact_id, tell=tell, once=once)]
