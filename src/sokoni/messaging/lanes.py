"""Conversations with something to send: each a lane, in which one message goes at a time."""

from bisect import insort
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from sokoni.kit.ids import AccountId, ConversationId, OutboxId
from sokoni.messaging.models import Purpose
from sokoni.messaging.outbox import Outgoing


@dataclass(slots=True, eq=False)
class Lane:
    """One conversation's messages in the order of their ids."""

    conversation_id: ConversationId
    account_id: AccountId
    queue: list[Outgoing] = field(default_factory=list)
    ahead: Outgoing | None = None
    """Claimed, on the wire, or of unknown outcome: those in `queue` wait for it."""
    watch_until: datetime | None = None
    """Set while the outcome of `ahead` is unknown: when its status is given up."""
    slowed: int = 0
    """How often in a row the provider said that this contact is written to too fast."""
    ready: bool = False
    timer: int = 0

    @property
    def watched(self) -> bool:
        return self.watch_until is not None


class Lanes:
    """Every lane of this worker, those whose turn has come, and when it comes for the others."""

    def __init__(self) -> None:
        self._lanes: dict[ConversationId, Lane] = {}
        self._known: set[OutboxId] = set()
        self._timers: list[tuple[datetime, int, Lane]] = []
        self._numbers = count(1)
        self._ready: dict[AccountId, deque[Lane]] = {}
        self._patient: dict[AccountId, deque[Lane]] = {}
        """Those whose message is one of many: they go when no other is ready."""

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, message_id: OutboxId) -> bool:
        return message_id in self._known

    def __iter__(self) -> Iterator[Lane]:
        return iter(self._lanes.values())

    def find(self, conversation_id: ConversationId) -> Lane | None:
        return self._lanes.get(conversation_id)

    def add(self, outgoing: Outgoing) -> Lane:
        """Put a message into its lane; one that is there already stays as it is."""
        lane = self._lanes.get(outgoing.conversation_id)
        if lane is None:
            lane = Lane(outgoing.conversation_id, outgoing.account_id)
            self._lanes[outgoing.conversation_id] = lane
        if outgoing.id not in self._known:
            self._known.add(outgoing.id)
            self._queue(lane, outgoing)
        return lane

    def take_ahead(self, lane: Lane) -> Outgoing:
        """Move the first message out of the queue: the others wait for it now."""
        lane.ahead = lane.queue.pop(0)
        lane.timer = 0
        return lane.ahead

    def put_back(self, lane: Lane) -> None:
        """Have the message ahead wait again, before all others of its lane."""
        if lane.ahead is not None:
            self._queue(lane, lane.ahead)
        lane.ahead, lane.watch_until = None, None
        self.make_ready(lane)

    def finish(self, lane: Lane) -> None:
        """Let go of the message ahead: the next one's turn has come."""
        if lane.ahead is not None:
            self._known.discard(lane.ahead.id)
        lane.ahead, lane.watch_until = None, None
        self.make_ready(lane)

    def drop(self, lane: Lane, outgoing: Outgoing) -> None:
        """Let go of a message that waits: it was settled before its turn came."""
        lane.queue = [one for one in lane.queue if one is not outgoing]
        self._known.discard(outgoing.id)

    def watch(self, lane: Lane, until: datetime) -> None:
        """Wait for a status of the message ahead, and look again then."""
        lane.watch_until = until
        self.wait(lane, until)

    def make_ready(self, lane: Lane) -> None:
        if lane.ahead is not None:
            return
        if not lane.queue:
            if self._lanes.get(lane.conversation_id) is lane:
                del self._lanes[lane.conversation_id]
            return
        if lane.ready:
            return
        lane.ready, lane.timer = True, 0
        self._line(lane).append(lane)

    def wait(self, lane: Lane, until: datetime) -> None:
        """Look at the lane again at `until`."""
        lane.timer = next(self._numbers)
        heappush(self._timers, (until, lane.timer, lane))

    def wake(self, now: datetime) -> list[Lane]:
        """Make those ready whose time has come; return the watched ones among them instead."""
        given_up = []
        while self._timers and self._timers[0][0] <= now:
            _, number, lane = heappop(self._timers)
            if lane.timer != number:
                continue
            if lane.watched:
                given_up.append(lane)
            else:
                self.make_ready(lane)
        return given_up

    def take_ready(self, account_id: AccountId) -> Lane | None:
        """Return the account's next ready lane; whoever takes it puts it where it belongs."""
        for lines in (self._ready, self._patient):
            lanes = lines.get(account_id)
            if lanes:
                lane = lanes.popleft()
                lane.ready = False
                return lane
            lines.pop(account_id, None)
        return None

    def still_ready(self, lane: Lane) -> None:
        """Put a lane back that was taken in vain, before the others of its account."""
        lane.ready = True
        self._line(lane).appendleft(lane)

    def ready_accounts(self) -> list[AccountId]:
        """Return the accounts that have a ready lane, each once."""
        lines = (*self._ready.items(), *self._patient.items())
        return list(dict.fromkeys(account_id for account_id, lanes in lines if lanes))

    def _line(self, lane: Lane) -> deque[Lane]:
        patient = bool(lane.queue) and lane.queue[0].purpose == Purpose.CAMPAIGN
        lines = self._patient if patient else self._ready
        return lines.setdefault(lane.account_id, deque())

    def next_timer(self) -> datetime | None:
        while self._timers and self._timers[0][2].timer != self._timers[0][1]:
            heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def keep_only(self, lane: Lane, ids: Collection[OutboxId]) -> None:
        """Forget the lane's messages that are not among `ids`: somebody settled them."""
        gone = {one.id for one in lane.queue if one.id not in ids}
        lane.queue = [one for one in lane.queue if one.id not in gone]
        self._known -= gone
        if lane.watched and lane.ahead is not None and lane.ahead.id not in ids:
            self.finish(lane)
        self.make_ready(lane)

    def drop_shards(self, kept: Collection[int]) -> None:
        """Forget what is another worker's to send now; what is on the wire ends here."""
        for lane in list(self._lanes.values()):
            first = next(_messages(lane), None)
            if first is None or first.shard not in kept:
                self.keep_only(lane, ())

    def oldest(self) -> datetime | None:
        """When the message was made that waits the longest."""
        return min((one.created_at for lane in self for one in _messages(lane)), default=None)

    def _queue(self, lane: Lane, outgoing: Outgoing) -> None:
        insort(lane.queue, outgoing, key=lambda one: one.id)
        self.make_ready(lane)


def _messages(lane: Lane) -> Iterator[Outgoing]:
    if lane.ahead is not None:
        yield lane.ahead
    yield from lane.queue
