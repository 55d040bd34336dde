"""Events that were set aside: see them, and put them on their way again."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from sokoni.errors import AppError
from sokoni.kit.ids import EventId
from sokoni.messaging.models import EventState
from sokoni.messaging.parked import ASIDE, Aside, ParkedEvents
from sokoni.messaging.replaying import Outcome, Replaying
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading
from sokoni.web.principal import Keeper

router = APIRouter(prefix="/events", tags=["events"])


class State(StrEnum):
    """Why an event was set aside."""

    PARKED = "parked"
    UNREADABLE = "unreadable"


_STATES: Final = {State.PARKED: EventState.PARKED, State.UNREADABLE: EventState.UNREADABLE}


class EventShown(BaseModel, frozen=True):
    """An event that nobody handled."""

    id: UUID
    kind: str
    state: str
    conversation_id: UUID | None
    attempts: int
    error: str
    received_at: datetime


class EventWhole(EventShown):
    """The same, with what came."""

    content: str


class EventReplayed(EventShown):
    """An event as it was, and what became of it."""

    outcome: Outcome
    items: int
    """How many things were in what could be read."""


class StillUnreadableError(AppError):
    """Nobody can read it, this version neither."""

    code = "event_still_unreadable"


@router.get("")
async def list_events(
    principal: Keeper,
    parts: Parts,
    session: Reading,
    wanted: PageWanted,
    state: Annotated[State | None, Query()] = None,
) -> Page[EventShown]:
    """List events that were set aside, the newest first."""
    states = (_STATES[state],) if state else ASIDE
    after = EventId(wanted.after) if wanted.after else None
    events = ParkedEvents(parts.vault, principal.merchant_id)
    found = await events.page(session, states=states, after=after, limit=wanted.one_more)
    return page_of(found, wanted, _shown, lambda one: one.id)


@router.get("/{event_id}")
async def one_event(
    event_id: UUID, principal: Keeper, parts: Parts, session: Reading
) -> EventWhole:
    """Show one event with its content."""
    events = ParkedEvents(parts.vault, principal.merchant_id)
    found = await events.get(session, EventId(event_id))
    content = await events.content(session, found.id)
    return EventWhole(**_shown(found).model_dump(), content=content.decode(errors="replace"))


@router.post("/{event_id}/replay", status_code=202)
async def replay(
    event_id: UUID, principal: Keeper, parts: Parts, session: Reading
) -> EventReplayed:
    """Put a parked event back in line, its attempts forgotten; read an unreadable one anew.

    What still cannot be read stays where it was: `event_still_unreadable`.
    """
    events = ParkedEvents(parts.vault, principal.merchant_id)
    found = await events.get(session, EventId(event_id))
    replaying = Replaying(
        engine=parts.engine,
        events=events,
        inbox=parts.inbox,
        accounts=parts.accounts,
        clock=parts.clock,
    )
    replayed = await replaying.replay(found)
    if replayed.outcome is Outcome.UNREADABLE:
        raise StillUnreadableError(found.id, replayed.why)
    parts.wake()
    return EventReplayed(
        **_shown(found).model_dump(), outcome=replayed.outcome, items=replayed.items
    )


def _shown(one: Aside) -> EventShown:
    return EventShown(
        id=one.id,
        kind=one.kind,
        state=one.state.name.lower(),
        conversation_id=one.conversation_id,
        attempts=one.attempts,
        error=one.error,
        received_at=one.received_at,
    )
