"""The proof of a broadcast: what would become of each recipient, before anything is sent."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from sokoni.capabilities.broadcast.audience import members
from sokoni.capabilities.broadcast.lines import Line, approved
from sokoni.capabilities.broadcast.models import (
    Broadcast,
    BroadcastId,
    Recipient,
    State,
    Step,
)
from sokoni.capabilities.broadcast.rule import PASSING, SENT, Reason, verdict
from sokoni.capabilities.broadcast.said import BroadcastSaid
from sokoni.capabilities.broadcast.service import (
    BroadcastMovedError,
    Broadcasts,
    said_of,
    settings_of,
)
from sokoni.capabilities.broadcast.standings import About, Known, Standings, terms_of
from sokoni.contacts.facts import Fact
from sokoni.db.bulk import insert_many_once
from sokoni.db.session import rows_changed
from sokoni.db.vault import Vault
from sokoni.db.writing import reading, writing
from sokoni.kit.clock import Clock
from sokoni.kit.ids import AccountId, ContactId, new_id
from sokoni.merchants.profile import MerchantProfile

_AT_ONCE: Final = 500
_RECIPIENTS: Final = cast("Table", Recipient.__table__)
_R: Final = _RECIPIENTS.c
_SERVICE: Final = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was found."""

    hash: str
    counts: Mapping[str, int]
    costs: Mapping[str, Any]
    at: datetime


