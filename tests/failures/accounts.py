"""Settling up after a run: what was written against what the database and the fake have."""

import asyncio
import time
from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.capabilities.marketplace.models import Alert, Listing
from sokoni.gateway.queues import read_queues
from sokoni.kit.clock import utc_now
from sokoni.media.models import StoredFile
from sokoni.messaging.models import (
    EventKind,
    EventState,
    InboxEvent,
    Message,
    MessageState,
    Purpose,
)
from sokoni.testing.fake_graph import FakeGraph
from tests.failures.crowd import Crowd

_LANDED = (MessageState.TAKEN, MessageState.SENT, MessageState.DELIVERED, MessageState.READ)


@dataclass(frozen=True)
class Row:
    """One outbound message, as the database has it."""

    id: str
    event_kind: str
    event_key: str
    purpose: str
    state: int


async def idle(engine: AsyncEngine, seconds: float = 60) -> None:
    """Return once nothing waits any more; fail where nothing became less for so long."""
    left = await _left(engine)
    end = time.monotonic() + seconds
    while left:
        await asyncio.sleep(0.05)
        now = await _left(engine)
        if now < left:
            left, end = now, time.monotonic() + seconds
        if time.monotonic() >= end:
            queues = await read_queues(engine, utc_now)
            raise AssertionError("\n".join([str(queues), *await _events_left(engine)]))


async def _events_left(engine: AsyncEngine) -> list[str]:
    """Return the events that nobody took: what a fault is found by."""
    waiting = (
        select(
            InboxEvent.kind,
            InboxEvent.key,
            InboxEvent.attempts,
            InboxEvent.received_at,
            InboxEvent.due_at,
            InboxEvent.conversation_id,
        )
        .where(InboxEvent.state == 0, InboxEvent.due_at <= utc_now())
        .order_by(InboxEvent.due_at)
        .limit(50)
    )
    async with engine.connect() as connection:
        return [str(tuple(row)) for row in await connection.execute(waiting)]


async def _left(engine: AsyncEngine) -> int:
    return sum((await read_queues(engine, utc_now)).depths.values())


async def faults(engine: AsyncEngine, graph: FakeGraph, crowd: Crowd) -> list[str]:
    """Return everything that was lost, doubled, left over or out of order; empty: all is well."""
    said = await _outbound(engine)
    return [
        *await _inbound_faults(engine, crowd),
        *_reply_faults(said, crowd),
        *_provider_faults(said, graph),
        *await _left_over(engine),
        *await _effect_faults(engine, crowd),
        *await _alert_faults(engine, graph, crowd),
    ]


async def _inbound_faults(engine: AsyncEngine, crowd: Crowd) -> list[str]:
    """Check that every acknowledged message stands in the log once."""
    async with engine.connect() as connection:
        keys = await connection.scalars(
            select(Message.provider_id).where(Message.outbound.is_(False))
        )
        logged = Counter(keys)
    lost = [f"lost: {key}" for key in crowd.wrote if not logged[key]]
    return lost + [f"logged {count} times: {key}" for key, count in logged.items() if count > 1]


async def _outbound(engine: AsyncEngine) -> list[Row]:
    async with engine.connect() as connection:
        rows = await connection.execute(
            select(Message.id, InboxEvent.kind, InboxEvent.key, Message.purpose, Message.state)
            .join(InboxEvent, InboxEvent.id == Message.event_id)
            .where(Message.outbound)
            .order_by(Message.id)
        )
        return [Row(str(row[0]), *row[1:]) for row in rows]


async def story(engine: AsyncEngine, graph: FakeGraph, key: str) -> list[str]:
    """Return what was said either way around the message of this key: to read after a fault."""
    said = {taken.outbox_id: taken.payload for taken in graph.taken}
    talk = select(InboxEvent.conversation_id).where(InboxEvent.key == key).scalar_subquery()
    async with engine.connect() as connection:
        rows = await connection.execute(
            select(
                Message.id,
                Message.created_at,
                Message.outbound,
                Message.part,
                Message.purpose,
                Message.state,
                InboxEvent.kind,
                InboxEvent.key,
                InboxEvent.attempts,
                InboxEvent.handled_at,
            )
            .join(InboxEvent, InboxEvent.id == Message.event_id)
            .where(Message.conversation_id == talk)
            .order_by(Message.id)
        )
        all_said = rows.all()
    at = next((number for number, row in enumerate(all_said) if row.key == key), 0)
    return [
        f"{row.created_at:%H:%M:%S.%f} {'->' if row.outbound else '<-'} {row.kind} {row.key}"
        f" part {row.part} {row.purpose} {MessageState(row.state).name}"
        f" attempts {row.attempts} handled {row.handled_at:%H:%M:%S.%f}"
        f" {said.get(str(row.id), '')}"
        for row in all_said[max(at - 6, 0) : at + 10]
    ]


