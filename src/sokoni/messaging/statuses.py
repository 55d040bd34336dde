"""How far messages got: what providers report is folded in, and never leads backwards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import exists, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.channels.base import Status
from sokoni.kit.ids import AccountId, EventId, OutboxId
from sokoni.kit.text import clean
from sokoni.messaging.models import EventKind, InboxEvent, MessageState

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


@dataclass(slots=True)
class Advance:
    """What is written over a message whose state is still `before`."""

    id: OutboxId
    before: int
    state: int
    provider_id: str | None
    error: str = ""


@dataclass(slots=True)
class Folded:
    """Statuses matched with their messages."""

    advances: list[Advance] = field(default_factory=list)
    done: dict[OutboxId | None, list[EventId]] = field(default_factory=dict)
    """Events that are over once their message is written (None: over already)."""
    early: list[StatusEvent] = field(default_factory=list)
    opted_out: list[OutboxId] = field(default_factory=list)


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
    folded.advances = [one for one in advances.values() if one.state != one.before]
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
    folded.done.setdefault(target.id, []).append(event.id)
    state = reported(status)
    if state is None:
        return
    known = advances.get(target.id)
    if known is None:
        provider_id = target.provider_id or clean(status.provider_id)[:191] or None
        known = Advance(target.id, target.state, target.state, provider_id)
        advances[target.id] = known
    further = later_state(known.state, state)
    if further == known.state:
        return
    known.state = further
    known.error = _error(status) if further == MessageState.FAILED else ""
    if further == MessageState.FAILED and status.error_kind == "contact_opted_out":
        folded.opted_out.append(target.id)


def _error(status: Status) -> str:
    return clean(f"{status.error_kind or 'failed'} {status.error_code}").strip()[:200]


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
