"""How far messages got: what providers report is folded in, and never leads backwards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import exists, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.channels.errors import (
    ChannelDownError,
    ContactThrottledError,
    FileUnfetchedError,
    TemporarySendError,
    ThrottledError,
)
from sokoni.channels.inbound import Status
from sokoni.kit.ids import AccountId, EventId, OutboxId
from sokoni.kit.text import clean
from sokoni.messaging.models import EventKind, InboxEvent, MessageState
from sokoni.messaging.pricing import Price, price_of

EARLY: Final = timedelta(minutes=10)
"""How long a status waits for the message that it is about."""

_REPORTED: Final[Mapping[str, MessageState]] = {
    "taken": MessageState.TAKEN,
    "sent": MessageState.SENT,
    "delivered": MessageState.DELIVERED,
    "read": MessageState.READ,
    "played": MessageState.READ,
    "failed": MessageState.FAILED,
}
# A failure is kept over "sent", and given up for proof that the message arrived after all.
_RANK: Final[Mapping[int, int]] = {
    MessageState.WAITING: 1,
    MessageState.SENDING: 2,
    MessageState.UNKNOWN: 3,
    MessageState.TAKEN: 4,
    MessageState.SENT: 5,
    MessageState.FAILED: 6,
    MessageState.DELIVERED: 7,
    MessageState.READ: 8,
}
_NEVER_CHANGED: Final = 9
_ID_LENGTH: Final = 191
_ARRIVED: Final = frozenset({MessageState.DELIVERED, MessageState.READ})
_UNANSWERED: Final = frozenset({MessageState.WAITING, MessageState.SENDING})

TRIED_AGAIN: Final = frozenset(
    {
        TemporarySendError.code,
        ThrottledError.code,
        ContactThrottledError.code,
        FileUnfetchedError.code,
        ChannelDownError.code,
    }
)
"""Failures after which the same message may pass."""


def reported(status: Status) -> MessageState | None:
    """Return the state that a status stands for, None for one we do not know."""
    return _REPORTED.get(status.status)


def later_state(one: int, other: int) -> int:
    """Return which of two states is further along: in any order, the same comes out."""
    rank = _RANK.get(one, _NEVER_CHANGED), _RANK.get(other, _NEVER_CHANGED)
    return one if rank[0] >= rank[1] else other


@dataclass(slots=True)
class StatusEvent:
    """A status on its way out of the inbox; `payload` is sealed."""

    id: EventId
    account_id: AccountId
    payload: bytes
    attempts: int
    received_at: datetime


@dataclass(slots=True)
class Target:
    """The message that a status is about, as its row stands."""

    id: OutboxId
    account_id: AccountId
    state: int
    provider_id: str | None
    priced: bool = False


@dataclass(slots=True)
class Advance:
    """What is written over a message that is still as it was read."""

    id: OutboxId
    before: int
    state: int
    provider_id: str | None
    was_priced: bool = False
    error: str = ""
    price: Price | None = None
    """To be counted: nobody has said before what the message costs."""

    @property
    def priced(self) -> bool:
        return self.was_priced or self.price is not None

    @property
    def changes(self) -> bool:
        return self.state != self.before or self.price is not None


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that the provider took and could not deliver."""

    message_id: OutboxId
    account_id: AccountId
    kind: str
    """`code` of the `channels.errors.SendError` that the refusal would have been."""
    code: str
    """The provider's own."""

    @property
    def reason(self) -> str:
        return clean(f"{self.kind or 'failed'} {self.code}").strip()[:200]


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a message got, and when that was."""

    message_id: OutboxId
    state: int
    at: datetime
    kind: str = ""
    """Of a failure: `code` of the `SendError`."""
    code: str = ""
    """And the provider's own."""


@dataclass(slots=True)
class Folded:
    """Statuses matched with their messages."""

    advances: list[Advance] = field(default_factory=list)
    done: dict[OutboxId | None, list[EventId]] = field(default_factory=dict)
    """Events that are over once their message is written (None: over already)."""
    early: list[StatusEvent] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    reached: list[Reached] = field(default_factory=list)


class StatusSql(Protocol):
    """The statements; one class per kind of database fulfils it."""

    async def claim(
        self, connection: AsyncConnection, now: datetime, limit: int
    ) -> list[StatusEvent]:
        """Lock waiting statuses that nobody else has locked."""

    async def targets(
        self, connection: AsyncConnection, ids: Sequence[UUID], provider_ids: Sequence[str]
    ) -> list[Target]:
        """Return outbound messages by our id or by the provider's."""

    async def advance(
        self, connection: AsyncConnection, advances: Sequence[Advance], now: datetime
    ) -> set[OutboxId]:
        """Write those whose row did not change meanwhile; return them."""

    async def delete(self, connection: AsyncConnection, ids: Sequence[EventId]) -> None:
        """Drop the statuses that were applied."""

    async def put_off(
        self, connection: AsyncConnection, ids: Sequence[EventId], due_at: datetime
    ) -> None:
        """Have statuses wait."""

    async def end(
        self, connection: AsyncConnection, ids: Sequence[EventId], state: int, now: datetime
    ) -> None:
        """Keep statuses as IGNORED or PARKED."""


