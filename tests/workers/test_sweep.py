"""Times that fall due become events, once; what is long over goes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import pytest
from sqlalchemy import BindParameter, bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.config import Settings
from sokoni.db.base import UtcDateTime
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.dialogue.manifest import Calendar
from sokoni.kit.ids import ContactId, new_id
from sokoni.messaging.events import StaffAct, Timer, TimerFor
from sokoni.messaging.models import (
    Conversation,
    EventState,
    InboxEvent,
    Message,
    MessageState,
    Request,
)
from sokoni.messaging.requests import Asking, ask
from sokoni.messaging.wakeups import INBOX
from sokoni.testing.clock import StoppedClock
from sokoni.workers.crew import kept_as_set
from sokoni.workers.sweep import Kept, Sweep
from tests.conftest import THREE
from tests.due import next_due_in
from tests.workers.outgoing import Street, Talk, street

HOUR = timedelta(hours=1)


@dataclass
class Broom:
    street: Street
    talk: Talk
    sweep: Sweep
    clock: StoppedClock

    async def set_talk(self, **values: object) -> None:
        async with writing(self.street.engine) as connection:
            await connection.execute(update(Conversation).values(**values))

    async def events(self) -> list[Timer | StaffAct]:
        vault = self.street.vault
        kind = Timer | StaffAct
        return [
            msgspec.json.decode(vault.open("inbox.payload", row.id, row.payload), type=kind)
            for row in await self.street.events()
        ]


@pytest.fixture
async def broom(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Broom]:
    async with street(engine, vault, clock) as place:
        talk = await place.add_talk(await place.add_number("1"), "+263771000001")
        sweep = Sweep(engine=engine, clock=clock, inbox=place.inbox, hints=place.hints)
        yield Broom(place, talk, sweep, clock)


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_dialogue_is_woken_once_at_its_time(broom: Broom) -> None:
    ear = broom.street.hints.listener(INBOX)
    await broom.set_talk(wake_at=broom.clock() + HOUR)
    assert await broom.sweep.run_once() == 0
    assert await next_due_in(broom.street.engine, broom.sweep.times) == broom.clock() + HOUR

    broom.clock.advance(HOUR)
    assert await broom.sweep.run_once() == 1
    assert await broom.sweep.run_once() == 0

    assert await broom.events() == [Timer(name="dialogue")]
    (event,) = await broom.street.events()
    assert (event.conversation_id, event.kind) == (broom.talk.id, "timer")
    assert await next_due_in(broom.street.engine, broom.sweep.times) is None
    assert await ear.wait(0)


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_person_gives_the_conversation_back_when_time_is_up(broom: Broom) -> None:
    await broom.set_talk(holder="person", held_until=broom.clock() + HOUR)

    broom.clock.advance(HOUR)
    await broom.sweep.run_once()
    await broom.sweep.run_once()

    assert await broom.events() == [StaffAct(act="back")]


async def test_a_merged_conversation_is_left_alone(broom: Broom) -> None:
    await broom.set_talk(wake_at=broom.clock(), merged_into=new_id())

    assert await broom.sweep.run_once() == 0
    assert await next_due_in(broom.street.engine, broom.sweep.times) is None


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_two_sweeps_make_one_event(broom: Broom) -> None:
    await broom.set_talk(wake_at=broom.clock())
    other = Sweep(
        engine=broom.street.engine,
        clock=broom.clock,
        inbox=broom.street.inbox,
        hints=broom.street.hints,
    )

    await asyncio.gather(broom.sweep.run_once(), other.run_once())

    assert len(await broom.events()) == 1


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_events_that_are_long_over_go_and_others_stay(broom: Broom) -> None:
    await broom.set_talk(wake_at=broom.clock())
    await broom.sweep.run_once()
    done = {"state": int(EventState.DONE), "handled_at": broom.clock()}
    async with writing(broom.street.engine) as connection:
        await connection.execute(update(InboxEvent).values(done))
    await broom.set_talk(wake_at=broom.clock() + HOUR)
    broom.clock.advance(Kept().events)
    await broom.sweep.run_once()
    assert len(await broom.events()) == 2

    broom.clock.advance(HOUR)
    await broom.sweep.run_once()

    (left,) = await broom.street.events()
    assert left.state == EventState.WAITING


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_requests_that_are_long_over_go_and_others_stay(broom: Broom) -> None:
    for key in ("over", "open"):
        asking = Asking(
            merchant_id=broom.talk.number.merchant_id,
            account_id=broom.talk.number.id,
            conversation_id=broom.talk.id,
            kind="test",
            idempotency_key=key,
            payload=None,
        )
        async with writing(broom.street.engine) as connection:
            await ask(connection, broom.street.vault, asking, broom.clock())
    over = update(Request).where(Request.idempotency_key == "over").values(state="done")
    async with writing(broom.street.engine) as connection:
        await connection.execute(over)

    broom.clock.advance(Kept().requests + HOUR)
    await broom.sweep.run_once()

    async with broom.street.engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(Request)) == 1


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_the_old_log_goes_but_nothing_that_is_still_to_be_sent(broom: Broom) -> None:
    place = broom.street
    said, waiting = await place.say(broom.talk, "said long ago", "still to be sent")
    await place.set_message(said, state=int(MessageState.READ))
    broom.clock.advance(timedelta(days=2))
    (fresh,) = await place.say(broom.talk, "said now")
    await place.set_message(fresh, state=int(MessageState.SENT))

    await broom.sweep.run_once()
    assert await message_ids(broom) == {said.id, waiting.id, fresh.id}

    kept = Kept(messages=timedelta(days=1))
    await Sweep(
        engine=place.engine, clock=broom.clock, inbox=place.inbox, hints=place.hints, kept=kept
    ).run_once()
    assert await message_ids(broom) == {waiting.id, fresh.id}


async def message_ids(broom: Broom) -> set[object]:
    async with broom.street.engine.connect() as connection:
        return set((await connection.scalars(select(Message.id))).all())


def test_the_settings_say_how_long_rows_stay() -> None:
    set_so = Settings(event_days=9, request_days=8, message_days=7, review_days=6, report_days=5)
    days = [timedelta(days=number) for number in (9, 8, 7, 6, 5)]

    kept = kept_as_set(set_so)
    for_ever = kept_as_set(Settings(message_days=0, review_days=0, report_days=0))

    assert [kept.events, kept.requests, kept.messages, kept.deals, kept.reports] == days
    assert (for_ever.messages, for_ever.deals, for_ever.reports) == (None, None, None)


async def test_capabilities_tidy_up_once_a_minute_and_at_once_while_there_is_more(
    engine: AsyncEngine, broom: Broom
) -> None:
    calls: list[datetime] = []

    async def tidy(_connection: AsyncConnection, now: datetime) -> bool:
        calls.append(now)
        return len(calls) == 1

    place = broom.street
    sweep = Sweep(
        engine=engine, clock=broom.clock, inbox=place.inbox, hints=place.hints, tidies=[tidy]
    )

    for _ in range(3):
        await sweep.run_once()
    assert len(calls) == 2

    broom.clock.advance(timedelta(minutes=1))
    await sweep.run_once()
    assert calls == [calls[0], calls[0], broom.clock()]


async def test_what_lies_outside_the_database_is_cleared_without_a_transaction(
    broom: Broom, engine: AsyncEngine
) -> None:
    calls: list[datetime] = []

    async def clear(now: datetime) -> bool:
        async with writing(engine) as connection:  # would wait for ever inside another
            await connection.execute(text("SELECT 1"))
        calls.append(now)
        return len(calls) == 1

    place = broom.street
    sweep = Sweep(
        engine=engine, clock=broom.clock, inbox=place.inbox, hints=place.hints, clearings=[clear]
    )

    for _ in range(3):
        await sweep.run_once()
    assert len(calls) == 2


async def test_what_stands_in_a_calendar_falls_due_where_the_contact_last_wrote(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    async with street(engine, vault, clock) as place:
        number, other = [await place.add_number(one) for one in ("1", "2")]
        first = await place.add_talk(number, "+263771000001")
        second = await place.add_talk(other, "+263771000002")
        async with writing(engine) as connection:
            # The same contact in two conversations: in the second they wrote later.
            for one, at in ((first, clock()), (second, clock() + HOUR / 2)):
                theirs = update(Conversation).where(Conversation.id == one.id)
                both = {"contact_id": first.contact_id, "last_inbound_at": at}
                await connection.execute(theirs.values(both))
        due = [clock() + HOUR]

        soonest: BindParameter[datetime | None] = bindparam(
            "soonest", callable_=lambda: due[0] if due else None, type_=UtcDateTime()
        )

        async def take(_connection: AsyncConnection, now: datetime, limit: int) -> list[TimerFor]:
            assert (now, limit > 0) == (due.pop(), True)
            unknown = TimerFor(
                merchant_id=number.merchant_id,
                contact_id=ContactId(new_id()),
                timer=Timer(name="x"),
                once="1",
            )
            known = msgspec.structs.replace(unknown, contact_id=first.contact_id)
            return [unknown, known]

        sweep = Sweep(
            engine=engine,
            clock=clock,
            inbox=place.inbox,
            hints=place.hints,
            calendars=[Calendar([select(soonest)], take)],
        )
        assert await next_due_in(engine, sweep.times) == due[0]
        assert await sweep.run_once() == 0

        clock.advance(HOUR)

        assert await sweep.run_once() == 2
        assert await sweep.run_once() == 0
        assert [row.conversation_id for row in await place.events()] == [second.id]
