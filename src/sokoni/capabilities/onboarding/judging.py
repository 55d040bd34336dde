"""Registrations that staff let in, or do not."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.onboarding.models import Entry, EntryId, State
from sokoni.capabilities.onboarding.service.book import APPROVAL, COMPLETED
from sokoni.capabilities.onboarding.settings import NAME
from sokoni.db.session import rows_changed
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.messaging.events import Tell, TellTo
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Prompt
from sokoni.reviews.models import ReportKind
from sokoni.reviews.reports import NewReport


def applicant(entry: Entry, name: str = "") -> NewReport:
    """Return what has staff look at a registration."""
    return NewReport(
        kind=ReportKind.APPLICANT,
        capability=NAME,
        subject=entry.id.hex,
        what=f"{entry.reference} {name}".strip(),
        about_id=entry.contact_id,
    )


class RegistrationJudge:
    """Completes registrations that staff approve, and ends others. The contacts are told."""

    async def find(
        self, session: AsyncSession, merchant_id: MerchantId, reference: str
    ) -> NewReport | None:
        entry = await session.scalar(
            select(Entry).where(
                Entry.merchant_id == merchant_id, Entry.reference == reference.strip().upper()
            )
        )
        return None if entry is None else applicant(entry)

    async def take_down(
        self, session: AsyncSession, merchant_id: MerchantId, subject: str, now: datetime
    ) -> Sequence[TellTo]:
        wanted: dict[str, Any] = {"state": State.REJECTED, "step": APPROVAL, "completed_at": None}
        decided = (State.PENDING, State.COMPLETED)
        return await self._decide(session, merchant_id, subject, decided, {**wanted}, now)

    async def put_back(
        self, session: AsyncSession, merchant_id: MerchantId, subject: str, now: datetime
    ) -> Sequence[TellTo]:
        wanted: dict[str, Any] = {"state": State.COMPLETED, "step": COMPLETED, "completed_at": now}
        decided = (State.PENDING, State.REJECTED)
        return await self._decide(session, merchant_id, subject, decided, wanted, now)

    async def rated_anew(
        self, session: AsyncSession, merchant_id: MerchantId, people: Collection[ContactId]
    ) -> None:
        """Nobody rates registrations."""

    async def _decide(
        self,
        session: AsyncSession,
        merchant_id: MerchantId,
        subject: str,
        of: Sequence[State],
        values: dict[str, Any],
        now: datetime,
    ) -> Sequence[TellTo]:
        which = (Entry.merchant_id == merchant_id, Entry.id == EntryId(UUID(subject)))
        changing = update(Entry).where(*which, Entry.state.in_(of))
        if not await rows_changed(session, changing.values(updated_at=now, **values)):
            return ()
        row = (
            await session.execute(select(Entry.contact_id, Entry.reference).where(*which))
        ).one()
        approved = values["state"] == State.COMPLETED
        key = "onboarding.approved" if approved else "onboarding.rejected"
        prompt = Prompt(key, {"reference": row.reference})
        tell = Tell(prompt=prompt, purpose=Purpose.NOTICE, capability=NAME)
        once = f"registration:{subject}:{values['state']}:{now.timestamp():.0f}"
        return (TellTo(contact_id=row.contact_id, tell=tell, once=once),)