def fold(
    statuses: Iterable[tuple[StatusEvent, Status]],
    targets: Iterable[Target],
) -> Folded:
    """Match statuses with messages of the account they came to, one write per message."""
    by_id: dict[str, Target] = {}
    by_name: dict[tuple[AccountId, str], Target] = {}
    for target in targets:
        by_id[target.id.hex] = target
        if target.provider_id:
            by_name[target.account_id, target.provider_id] = target
    folded = Folded()
    advances: dict[OutboxId, Advance] = {}
    for event, status in statuses:
        target_of = by_id.get(ours(status)) or by_name.get((event.account_id, status.provider_id))
        if target_of is None or target_of.account_id != event.account_id:
            _without_message(event, status, folded)
            continue
        _apply(event, status, target_of, advances, folded)
    folded.advances = [one for one in advances.values() if one.changes]
    # One that arrived after all is no failure.
    folded.failed = [
        one for one in folded.failed if advances[one.message_id].state == MessageState.FAILED
    ]
    return folded


def ours(status: Status) -> str:
    """Return our id of the message in plain hex, "" where the provider brought none of ours."""
    return _hex(status.outbox_id) if status.outbox_id else ""


@lru_cache(maxsize=8192)
def _hex(outbox_id: str) -> str:
    try:
        return UUID(outbox_id).hex
    except ValueError:
        return ""


def _without_message(event: StatusEvent, status: Status, folded: Folded) -> None:
    if reported(status) is None:
        folded.done.setdefault(None, []).append(event.id)
    else:
        folded.early.append(event)


def _apply(
    event: StatusEvent,
    status: Status,
    target: Target,
    advances: dict[OutboxId, Advance],
    folded: Folded,
) -> None:
    state = reported(status)
    if state == MessageState.FAILED and _waits_for_the_answer(status, target):
        folded.early.append(event)
        return
    folded.done.setdefault(target.id, []).append(event.id)
    if state is None or _of_an_earlier_try(state, status, target):
        return
    known = advances.get(target.id)
    if known is None:
        name = _name(status, target)
        known = Advance(target.id, target.state, target.state, name, target.priced)
        advances[target.id] = known
    further = later_state(known.state, state)
    if state in _ARRIVED and further in _ARRIVED and not known.priced:
        # What a provider says before that is what it would cost.
        known.price = price_of(event.account_id, status)
    folded.reached.append(
        Reached(target.id, state, status.at, status.error_kind, status.error_code)
    )
    if further == known.state:
        return
    known.state, known.error = further, ""
    if further == MessageState.FAILED:
        kind, code = status.error_kind, status.error_code
        failure = Failure(target.id, target.account_id, kind, code)
        known.error = failure.reason
        folded.failed.append(failure)


def _waits_for_the_answer(status: Status, target: Target) -> bool:
    """Tell whether it will be tried again, while the answer to the try is not written yet.

    That answer, coming later, would make a message of it that was taken.
    """
    sending = target.state in _UNANSWERED and _named(status) != target.provider_id
    return sending and status.error_kind in TRIED_AGAIN


def _of_an_earlier_try(state: int, status: Status, target: Target) -> bool:
    """Tell whether another try has followed; what arrived has arrived all the same."""
    if state in _ARRIVED or target.provider_id is None:
        return False
    same = status.provider_id == target.provider_id or _named(status) == target.provider_id
    return same if target.state in _UNANSWERED else not same


def _name(status: Status, target: Target) -> str | None:
    """Return the provider's id of the try that the status is about."""
    if target.provider_id and target.state not in _UNANSWERED:
        return target.provider_id
    return _named(status) or target.provider_id


def _named(status: Status) -> str:
    return clean(status.provider_id)[:_ID_LENGTH]


_WAITING: Final = select(
    exists().where(
        InboxEvent.state == literal_column("0"),
        InboxEvent.conversation_id.is_(None),
        InboxEvent.kind == literal_column(f"'{EventKind.STATUS.value}'"),
    )
)


async def statuses_wait(connection: AsyncConnection, now: datetime) -> bool:
    """Tell whether statuses have come that nobody has read yet."""
    due: Any = await connection.scalar(_WAITING.where(InboxEvent.due_at <= now))
    return bool(due)
