"""Chooses what goes next: in order, not before its time, no faster than is allowed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sokoni.kit.ids import AccountId, OutboxId
from sokoni.messaging.lanes import Lane, Lanes
from sokoni.messaging.numbers import Number
from sokoni.messaging.pacing import ContactPacing
from sokoni.workers.exchange import Exchange


@dataclass(slots=True)
class Chosen:
    """Lanes whose first message is to be claimed next."""

    lanes: list[Lane] = field(default_factory=list)
    perhaps_claimed: list[OutboxId] = field(default_factory=list)
    """Asked for in a transaction whose end was never heard."""

    @property
    def ids(self) -> list[OutboxId]:
        return [lane.ahead.id for lane in self.lanes if lane.ahead is not None]


class Choosing:
    """Walks the ready lanes of each number in turn."""

    def __init__(self, lanes: Lanes, exchange: Exchange, pacing: ContactPacing) -> None:
        self._lanes = lanes
        self._exchange = exchange
        self._pacing = pacing

    def choose(self, chosen: Chosen, room: int, now: datetime) -> None:
        """Add up to `room` lanes to `chosen`, shared out among the numbers."""
        accounts = self._lanes.ready_accounts()
        for place, account_id in enumerate(accounts):
            part = -(-room // (len(accounts) - place))
            room -= self._choose_for(account_id, chosen, part, now)

    def next_due(self, now: datetime) -> datetime | None:
        """When there is something to choose without anything new happening."""
        times = [self._lanes.next_timer()]
        times += [
            self._exchange.number(account_id).opens_at(now)
            for account_id in self._lanes.ready_accounts()
        ]
        return min((at for at in times if at is not None), default=None)

    def _choose_for(self, account_id: AccountId, chosen: Chosen, room: int, now: datetime) -> int:
        number = self._exchange.number(account_id)
        before = len(chosen.lanes)
        while len(chosen.lanes) - before < room:
            lane = self._lanes.take_ready(account_id)
            if lane is None:
                break
            if not self._admit(lane, number, chosen, now):
                self._lanes.still_ready(lane)
                break
        return len(chosen.lanes) - before

    def _admit(self, lane: Lane, number: Number, chosen: Chosen, now: datetime) -> bool:
        """Choose the lane's first message or have the lane wait; False: the number must wait."""
        if not lane.queue or lane.ahead is not None:
            # Emptied or taken while it stood in line.
            return True
        first = lane.queue[0]
        if first.due_at > now:
            self._lanes.wait(lane, first.due_at)
            return True
        if not number.take(now):
            return False
        seconds = self._pacing.seconds_to_wait(first.contact_id, now)
        if seconds:
            number.give_back()
            self._lanes.wait(lane, now + timedelta(seconds=seconds))
            return True
        self._lanes.take_ahead(lane)
        chosen.lanes.append(lane)
        number.on_wire += 1
        return True
