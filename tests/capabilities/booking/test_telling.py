"""Both sides are told how a booking ends, however moves, limits and deliveries cross."""

from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.calendar import CALENDAR, tell_notice
from sokoni.capabilities.booking.desk import NEWS, Desk
from sokoni.capabilities.booking.flows.answer import moved, tell_news
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
from sokoni.dialogue.flow import Person, TurnContext
from sokoni.kit.ids import ContactId, ConversationId, new_id
from sokoni.language.reading import Scene
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.events import Timer
from sokoni.places.gazetteer import Gazetteer
from tests.capabilities.booking.factories import (
    HARARE,
    HUSTLR,
    MONDAY,
    VAULT,
    ZONE,
    at,
    bookings,
    create_provider,
    job,
)
from tests.conftest import THREE

PROFILE: Final = MerchantProfile(
    id=HUSTLR,
    slug="hustlr",
    name="Hustlr",
    country="ZW",
    currency="USD",
    zone=ZONE,
    languages=("en",),
    capabilities={"booking": {}},
)
PLACES: Final = Gazetteer()


class Town:
    """One booking of two people, whose turns and deliveries come in any order."""

    def __init__(self, session: AsyncSession, booking: Booking) -> None:
        self.session, self.now = session, MONDAY
        self.id: BookingId = booking.id
        self.sides = (booking.customer_id, booking.doer_id)
        self.heard = dict.fromkeys(self.sides, booking.version)
        self.under_way: list[tuple[ContactId, Timer]] = []
        self._once: set[tuple[ContactId, str]] = set()

    def context(self, who: ContactId) -> TurnContext:
        scene = Scene(
            languages=("en",),
            country="ZW",
            currency="USD",
            now=self.now.astimezone(ZONE),
            places=PLACES,
        )
        return TurnContext(
            session=self.session,
            vault=VAULT,
            merchant=PROFILE,
            person=Person(id=who, name="", name_given=False, language="en"),
            conversation_id=ConversationId(new_id()),
            now=self.now,
            scene=scene,
        )

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
        for one in context.tells:
            assert one.tell.instead is not None
            self.send(one.contact_id, one.tell.instead, one.once)

    async def sweep(self) -> None:
        connection = await self.session.connection()
        for one in await CALENDAR.take(connection, self.now, 50):
            self.send(one.contact_id, one.timer, one.once)

    def send(self, who: ContactId, timer: Timer, once: str) -> None:
        if (who, once) not in self._once:
            self._once.add((who, once))
            self.under_way.append((who, timer))

    async def deliver(self, which: int) -> None:
        """Have one of those under way arrive, whichever it is."""
        if not self.under_way:
            return
        who, timer = self.under_way.pop(which % len(self.under_way))
        if timer.name != NEWS:
            await tell_notice(self.context(who), timer)
            return
        if await tell_news(self.context(who), timer) is not None:
            self.heard[who] = int(timer.data["version"])


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
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(_STEP, max_size=20))
@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_both_hear_the_last_of_it(
    session: AsyncSession, steps: list[tuple[Any, ...]]
) -> None:
    for model in (BookingNotice, BookingSlot, Booking):
        await session.execute(delete(model))
    provider = await create_provider(session)
    town = Town(session, await bookings(session).ask(provider, job(at(15))))
    for what, *more in steps:
        match what:
            case "wait":
                town.now += timedelta(hours=more[0])
            case "sweep":
                await town.sweep()
            case "deliver":
                await town.deliver(*more)
            case _:
                await town.move(*more)

    town.now += timedelta(days=9)
    await town.sweep()
    while town.under_way:
        await town.deliver(len(steps))

    last = await town.booking()
    assert last.status not in {*ASKED, Status.CONFIRMED}
    assert set(town.heard.values()) == {last.version}


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
