"""What a merchant's numbers may do for a broadcast now, as far as their channels told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Table, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.capabilities.broadcast.models import Broadcast, BroadcastId, Recipient, State, Step
from sokoni.capabilities.broadcast.rule import PASSING, SENT, Reason
from sokoni.capabilities.broadcast.settings import BroadcastSettings
from sokoni.kit.ids import AccountId, MerchantId
from sokoni.merchants.models import ChannelAccount
from sokoni.merchants.service import TAKEN_OUT
from sokoni.messaging.standing import NumberStanding, standing_of

PAUSED: Final = "number_paused"
RESTRICTED: Final = "number_restricted"
POOR: Final = "number_quality"
_DAY: Final = timedelta(hours=24)
_SLOW: Final = 1 / 4
_WHY_LENGTH: Final = 120
_RECIPIENTS: Final = cast("Table", Recipient.__table__)
_R: Final = _RECIPIENTS.c


@dataclass(frozen=True, slots=True)
class Number:
    """One number or bot, and how it stands."""

    id: AccountId
    channel: str
    key: str
    paused: str
    standing: NumberStanding

    def trouble(self, settings: BroadcastSettings, now: datetime) -> str:
        """Return why no broadcast goes out on it, by a code; "" where one may."""
        why = ""
        if self.standing.is_restricted(now):
            why = f"{RESTRICTED} {self.standing.restricted}"
        elif self.standing.is_poor and settings.low_quality == "pause":
            why = f"{POOR} {self.standing.quality}"
        elif self.paused:
            why = f"{PAUSED} {self.paused}"
        return why[:_WHY_LENGTH]

    @property
    def may_be_asked(self) -> bool:
        """Tell whether a message may find out that a paused number sends again."""
        return self.paused not in {"", TAKEN_OUT}

    def words(self, now: datetime) -> str:
        """Return what staff should know of it; "" where all is well."""
        said = [*([self.paused] if self.paused else []), *self.standing.words(now)]
        return f"{self.channel} {self.key}: {'; '.join(said)}" if said else ""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Those of one merchant."""

    all: Sequence[Number]
    settings: BroadcastSettings
    now: datetime

    @classmethod
    async def of(
        cls,
        session: AsyncConnection | AsyncSession,
        merchant_id: MerchantId,
        settings: BroadcastSettings,
        now: datetime,
    ) -> "Numbers":
        one = ChannelAccount
        mine = select(one.id, one.channel, one.key, one.paused_reason, one.standing)
        found = await session.execute(mine.where(one.merchant_id == merchant_id).order_by(one.id))
        rows = found.all()
        numbers = [
            Number(row.id, row.channel, row.key, row.paused_reason, standing_of(row))
            for row in rows
        ]
        return cls(numbers, settings, now)

    def usable(self) -> Sequence[AccountId]:
        return [one.id for one in self.all if not one.trouble(self.settings, self.now)]

    def unusable(self) -> Mapping[AccountId, str]:
        """Return the others, each with why."""
        found = {one.id: one.trouble(self.settings, self.now) for one in self.all}
        return {number: why for number, why in found.items() if why}

    def asked(self) -> Sequence[AccountId]:
        """Return the paused ones that a message may ask whether they send again."""
        found = self.unusable()
        return [
            one.id
            for one in self.all
            if one.may_be_asked and found.get(one.id, "").startswith(PAUSED)
        ]

    @property
    def pace(self) -> float:
        """Return what part of the usual pace they bear."""
        poor = any(one.standing.is_poor for one in self.all)
        return _SLOW if poor and self.settings.low_quality == "slow" else 1.0

    @property
    def daily_limit(self) -> int | None:
        """Return how many contacts broadcasts may write to first in 24 hours; None: any number.

        All numbers of a business share what one is told.
        """
        told = [one.standing.daily_limit for one in self.all if one.standing.daily_limit]
        return max(min(told) * self.settings.daily_percent // 100, 1) if told else None

    async def left_today(
        self, session: AsyncConnection | AsyncSession, merchant_id: MerchantId
    ) -> int | None:
        """Return how many may still be written to first; None: everybody who is to be."""
        limit = self.daily_limit
        if limit is None:
            return None
        lately = await self._lately(session, merchant_id)
        if sum(_most(counts) for counts in lately.values()) <= limit:
            # Not even all of them are too many: nobody has to be counted.
            return None
        return max(limit - await self._written_first(session, list(lately)), 0)

    async def written_first(
        self, session: AsyncConnection | AsyncSession, merchant_id: MerchantId
    ) -> int:
        """Count whom broadcasts wrote to first within 24 hours, or are about to."""
        return await self._written_first(session, list(await self._lately(session, merchant_id)))

    async def words(
        self, session: AsyncConnection | AsyncSession, merchant_id: MerchantId
    ) -> list[str]:
        """Return what staff should know before they wonder why it goes slowly, or not at all."""
        said = [found for one in self.all if (found := one.words(self.now))]
        limit = self.daily_limit
        if limit is None:
            return said
        used = await self.written_first(session, merchant_id)
        return [*said, f"{used} of {limit} contacts written to first within 24 hours"]

    async def _lately(
        self, session: AsyncConnection | AsyncSession, merchant_id: MerchantId
    ) -> Mapping[BroadcastId, Mapping[str, int]]:
        """Return broadcasts that may have written to somebody since, with their proofs."""
        found = await session.execute(
            select(Broadcast.id, Broadcast.proof_counts).where(
                Broadcast.merchant_id == merchant_id,
                Broadcast.state != State.DRAFT,
                or_(Broadcast.ended_at.is_(None), Broadcast.ended_at >= self.now - _DAY),
            )
        )
        return {row.id: row.proof_counts for row in found}

    async def _written_first(
        self, session: AsyncConnection | AsyncSession, broadcasts: Sequence[BroadcastId]
    ) -> int:
        limited = [one.id for one in self.all if one.standing.daily_limit]
        said = and_(_R.step == Step.SAID, _R.said_at >= self.now - _DAY, _R.failed_at.is_(None))
        count = select(func.count(_R.contact_id.distinct())).where(
            _R.broadcast_id.in_(broadcasts),
            _R.account_id.in_(limited),
            _R.verdict == Reason.TEMPLATE,
            or_(said, _R.step == Step.QUEUED),
        )
        return await session.scalar(count) or 0


def _most(counts: Mapping[str, int]) -> int:
    """Return how many of a proof may be written to."""
    return sum(counts.get(one, 0) for one in (*SENT, *PASSING))


async def stuck_on(
    connection: AsyncConnection | AsyncSession, broadcast_id: BroadcastId, numbers: Numbers
) -> str:
    """Return why nobody more can be written to by a broadcast; "" where somebody can."""
    unusable = numbers.unusable()
    if not unusable:
        return ""
    mine = _R.broadcast_id == broadcast_id
    planned = and_(mine, _R.step == Step.PLANNED)
    others = select(_R.id).where(planned, _R.account_id.in_(numbers.usable())).limit(1)
    if await connection.scalar(others) is not None:
        return ""
    unsent = and_(mine, _R.step == Step.SAID, _R.sent_at.is_(None), _R.failed_at.is_(None))
    waits: Any = select(_R.account_id).where(
        or_(planned, unsent), _R.account_id.in_(list(unusable))
    )
    found = await connection.scalar(waits.limit(1))
    return "" if found is None else unusable[found]
