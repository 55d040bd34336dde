"""Registrations go when their time is over; what waits for staff never does."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.capabilities.onboarding.models import Entry, EntryFact, State
from sokoni.capabilities.onboarding.settings import NAME, OnboardingSettings
from sokoni.dialogue.keeping import AT_ONCE, Drop, Kept, batch
from sokoni.kit.ids import MerchantId
from sokoni.merchants.profile import MerchantProfile

_UNFINISHED: Final = (State.STARTED, State.CONFIRMED, State.REJECTED)
_FINISHED: Final = (State.COMPLETED,)


def _drop(states: Sequence[State]) -> Drop:
    async def drop(connection: AsyncConnection, merchant_id: MerchantId, before: datetime) -> int:
        old = (
            select(Entry.id)
            .where(
                Entry.merchant_id == merchant_id,
                Entry.state.in_(states),
                Entry.updated_at < before,
            )
            .limit(AT_ONCE)
        )
        ids = (await connection.scalars(old)).all()
        if ids:
            answers = delete(EntryFact).where(EntryFact.registration_id.in_(ids))
            await connection.execute(answers)
            await connection.execute(delete(Entry).where(Entry.id.in_(ids)))
        return len(ids)

    return drop


def _settings(merchant: MerchantProfile) -> OnboardingSettings | None:
    """Return None where nobody can register: what there was of it stays."""
    has = NAME in merchant.capabilities
    return merchant.settings(NAME, OnboardingSettings) if has else None


def _unfinished_days(merchant: MerchantProfile) -> int:
    settings = _settings(merchant)
    return settings.keep_unfinished_days if settings else 0


def _registration_days(merchant: MerchantProfile) -> int:
    settings = _settings(merchant)
    return settings.keep_registrations_days if settings else 0


def needed(merchant_id: MerchantId, before: datetime) -> Sequence[Select[Any]]:
    """Select who is registered, waits for staff, or went on with a registration since."""
    theirs = select(Entry.contact_id).where(Entry.merchant_id == merchant_id)
    return [theirs.where(or_(Entry.state.not_in(_UNFINISHED), Entry.updated_at >= before))]


KEEPS: Final = (
    Kept(
        setting=f"{NAME}.keep_unfinished_days",
        days=_unfinished_days,
        let_go=batch(_drop(_UNFINISHED)),
    ),
    Kept(
        setting=f"{NAME}.keep_registrations_days",
        days=_registration_days,
        let_go=batch(_drop(_FINISHED)),
    ),
)