@dataclass(slots=True)
class _Sums:
    """What adds up over the recipients."""

    digest: Any
    counts: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proving:
    """Proves one merchant's broadcasts: a few recipients at a time, each in a transaction."""

    engine: AsyncEngine
    vault: Vault
    clock: Clock
    merchant: MerchantProfile
    facts: Mapping[str, Fact]
    lines: Mapping[AccountId, Line]

    async def prove(self, reference: str) -> Proof:
        """Ask of everybody in the audience what would become of them, and keep it.

        Raise `BroadcastMovedError` where the draft was changed, or sent, meanwhile.
        """
        now = self.clock()
        row = await self._begun(reference)
        said = said_of(row)
        sums = _Sums(
            hashlib.sha256(msgspec.json.encode([row.content, row.digest], order="sorted"))
        )
        after: ContactId | None = None
        while ids := await self._next(said, after, now):
            await self._prove(row, said, ids, now, sums)
            after = ids[-1]
        proof = Proof(
            hash=sums.digest.hexdigest(),
            counts=dict(sums.counts),
            costs=self._costs(sums),
            at=now,
        )
        await self._end(row, proof)
        return proof

    async def moved(self, row: Broadcast) -> tuple[int, int]:
        """Count who joined the audience since the proof, and who left it.

        Compared a page at a time in the order of ids, so that the effort grows with the audience
        and with nothing else: what a database guesses of tables just filled does not matter.
        """
        # As of then: what only time changes is no change.
        said, then = said_of(row), row.proved_at or self.clock()
        joined = left = 0
        after: ContactId | None = None
        while ids := await self._next(said, after, then):
            proved = await self._proved(row, after, ids[-1])
            joined += len(set(ids) - proved)
            left += len(proved.difference(ids))
            after = ids[-1]
        return joined, left + len(await self._proved(row, after, None))

    async def _proved(
        self, row: Broadcast, after: ContactId | None, last: ContactId | None
    ) -> set[ContactId]:
        """Return whom the proof looked at, of those behind `after` and up to `last`."""
        mine = select(_R.contact_id).where(
            _R.broadcast_id == row.id,
            _R.proof_number == row.proof_number,
            *(() if after is None else (_R.contact_id > after,)),
            *(() if last is None else (_R.contact_id <= last,)),
        )
        async with reading(self.engine) as connection:
            return set(await connection.scalars(mine.order_by(_R.contact_id)))

    async def _begun(self, reference: str) -> Broadcast:
        """Give the proof a number of its own: two at a time never meet."""
        async with writing(self.engine) as connection, _on(connection) as session:
            row = await Broadcasts(session, self.merchant, self.clock()).get(reference)
            numbered = update(Broadcast).where(
                Broadcast.id == row.id, Broadcast.state == State.DRAFT
            )
            number = Broadcast.proof_number + 1
            if not await rows_changed(session, numbered.values(proof_number=number, proof="")):
                raise BroadcastMovedError(f"{row.reference} is {row.state}.")
            await session.refresh(row)
            session.expunge(row)
        return row

    async def _next(
        self, said: BroadcastSaid, after: ContactId | None, now: datetime
    ) -> Sequence[ContactId]:
        meant = members(self.merchant.id, said.audience, self.facts, now)
        column = meant.selected_columns[0]
        meant = meant.order_by(column).limit(_AT_ONCE)
        async with reading(self.engine) as connection:
            statement = meant if after is None else meant.where(column > after)
            return (await connection.scalars(statement)).all()

    async def _prove(
        self,
        row: Broadcast,
        said: BroadcastSaid,
        ids: Sequence[ContactId],
        now: datetime,
        sums: _Sums,
    ) -> None:
        settings = settings_of(self.merchant)
        async with reading(self.engine) as connection:
            standings = Standings(
                session=connection,
                vault=self.vault,
                merchant=self.merchant,
                settings=settings,
                lines=self.lines,
                approved=await approved(connection, self.merchant.id, said.template, now),
                said=said,
                about=About(row.id, row.digest, now),
            )
            found = await standings.of(ids)
        rows = [self._row(row, said, one, now, sums) for one in found]
        async with writing(self.engine) as connection:
            await insert_many_once(connection, _RECIPIENTS, rows)

    def _row(
        self, row: Broadcast, said: BroadcastSaid, one: Known, now: datetime, sums: _Sums
    ) -> dict[str, object]:
        settings = settings_of(self.merchant)
        moment = max(said.schedule.moment(one.zone) or now, now)
        reason = verdict(one.at(moment, self.merchant), terms_of(said, settings))
        sums.digest.update(one.contact_id.bytes + reason.encode())
        sums.counts[reason] += 1
        left_out = reason not in SENT and not _waits(reason, settings.at_night, settings.in_a_task)
        if not left_out:
            sums.categories[_category(reason, one)] += 1
        return {
            "id": new_id(),
            "merchant_id": self.merchant.id,
            "broadcast_id": row.id,
            "proof_number": row.proof_number,
            "contact_id": one.contact_id,
            "account_id": one.line.id if one.line else None,
            "zone": _zone(one.zone, self.merchant),
            "verdict": reason.value,
            "step": (Step.LEFT_OUT if left_out else Step.PLANNED).value,
            "marketing": said.marketing,
            "tries": 0,
            "due_at": self._due(reason, moment, one),
            "error": "",
            "clicked": "",
        }

    def _due(self, reason: Reason, moment: datetime, one: Known) -> datetime:
        if reason is Reason.QUIET_HOURS:
            return self.merchant.daytime(moment, one.zone)
        return moment

    def _costs(self, sums: _Sums) -> Mapping[str, Any]:
        """Return what it may cost, as far as the merchant said what a message costs."""
        prices = {str(name): price for name, price in settings_of(self.merchant).prices.items()}
        total = sum(
            (
                prices.get(one.lower(), Decimal(0)) * count
                for one, count in sums.categories.items()
            ),
            Decimal(0),
        )
        return {
            "messages": {one.lower(): count for one, count in sorted(sums.categories.items())},
            "total": f"{total:f}" if prices else "",
            "currency": self.merchant.currency,
        }

    async def _end(self, row: Broadcast, proof: Proof) -> None:
        values = {
            "proof": proof.hash,
            "proof_version": row.version,
            "proof_counts": proof.counts,
            "proof_costs": proof.costs,
            "proved_at": proof.at,
        }
        async with writing(self.engine) as connection:
            mine = update(Broadcast).where(
                Broadcast.id == row.id,
                Broadcast.version == row.version,
                Broadcast.proof_number == row.proof_number,
                Broadcast.state == State.DRAFT,
            )
            won = await rows_changed(connection, mine.values(values))
        await forget_proofs(self.engine, row.id, before=row.proof_number + (0 if won else 1))
        if not won:
            raise BroadcastMovedError(f"{row.reference} was changed meanwhile.")


async def forget_proofs(engine: AsyncEngine, broadcast_id: BroadcastId, *, before: int) -> None:
    """Delete recipients of earlier proofs, a few at a time."""
    old = select(_R.id).where(_R.broadcast_id == broadcast_id, _R.proof_number < before)
    while True:
        async with writing(engine) as connection:
            ids = (await connection.scalars(old.limit(_AT_ONCE))).all()
            if ids:
                await connection.execute(delete(_RECIPIENTS).where(_R.id.in_(ids)))
        if not ids:
            return


def _waits(reason: Reason, at_night: str, in_a_task: str) -> bool:
    if reason not in PASSING:
        return False
    return (at_night if reason is Reason.QUIET_HOURS else in_a_task) == "wait"


def _category(reason: Reason, one: Known) -> str:
    free = reason is Reason.IN_WINDOW or one.category is None
    return _SERVICE if free else str(one.category)


def _zone(zone: ZoneInfo, merchant: MerchantProfile) -> str:
    return "" if zone.key == merchant.zone.key else zone.key[:40]


def _on(connection: AsyncConnection) -> AsyncSession:
    return AsyncSession(connection, join_transaction_mode="rollback_only", expire_on_commit=False)
