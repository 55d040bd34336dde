"""Both sides are told how a booking ends, however moves, limits and deliveries cross."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.calendar import CALENDAR, tell_notice
from sokoni.capabilities.booking.desk import NEWS, Desk
from sokoni.capabilities.booking.flows.answer import lost_news, moved, tell_news
from sokoni.capabilities.booking.judging import ProviderJudge
from sokoni.capabilities.booking.machine import ASKED, Move, Status
from sokoni.capabilities.booking.models import (
    Booking,
    BookingId,
    BookingNotice,
    BookingSlot,
    ProviderId,
)
from sokoni.capabilities.booking.service.bookings import TimeNotFreeError
from sokoni.capabilities.booking.service.search import Search
from sokoni.capabilities.booking.service.slots import TimeTakenError
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.dialogue.flow import TurnContext
from sokoni.kit.ids import ContactId
from sokoni.messaging.events import Timer
from tests.capabilities.booking.factories import (
    HARARE,
    HUSTLR,
    MONDAY,
    VAULT,
    ZONE,
    at,
    bookings,
    context_of,
    create_provider,
    job,
)
from tests.conftest import THREE


@dataclass(frozen=True)
class Letter:
    """Something on its way to one side: what its turn does, and what where it cannot be said."""

    who: ContactId
    timer: Timer
    lost: Timer | None = None


class Town:
    """One booking of two people, whose turns and deliveries come in any order.

    A turn that fails leaves nothing behind and is done again; what it was told stays on its way.
    """

    def __init__(self, session: AsyncSession, booking: Booking) -> None:
        self.session, self.now = session, MONDAY
        self.id: BookingId = booking.id
        self.sides = (booking.customer_id, booking.doer_id)
        self.heard = {booking.customer_id: booking.version, booking.doer_id: 0}
        self.missed = dict.fromkeys(self.sides, 0)
        """The last of what could not be said to them."""
        self.under_way: list[Letter] = []
        self._once: set[tuple[ContactId, str]] = set()

    async def begin(self) -> None:
        """Have the provider asked."""
        context = self.context(self.sides[0])
        Desk(context).pass_on(await self.booking())
        self.carry(context)

    @asynccontextmanager
    async def turn(self, *, fails: bool) -> AsyncIterator[None]:
        """Do what is inside as one transaction; one that fails is undone, and all it told."""
        before = (dict(self.heard), dict(self.missed), list(self.under_way), set(self._once))
        savepoint = await self.session.begin_nested()
        yield
        if fails:
            await savepoint.rollback()
            self.heard, self.missed, self.under_way, self._once = before
        else:
            await savepoint.commit()

    def carry(self, context: TurnContext) -> None:
        for one in context.tells:
            assert one.tell.instead is not None
            self.send(Letter(one.contact_id, one.tell.instead, one.tell.lost), one.once)

    def context(self, who: ContactId) -> TurnContext:
        return context_of(self.session, who, self.now)

    async def booking(self) -> Booking:
        return await bookings(self.session, self.now).get(self.id)

    async def move(self, side: int, how: Move, hour: float) -> None:
        who = self.sides[side]
        context = self.context(who)
        before = (await self.booking()).version
        to = at(hour, days=2) if how in {Move.COUNTER, Move.PROPOSE} else None
        try:
            outcome = await moved(Desk(context), self.id, how, to=to)
        except (TimeTakenError, TimeNotFreeError):
            return
        assert outcome.prompt is not None
        after = (await self.booking()).version
        if after != before:
            self.heard[who] = after
        self.carry(context)

    async def sweep(self) -> None:
        connection = await self.session.connection()
        for one in await CALENDAR.take(connection, self.now, 50):
            self.send(Letter(one.contact_id, one.timer), one.once)

    def send(self, letter: Letter, once: str) -> None:
        if (letter.who, once) not in self._once:
            self._once.add((letter.who, once))
            self.under_way.append(letter)

    async def deliver(self, which: int, *, arrives: bool = True) -> None:
        """Have one of those under way arrive, whichever it is, or not be said at all."""
        if not self.under_way:
            return
        letter = self.under_way.pop(which % len(self.under_way))
        if not arrives:
            await self._lose(letter)
        elif letter.timer.name != NEWS:
            await tell_notice(self.context(letter.who), letter.timer)
        elif await tell_news(self.context(letter.who), letter.timer) is not None:
            self.heard[letter.who] = int(letter.timer.data["version"])

    async def _lose(self, letter: Letter) -> None:
        if letter.timer.name == NEWS:
            version = int(letter.timer.data["version"])
            self.missed[letter.who] = max(version, self.missed[letter.who])
        if letter.lost is None:
            return
        context = self.context(letter.who)
        await lost_news(context, letter.lost)
        self.carry(context)
        # Nobody waits for somebody who was never asked.
        assert letter.who == self.sides[0] or (await self.booking()).status != Status.PENDING


_STEP: Final = st.one_of(
    st.tuples(
        st.just("move"),
        st.integers(0, 1),
        st.sampled_from([*Move]),
        st.sampled_from([9.0, 10.25, 17.5]),
    ),
    st.tuples(st.just("wait"), st.sampled_from([1, 7, 13, 40])),
    st.tuples(st.just("sweep")),
    st.tuples(st.just("deliver"), st.integers(0, 3)),
    st.tuples(st.just("lose"), st.integers(0, 3)),
)


async def play(town: Town, what: str, *more: Any) -> None:  # noqa: ANN401 -- a drawn step
    match what:
        case "wait":
            town.now += timedelta(hours=more[0])
        case "sweep":
            await town.sweep()
        case "deliver":
            await town.deliver(*more)
        case "lose":
            await town.deliver(*more, arrives=False)
        case _:
            await town.move(*more)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(st.booleans(), _STEP), max_size=20))
@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_both_hear_the_last_of_it(
    session: AsyncSession, steps: list[tuple[bool, tuple[Any, ...]]]
) -> None:
    for model in (BookingNotice, BookingSlot, Booking):
        await session.execute(delete(model))
    provider = await create_provider(session)
    town = Town(session, await bookings(session).ask(provider, job(at(15))))
    await town.begin()
    for fails, step in steps:
        # What fails is done again; what it told the first time was told to nobody.
        for failing in (True, False) if fails else (False,):
            async with town.turn(fails=failing):
                await play(town, *step)

    town.now += timedelta(days=9)
    await town.sweep()
    while town.under_way:
        await town.deliver(len(steps))

    last = await town.booking()
    assert last.status not in {*ASKED, Status.CONFIRMED}
    for who in town.sides:
        assert last.version in {town.heard[who], town.missed[who]}


async def test_staff_let_a_provider_in_and_shut_them_out(session: AsyncSession) -> None:
    provider = await create_provider(session, status=ProviderStatus.PENDING)
    judge, subject = ProviderJudge(), provider.id.hex

    async def found() -> list[ProviderId]:
        search = Search(session, VAULT, HUSTLR, MONDAY, ZONE)
        return [one.id for one in await search.near("plumber", HARARE, 60, limit=9)]

    (told,) = await judge.put_back(session, HUSTLR, subject, MONDAY)
    assert (told.contact_id, told.tell.prompt.key) == (
        provider.contact_id,
        "booking.judged.active",
    )
    assert await found() == [provider.id]
    assert await judge.put_back(session, HUSTLR, subject, MONDAY) == []

    (told,) = await judge.take_down(session, HUSTLR, subject, MONDAY)
    assert told.tell.prompt.key == "booking.judged.rejected"
    assert await found() == []
