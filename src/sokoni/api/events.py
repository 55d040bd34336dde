"""Events that were set aside: see them, and put parked ones back in line."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from sokoni.kit.ids import EventId
from sokoni.messaging.models import EventState
from sokoni.messaging.parked import ASIDE, Aside, ParkedEvents
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading, Writing
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
async def replay(event_id: UUID, principal: Keeper, parts: Parts, writing: Writing) -> EventShown:
    """Put a parked event back in line, its attempts forgotten."""
    events = ParkedEvents(parts.vault, principal.merchant_id)
    found = await events.get(writing.session, EventId(event_id))
    await events.replay(writing.connection, found, parts.clock())
    return _shown(found)


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
