"""Sends the outbox: in order within a conversation, paced, each claimed before it goes.

A round of the loop writes what became of earlier sends and claims the next ones in one
transaction; whatever lands or arrives meanwhile is the next round's. Nothing is handed to a
provider before its claim is committed, so a crash leaves a row that says so.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.channels.accounts import Accounts
from sokoni.db.vault import Vault
from sokoni.db.writing import reading, writing
from sokoni.dialogue.manifest import ReachedHandler
from sokoni.kit.clock import Clock
from sokoni.kit.ids import AccountId, OutboxId
from sokoni.messaging.addresses import AddressBook
from sokoni.messaging.dialects import outbox_sql
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.lanes import Lane, Lanes
from sokoni.messaging.leases import Leases
from sokoni.messaging.models import MessageState
from sokoni.messaging.outbox import Batch, Claim, Outgoing, UnreadableContentError
from sokoni.messaging.pacing import ContactPacing
from sokoni.messaging.statuses import statuses_wait
from sokoni.messaging.turn_rows import NewMessage
from sokoni.messaging.wakeups import INBOX, OUTBOX, Hints
from sokoni.workers.choosing import Choosing, Chosen
from sokoni.workers.exchange import Exchange
from sokoni.workers.figures import OUTBOX_AGE, OUTBOX_WAITING
from sokoni.workers.looping import keep_running, patiently, wait_for
from sokoni.workers.outcomes import Outcomes
from sokoni.workers.probes import delivered_probes
from sokoni.workers.recovery import CAPACITY, Recovery
from sokoni.workers.verdicts import Verdicts
from sokoni.workers.wire import Wire

_POLL: Final = timedelta(seconds=1)
_HINTS_APART_SECONDS: Final = 0.01
_CLASHES_SECONDS: Final = 1.0
_STATUS_PATIENCE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettings:
    """How much at once, how fast, and how long for a status."""

    concurrency: int = 256
    unknown_after: timedelta = timedelta(seconds=60)
    pairwise_pacing: bool = True
    number_per_second: float = 0
    """Overrides what the channel says of its numbers; 0 leaves it."""


class Delivery:
    """One worker's sender. `feed` it after each commit; it finds the rest by itself."""

    def __init__(  # noqa: PLR0913 -- its collaborators, each by name
        self,
        *,
        engine: AsyncEngine,
        vault: Vault,
        clock: Clock,
        accounts: Accounts,
        leases: Leases,
        hints: Hints,
        inbox: Inbox,
        settings: DeliverySettings | None = None,
        reached: Sequence[ReachedHandler] = (),
    ) -> None:
        settings = settings or DeliverySettings()
        self._engine = engine
        self._clock = clock
        self._leases = leases
        self._hints = hints
        self._concurrency = settings.concurrency
        self._sql = outbox_sql(engine)
        self._outcomes = Outcomes(self._sql, vault, inbox, reached)
        self._lanes = Lanes()
        self._addresses = AddressBook(vault, clock)
        self.forget = self._addresses.forget
        self._exchange = Exchange(accounts, settings.number_per_second)
        pacing = ContactPacing(enabled=settings.pairwise_pacing)
        self._choosing = Choosing(self._lanes, self._exchange, pacing)
        self._verdicts = Verdicts(
            lanes=self._lanes,
            addresses=self._addresses,
            vault=vault,
            clock=clock,
            unknown_after=settings.unknown_after,
        )
        self._recovery = Recovery(
            engine=engine,
            sql=self._sql,
            vault=vault,
            clock=clock,
            lanes=self._lanes,
            unknown_after=settings.unknown_after,
        )
        self._batch, self._chosen = Batch(), Chosen()
        self._wake = asyncio.Event()
        self._wire = Wire(self._addresses, self._wake)
        self._tend_at: datetime | None = None

    # --- from outside -----------------------------------------------------------------------

    def feed(self, messages: Sequence[NewMessage]) -> None:
        """Take what a turn has just committed; other workers' shards are hinted to them."""
        held = self._leases.held()
        mine = [message for message in messages if message.shard in held]
        if len(mine) < len(messages):
            self._hints.notify(OUTBOX)
        if len(self._lanes) + len(mine) > CAPACITY:
            return
        for message in mine:
            with suppress(UnreadableContentError):
                self._lanes.add(Outgoing.of(message))
        self._wake.set()

    def resolved(self, message_ids: Iterable[OutboxId]) -> None:
        """Learn that statuses came for these: whoever waits for one of them goes on."""
        ids = set(message_ids)
        for lane in [lane for lane in self._lanes if lane.watched]:
            if lane.ahead is not None and lane.ahead.id in ids:
                self._lanes.finish(lane)
        self._wake.set()

    def pause(self, accounts: Mapping[AccountId, str]) -> None:
        """Learn that these accounts cannot send, and why, by something else than a refusal."""
        now = self._clock()
        for account_id, reason in accounts.items():
            self._exchange.number(account_id).go_down(now, reason)

    def next_due(self) -> datetime | None:
        """When there is something to do next without anything new happening."""
        return self._choosing.next_due(self._clock())

    async def run_once(self) -> bool:
        """Send what is due and wait until all of it has landed; tell whether there was any."""
        await self._tend()
        sent = False
        while await self._round() or self._wire:
            sent = True
            await self._wire.one_landed()
        return sent

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; then finish what is on the wire and give the leases back."""
        waits = self._wake_on_stop(stop), self._wake_on_hints()
        watchers = [asyncio.create_task(wait) for wait in waits]
        try:
            await keep_running("delivery", self._step, stop)
        finally:
            for task in watchers:
                task.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)
        await self._finish()

    # --- the loop ---------------------------------------------------------------------------

    async def _wake_on_stop(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    async def _wake_on_hints(self) -> None:
        while True:
            if await self._hints.wait(OUTBOX, _POLL.total_seconds()):
                self._tend_at = None
                self._wake.set()
                await asyncio.sleep(_HINTS_APART_SECONDS)

    async def _step(self) -> None:
        if self._tend_at is None or self._clock() >= self._tend_at:
            await self._tend()
        if not await self._round():
            await self._idle()

    async def _idle(self) -> None:
        """Sleep until something lands, arrives or falls due."""
        if self._wire.has_landed:
            return
        now = self._clock()
        until = min(at for at in (self.next_due(), self._tend_at, now + _POLL) if at is not None)
        seconds = (until - now).total_seconds()
        if seconds > 0:
            await wait_for(self._wake, seconds)

    async def _finish(self) -> None:
        """Let what is on the wire land, write it down, and give the leases back.

        Where the database is away, whoever starts next finds what was on the wire.
        """
        self._chosen = Chosen()
        await self._wire.all_landed()
        self._judge()
        with suppress(SQLAlchemyError, OSError):
            if self._batch:
                await self._flush()
            await self._leases.release()

    async def _tend(self) -> None:
        """Once a second: leases, accounts, and rows that nobody fed."""
        now = self._clock()
        self._tend_at = now + _POLL
        if now >= self._leases.renew_at:
            busy = {lane.ahead.shard for lane in self._lanes if lane.ahead is not None}
            await self._leases.renew(busy)
        held = self._leases.held()
        self._lanes.drop_shards(held)
        self._batch.marks += await self._recovery.scan(held)
        await self._exchange.tend(now, self._leases.share)
        for number in await delivered_probes(self._engine, self._exchange.numbers()):
            number.opens()
            self._batch.paused[number.account_id] = ""
        self._measure(now)

    def _measure(self, now: datetime) -> None:
        oldest = self._lanes.oldest()
        OUTBOX_WAITING.set(len(self._lanes))
        OUTBOX_AGE.set((now - oldest).total_seconds() if oldest is not None else 0)

    # --- a round ----------------------------------------------------------------------------

    async def _round(self) -> bool:
        """Judge what landed, choose what goes next, write both; False: there was nothing."""
        self._wake.clear()
        self._judge()
        now = self._clock()
        given_up = self._lanes.wake(now)
        if given_up:
            await self._give_up(given_up, now)
        await self._exchange.connect_new(self._lanes.ready_accounts(), self._leases.share)
        room = self._concurrency - len(self._wire) - len(self._chosen.lanes)
        self._choosing.choose(self._chosen, room, now)
        if not self._batch and not self._chosen.lanes:
            return False
        await patiently(self._flush, _CLASHES_SECONDS)
        return True

    def _judge(self) -> None:
        for one in self._wire.take_landed():
            self._verdicts.judge(one, self._batch)

    async def _give_up(self, lanes: Sequence[Lane], now: datetime) -> None:
        """Look at the rows of unknown outcome once more, then decide without a status."""
        async with reading(self._engine) as connection:
            late = await statuses_wait(connection, now)
        self._batch.marks += await self._recovery.reload(lanes)
        for lane in lanes:
            if lane.watch_until is None:
                continue
            if late and now < lane.watch_until + _STATUS_PATIENCE:
                # The status may be among those not read yet.
                self._lanes.wait(lane, now + _POLL)
            else:
                self._verdicts.give_up(lane, self._batch)

    async def _flush(self) -> None:
        """Write marks, then claims, in one transaction; hand over what was won."""
        batch, chosen, now = self._batch, self._chosen, self._clock()
        claim = Claim(chosen.ids, self._leases.owner, chosen.perhaps_claimed)
        # Kept until the commit is certain: after a fault the same is written and asked again.
        chosen.perhaps_claimed = list(claim.ids)
        won: Mapping[OutboxId, int] = {}
        async with writing(self._engine) as connection:
            await self._outcomes.write(connection, batch, now)
            if claim.ids:
                won = await self._sql.claim(connection, claim, now)
                await self._look_up(connection, chosen.lanes, won)
        self._batch, self._chosen = Batch(), Chosen()
        if batch.lost:
            self._hints.notify(INBOX)
        await self._hand_over(chosen.lanes, won, now)

    async def _look_up(
        self, connection: AsyncConnection, lanes: Sequence[Lane], won: Mapping[OutboxId, int]
    ) -> None:
        """Learn addresses that are not known, or that changed since a message was read."""
        ahead = [lane.ahead for lane in lanes if lane.ahead is not None]
        missing = self._addresses.missing(
            [(one.contact_id, won.get(one.id, one.address_version)) for one in ahead]
        )
        if missing:
            rows = await self._sql.addresses(connection, list(missing))
            self._addresses.learn(missing, rows)

    # --- on the wire ------------------------------------------------------------------------

    async def _hand_over(
        self, lanes: Sequence[Lane], won: Collection[OutboxId], now: datetime
    ) -> None:
        refused = []
        for lane in lanes:
            outgoing, number = lane.ahead, self._exchange.number(lane.account_id)
            if outgoing is None or outgoing.id not in won:
                number.on_wire -= 1
                refused.append(lane)
                continue
            outgoing.state, outgoing.state_at = MessageState.SENDING, now
            outgoing.attempts += 1
            self._wire.dispatch(lane, outgoing, number)
        if refused:
            self._batch.marks += await self._recovery.refused(refused)
