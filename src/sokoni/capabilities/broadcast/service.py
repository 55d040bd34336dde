"""Broadcasts of one merchant: drafted, sent with their proof, paused, stopped."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.broadcast.models import (
    Broadcast,
    BroadcastId,
    Recipient,
    State,
    Step,
)
from sokoni.capabilities.broadcast.numbers import Numbers
from sokoni.capabilities.broadcast.rule import Reason
from sokoni.capabilities.broadcast.said import BroadcastSaid
from sokoni.capabilities.broadcast.settings import NAME, BroadcastSettings
from sokoni.capabilities.broadcast.troubles import trouble
from sokoni.capabilities.broadcast.withdrawing import take_back
from sokoni.db.session import rows_changed
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, new_id, new_reference
from sokoni.merchants.profile import MerchantProfile

PROOF_LASTS: Final = timedelta(hours=24)
_PREFIX: Final = "BRC"
_SWEPT: Final = timedelta(seconds=1)
"""So long after a pause or stop a wave takes back what turns of that moment still said."""
_MOVES: Final[Mapping[State, tuple[State, ...]]] = {
    State.PAUSED: (State.SENDING,),
    State.SENDING: (State.PAUSED,),
    State.STOPPED: (State.SENDING, State.PAUSED),
}
"""To which state, from which."""


class BroadcastUnknownError(AppError):
    """The merchant has no such broadcast."""

    code = "broadcast_unknown"
    http_status = 404


class BroadcastMovedError(AppError):
    """It is in another state by now: a draft is changed and proved, what is sending is paused."""

    code = "broadcast_moved"
    http_status = 409


class ProofMissingError(AppError):
    """It was not proved as it stands, or the hash is not that of its last proof."""

    code = "proof_missing"
    http_status = 409


class ProofOutdatedError(AppError):
    """The audience has changed since: it wants a new proof."""

    code = "proof_outdated"
    http_status = 409


class TroubleLastsError(AppError):
    """What it was paused for is not mended: it would be paused again at once."""

    code = "broadcast_trouble_lasts"
    http_status = 409


def settings_of(merchant: MerchantProfile) -> BroadcastSettings:
    return merchant.settings(NAME, BroadcastSettings)


def said_of(row: Broadcast | Row[*tuple[Any, ...]]) -> BroadcastSaid:
    return BroadcastSaid.model_validate(row.content)


class Broadcasts:
    """Every statement begins with the merchant."""

    def __init__(self, session: AsyncSession, merchant: MerchantProfile, now: datetime) -> None:
        self._session = session
        self._merchant = merchant
        self._now = now

    async def find(self, reference: str) -> Broadcast | None:
        mine = self._mine().where(Broadcast.reference == reference.strip().upper())
        found: Broadcast | None = await self._session.scalar(mine)
        return found

    async def get(self, reference: str) -> Broadcast:
        """Return the broadcast, or raise `BroadcastUnknownError`."""
        found = await self.find(reference)
        if found is None:
            raise BroadcastUnknownError(f"There is no broadcast {reference}.")
        return found

    async def page(self, *, after: BroadcastId | None, limit: int) -> Sequence[Broadcast]:
        """Return broadcasts in the order in which they were drafted."""
        mine = self._mine().order_by(Broadcast.id).limit(limit)
        if after is not None:
            mine = mine.where(Broadcast.id > after)
        return (await self._session.scalars(mine)).all()

    async def draft(self, said: BroadcastSaid, by: str) -> Broadcast:
        """Keep what is to be said; who calls has checked it."""
        row = Broadcast(
            id=BroadcastId(new_id()),
            merchant_id=self._merchant.id,
            reference=new_reference(_PREFIX, length=6),
            name=said.name,
            content=said.said(),
            digest=said.digest(),
            state=State.DRAFT,
            made_by=by[:120],
            created_at=self._now,
        )
        self._session.add(row)
        await self._session.flush()
        return row

    async def revise(self, reference: str, said: BroadcastSaid) -> Broadcast:
        """Say something else, or to others; its proof is none any more."""
        row = await self.get(reference)
        values = {
            "name": said.name,
            "content": said.said(),
            "digest": said.digest(),
            "version": Broadcast.version + 1,
            "proof": "",
        }
        draft = update(Broadcast).where(Broadcast.id == row.id, Broadcast.state == State.DRAFT)
        if not await rows_changed(self._session, draft.values(values)):
            raise BroadcastMovedError(f"{row.reference} is {row.state}.")
        await self._session.refresh(row)
        return row

    async def sendable(self, reference: str, proof: str) -> Broadcast:
        """Return the draft, or raise where it may not be sent with this proof's hash."""
        row = await self.get(reference)
        if row.state != State.DRAFT:
            raise BroadcastMovedError(f"{row.reference} is {row.state}.")
        if not row.proof or proof != row.proof or row.proof_version != row.version:
            raise ProofMissingError(
                f"{reference} is sent with the hash of its last proof, as it stands."
            )
        if row.proved_at is None or self._now - row.proved_at > PROOF_LASTS:
            raise ProofOutdatedError("It was proved more than a day ago: prove it again.")
        return row

    async def send(self, reference: str, proof: str, by: str) -> Broadcast:
        """Let it begin, at its time; who calls has looked whether its audience is the same."""
        row = await self.sendable(reference, proof)
        await self._begin(row, by)
        return row

    async def pause(self, reference: str, why: str = "") -> Broadcast:
        """Write to nobody more until it goes on: what waits to be sent is taken back."""
        row = await self._move(reference, State.PAUSED, why=why, due_at=self._now + _SWEPT)
        await self._take_back(row)
        return row

    async def resume(self, reference: str) -> Broadcast:
        """Go on, where what it was paused for is mended; failures of before do not count."""
        row, now = await self.get(reference), self._now
        settings = settings_of(self._merchant)
        numbers = await Numbers.of(self._session, self._merchant.id, settings, now)
        wrong = await trouble(self._session, row, numbers, now)
        if wrong and row.state == State.PAUSED:
            raise TroubleLastsError(f"{row.reference} would be paused again: {wrong}.")
        going = {"why": "", "due_at": now, "pace": 1.0, "resumed_at": now}
        return await self._move(reference, State.SENDING, **going)

    async def stop(self, reference: str, why: str = "") -> Broadcast:
        """Write to nobody more; whoever waits is left out."""
        swept = self._now + _SWEPT
        row = await self._move(reference, State.STOPPED, why=why, due_at=swept, ended_at=self._now)
        waiting = update(Recipient).where(
            Recipient.broadcast_id == row.id,
            Recipient.merchant_id == self._merchant.id,
            Recipient.step.in_((Step.PLANNED, Step.QUEUED)),
        )
        left_out = {"step": Step.LEFT_OUT, "verdict": Reason.STOPPED}
        await rows_changed(self._session, waiting.values(left_out))
        await self._take_back(row)
        return row

    async def recipients(
        self, row: Broadcast, *, after: ContactId | None, limit: int
    ) -> Sequence[Recipient]:
        """Return recipients of the last proof, in the order of contacts: an index has that."""
        mine = (
            select(Recipient)
            .where(
                Recipient.merchant_id == self._merchant.id,
                Recipient.broadcast_id == row.id,
                Recipient.proof_number == row.proof_number,
            )
            .order_by(Recipient.contact_id)
            .limit(limit)
        )
        if after is not None:
            mine = mine.where(Recipient.contact_id > after)
        return (await self._session.scalars(mine)).all()

    # --- ------------------------------------------------------------------------------------

    def _mine(self) -> Select[Any]:
        return select(Broadcast).where(Broadcast.merchant_id == self._merchant.id)

    async def _begin(self, row: Broadcast, by: str) -> None:
        said, settings = said_of(row), settings_of(self._merchant)
        first = await self._session.scalar(
            select(func.min(Recipient.due_at)).where(
                Recipient.broadcast_id == row.id,
                Recipient.proof_number == row.proof_number,
                Recipient.step == Step.PLANNED,
            )
        )
        starts = max(first or self._now, self._now)
        last = await self._session.scalar(
            select(func.max(Recipient.due_at)).where(
                Recipient.broadcast_id == row.id,
                Recipient.proof_number == row.proof_number,
                Recipient.step == Step.PLANNED,
            )
        )
        hours = timedelta(hours=said.hours or settings.lifetime_hours)
        # Where contacts live in several zones, the last of them has its time, too.
        local = said.schedule.local is not None
        ends = (max(last or starts, starts) if local else starts) + hours
        values = {
            "state": State.SENDING,
            "starts_at": starts,
            "ends_at": ends,
            "due_at": starts,
            "sent_by": by[:120],
        }
        mine = update(Broadcast).where(
            Broadcast.id == row.id,
            Broadcast.state == State.DRAFT,
            Broadcast.version == row.version,
            Broadcast.proof == row.proof,
        )
        if not await rows_changed(self._session, mine.values(values)):
            raise BroadcastMovedError(row.reference)
        await self._session.refresh(row)

    async def _take_back(self, row: Broadcast) -> None:
        await take_back(await self._session.connection(), row.id, row.state, self._now)

    async def _move(self, reference: str, to: State, **values: object) -> Broadcast:
        row = await self.get(reference)
        moving = update(Broadcast).where(Broadcast.id == row.id, Broadcast.state.in_(_MOVES[to]))
        if not await rows_changed(self._session, moving.values(state=to, **values)):
            raise BroadcastMovedError(f"{row.reference} is {row.state}.")
        await self._session.refresh(row)
        return row
