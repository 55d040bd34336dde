"""The events that were set aside: shown to staff, and taken back by `messaging.replaying`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Select, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.db.session import rows_changed
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.ids import AccountId, ConversationId, EventId, MerchantId
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.models import EventState, InboxEvent, Message

ASIDE: Final = (EventState.PARKED, EventState.UNREADABLE)
_INBOX: Final = cast("Table", InboxEvent.__table__)
_MESSAGES: Final = cast("Table", Message.__table__)


class EventUnknownError(AppError):
    """There is none, or it is another merchant's."""

    code = "event_unknown"
    http_status = 404


class NotParkedError(AppError):
    """Somebody else has just replayed it."""

    code = "event_not_parked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """An event that nobody handled."""

    id: EventId
    merchant_id: MerchantId
    account_id: AccountId
    conversation_id: ConversationId | None
    kind: str
    key: str
    state: EventState
    attempts: int
    error: str
    received_at: datetime


class ParkedEvents:
    """Parked and unreadable events of one merchant; without one, of all (for the operator)."""

    def __init__(self, vault: Vault, merchant_id: MerchantId | None) -> None:
        self._vault = vault
        self._merchant_id = merchant_id

    async def page(
        self,
        session: AsyncSession,
        *,
        states: Sequence[EventState] = ASIDE,
        after: EventId | None = None,
        limit: int,
    ) -> list[Aside]:
        """Return the newest first."""
        statement = self._aside().where(InboxEvent.state.in_([int(one) for one in states]))
        statement = statement.order_by(InboxEvent.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(InboxEvent.id < after)
        return [_aside(row) for row in await session.scalars(statement)]

    async def get(self, session: AsyncSession, event_id: EventId) -> Aside:
        """Return one, or raise `EventUnknownError`."""
        return _aside(await self._row(session, event_id))

    async def content(self, session: AsyncSession, event_id: EventId) -> bytes:
        """Return what came, whole."""
        row = await self._row(session, event_id)
        return self._vault.open(PLACE, row.id, row.payload)

    async def replay(self, connection: AsyncConnection, event: Aside, now: datetime) -> None:
        """Put a parked event back in line, its attempts forgotten."""
        waiting = (
            update(_INBOX)
            .where(_INBOX.c.id == event.id, _INBOX.c.state == int(EventState.PARKED))
            .values(
                state=int(EventState.WAITING), attempts=0, due_at=now, handled_at=None, error=""
            )
        )
        if not await rows_changed(connection, waiting):
            raise NotParkedError(f"Somebody else has just replayed {event.id}.")
        # Parking logged what the contact said; handling it logs it where it is answered.
        logged = delete(_MESSAGES).where(_MESSAGES.c.event_id == event.id, _MESSAGES.c.part == 0)
        await connection.execute(logged)

    async def settle(self, connection: AsyncConnection, event: Aside, now: datetime) -> None:
        """Mark an unreadable event as handled: it was read after all."""
        settled = (
            update(_INBOX)
            .where(_INBOX.c.id == event.id, _INBOX.c.state == int(EventState.UNREADABLE))
            .values(state=int(EventState.DONE), handled_at=now, error="")
        )
        await connection.execute(settled)

    async def _row(self, session: AsyncSession, event_id: EventId) -> InboxEvent:
        row = await session.scalar(self._aside().where(InboxEvent.id == event_id))
        if row is None:
            raise EventUnknownError(f"No event {event_id} was set aside.")
        return row

    def _aside(self) -> Select[InboxEvent]:
        """Scope of every query here."""
        statement = select(InboxEvent).where(InboxEvent.state.in_([int(one) for one in ASIDE]))
        if self._merchant_id is None:
            return statement
        return statement.where(InboxEvent.merchant_id == self._merchant_id)


def _aside(row: InboxEvent) -> Aside:
    return Aside(
        id=row.id,
        merchant_id=MerchantId(row.merchant_id),
        account_id=row.account_id,
        conversation_id=row.conversation_id,
        kind=row.kind,
        key=row.key,
        state=EventState(row.state),
        attempts=row.attempts,
        error=row.error,
        received_at=row.received_at,
    )