def _reply_faults(said: list[Row], crowd: Crowd) -> list[str]:
    """Check that every message has one reply, and that all that was said was taken.

    Of a hasty contact's messages those that were read together have one between them.
    """
    replies = Counter(row.event_key for row in said if row.purpose == Purpose.REPLY)
    last = dict(zip(crowd.wrote.values(), crowd.wrote, strict=True))
    wrong = [f"{count} replies to {key}" for key, count in replies.items() if count > 1]
    wrong += [
        f"no reply to {key}"
        for key, who in crowd.wrote.items()
        if not replies[key] and (who not in crowd.hasty or last[who] == key)
    ]
    wrong += [
        f"a reply to nothing: {row.event_key}"
        for row in said
        if row.event_kind == EventKind.MESSAGE and row.event_key not in crowd.wrote
    ]
    return wrong + [f"{row.id} ended as {row.state}" for row in said if row.state not in _LANDED]


def _provider_faults(said: list[Row], graph: FakeGraph) -> list[str]:
    """Check that the fake took every message once, and each contact's in order."""
    took = Counter(taken.outbox_id for taken in graph.taken)
    wrong = [f"never came: {row.id}" for row in said if not took[row.id]]
    wrong += [f"came {count} times: {one}" for one, count in took.items() if count > 1]
    by_contact = defaultdict(list)
    for taken in graph.taken:
        by_contact[taken.to].append(taken.outbox_id)
    return wrong + [
        f"out of order: {who}" for who, came in by_contact.items() if came != sorted(came)
    ]


async def _left_over(engine: AsyncEngine) -> list[str]:
    bad = (EventState.WAITING, EventState.PARKED, EventState.UNREADABLE)
    async with engine.connect() as connection:
        rows = await connection.execute(
            select(InboxEvent.kind, InboxEvent.state, InboxEvent.error).where(
                InboxEvent.state.in_([int(state) for state in bad]), InboxEvent.due_at <= utc_now()
            )
        )
        return [f"left as {row.state}: {row.kind} {row.error}" for row in rows]


async def _effect_faults(engine: AsyncEngine, crowd: Crowd) -> list[str]:
    """Check that each yes of a seller made one listing, and that each photo hangs with one."""
    confirmed = sum(
        lines.count("yes") for who, lines in crowd.lines.items() if who not in crowd.seekers
    )
    async with engine.connect() as connection:
        listed = await connection.scalar(select(func.count()).select_from(Listing))
        shown = await connection.scalar(select(func.count(Listing.photo_id)))
        kept = await connection.scalar(select(func.count(StoredFile.stored_at)))
    wrong = [] if listed == confirmed else [f"{listed} listings of {confirmed} confirmed"]
    photos = len(crowd.photos)
    wrong += [] if shown == kept == photos else [f"{shown} of {kept} files shown, {photos} sent"]
    return wrong


async def _alert_faults(engine: AsyncEngine, graph: FakeGraph, crowd: Crowd) -> list[str]:
    """Check that whoever was alerted was told once of each request, and nobody who listens.

    One who waits for an answer would take an alert for it, and write on before they have it.
    """
    async with engine.connect() as connection:
        alerts = await connection.scalar(select(func.count()).select_from(Alert)) or 0
        said = await connection.scalars(
            select(Message.id).where(Message.outbound, Message.purpose == Purpose.ALERT)
        )
        told = {str(one) for one in said}
    wrong = [] if len(told) == alerts else [f"{len(told)} were told of {alerts} alerts"]
    wrong += [
        f"an alert for one who listens: {taken.to}"
        for taken in graph.taken
        if taken.outbox_id in told and taken.to not in crowd.showing
    ]
    return wrong + (["nobody was alerted"] if crowd.seekers and not alerts else [])
