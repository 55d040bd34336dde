"""Bookings: asked, answered, moved and ended, by the right side, in time, never two at once."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final, TypedDict, Unpack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.booking.machine import (
    ASKED,
    FINAL,
    HOLDING,
    STEPS,
    YES,
    Move,
    Party,
    Status,
    step_from,
)
from sokoni.capabilities.booking.models import (
    Booking,
    BookingId,
    BookingNotice,
    BookingSlot,
    Provider,
)
from sokoni.capabilities.booking.service.availability import quarters
from sokoni.capabilities.booking.service.bookings import TimeNotFreeError
from sokoni.capabilities.booking.service.moves import (
    BookingMovedError,
    BookingUnknownError,
    Moves,
)
from sokoni.capabilities.booking.service.notices import NoticeKind, Pace
from sokoni.capabilities.booking.service.slots import TimeTakenError
from sokoni.db.writing import writing
from sokoni.kit.ids import ContactId, new_id
from tests.capabilities.booking.factories import (
    HUSTLR,
    MONDAY,
    RIVAL,
    at,
    bookings,
    create_booking,
    create_provider,
    job,
)
from tests.conftest import THREE

SOMEBODY: Final = ContactId(new_id())
pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)


async def held(session: AsyncSession, provider: Provider) -> set[int]:
    slots = select(BookingSlot.quarter).where(BookingSlot.provider_id == provider.id)
    return set(await session.scalars(slots))


async def due(session: AsyncSession, booking: Booking) -> dict[str, datetime]:
    notices = select(BookingNotice).where(BookingNotice.booking_id == booking.id)
    return {row.kind: row.due_at for row in await session.scalars(notices)}


class Asked(TypedDict, total=False):
    now: datetime
    to: datetime | None
    note: str


async def moved(
    session: AsyncSession,
    booking: Booking,
    move: Move,
    by: Party,
    **asked: Unpack[Asked],
) -> Booking:
    who = booking.customer_id if by is Party.CUSTOMER else booking.doer_id
    desk = bookings(session, asked.get("now", MONDAY))
    note = asked.get("note", "")
    return await desk.move(booking.id, who, move, at=asked.get("to"), note=note)


async def expire(session: AsyncSession, booking: Booking, now: datetime) -> Booking:
    return await Moves(session, HUSTLR, now, Pace()).make(booking.id, Move.EXPIRE, Party.TIME)


# --- asking -------------------------------------------------------------------------------------


async def test_request_holds_its_time_until_it_is_answered(session: AsyncSession) -> None:
    provider = await create_provider(session, buffer_minutes=30)

    booking = await create_booking(session, provider, at(15))

    assert booking.status == Status.PENDING
    assert await held(session, provider) == set(quarters(at(15), at(16.5)))
    assert booking.answer_by == MONDAY + timedelta(hours=12)
    with pytest.raises(TimeNotFreeError):
        await bookings(session).ask(provider, job(at(16)))
    assert await session.scalar(select(func.count()).select_from(Booking)) == 1


@pytest.mark.parametrize("hour", [7.75, 17.25, 20])
async def test_nothing_is_booked_outside_of_hours(session: AsyncSession, hour: float) -> None:
    provider = await create_provider(session)

    with pytest.raises(TimeNotFreeError):
        await bookings(session).ask(provider, job(at(hour)))

    assert await held(session, provider) == set()


async def test_past_times_are_refused(session: AsyncSession) -> None:
    provider = await create_provider(session)

    with pytest.raises(TimeNotFreeError):
        await bookings(session).ask(provider, job(MONDAY - timedelta(minutes=30)))


async def test_what_is_wrong_at_home_is_sealed(session: AsyncSession) -> None:
    booking = await create_booking(session, await create_provider(session))

    assert b"sink" not in (booking.issue or b"sink")
    assert bookings(session).issue_of(booking) == "My sink is blocked"


async def test_two_who_take_the_last_time_at_once(engine: AsyncEngine) -> None:
    async with writing(engine) as connection, AsyncSession(connection) as session:
        provider = await create_provider(session)

    async def ask() -> str:
        async with writing(engine) as connection, AsyncSession(connection) as session:
            try:
                return (await bookings(session).ask(provider, job(at(15)))).status
            except (TimeTakenError, TimeNotFreeError) as refused:
                return refused.code

    answers = await asyncio.gather(*(ask() for _ in range(4)))

    assert min(answers) == "pending"
    assert {*sorted(answers)[1:]} <= {"time_taken", "time_not_free"}
    async with AsyncSession(engine) as session:
        assert await session.scalar(select(func.count()).select_from(Booking)) == 1
        assert await held(session, provider) == set(quarters(at(15), at(16)))


async def test_last_quarter_is_guarded_where_nobody_looked(session: AsyncSession) -> None:
    """The key refuses it, though availability was read before the other came."""
    provider = await create_provider(session)
    other = await create_booking(session, provider, at(15))
    one = await create_booking(session, provider, at(12))

    with pytest.raises(TimeTakenError):
        await moved(session, one, Move.COUNTER, Party.PROVIDER, to=at(15.75))

    assert (await bookings(session).get(one.id)).status == Status.PENDING
    assert await held(session, provider) == {
        *quarters(at(12), at(13)),
        *quarters(other.starts_at, other.ends_at),
    }


# --- answering ----------------------------------------------------------------------------------


async def test_accepted_booking_is_reminded_of(session: AsyncSession) -> None:
    booking = await create_booking(session, await create_provider(session), at(15, days=2))

    accepted = await moved(session, booking, Move.ACCEPT, Party.PROVIDER)

    assert (accepted.status, accepted.answer_by, accepted.version) == (Status.CONFIRMED, None, 2)
    assert await due(session, booking) == {
        NoticeKind.DAY_BEFORE: at(15, days=1),
        NoticeKind.SOON: at(13, days=2),
        NoticeKind.DONE: at(17, days=2),
        NoticeKind.CLOSE: at(16, days=5),
    }


@pytest.mark.parametrize(
    ("move", "by"), [(Move.DECLINE, Party.PROVIDER), (Move.CANCEL, Party.CUSTOMER)]
)
async def test_ended_booking_frees_its_time(session: AsyncSession, move: Move, by: Party) -> None:
    provider = await create_provider(session)
    booking = await create_booking(session, provider)

    ended = await moved(session, booking, move, by, note="Too far")

    assert (ended.status in FINAL, ended.ended_by) == (True, by)
    assert bookings(session).note_of(ended) == "Too far"
    assert (await held(session, provider), await due(session, booking)) == (set(), {})


async def test_counter_offer_holds_its_own_time(session: AsyncSession) -> None:
    provider = await create_provider(session)
    booking = await create_booking(session, provider, at(15))

    offered = await moved(
        session, booking, Move.COUNTER, Party.PROVIDER, to=at(16), note="4pm, $15 call-out"
    )
    assert await held(session, provider) == set(quarters(at(16), at(17)))
    agreed = await moved(session, offered, Move.AGREE, Party.CUSTOMER)

    assert (agreed.status, agreed.starts_at) == (Status.CONFIRMED, at(16))
    assert bookings(session).note_of(agreed) == "4pm, $15 call-out"


async def test_nobody_answers_for_the_other(session: AsyncSession) -> None:
    booking = await create_booking(session, await create_provider(session))

    with pytest.raises(BookingMovedError):
        await moved(session, booking, Move.ACCEPT, Party.CUSTOMER)
    with pytest.raises(BookingMovedError):
        await bookings(session).move(booking.id, ContactId(new_id()), Move.ACCEPT)
    with pytest.raises(BookingUnknownError):
        await bookings(session, merchant_id=RIVAL).move(booking.id, booking.doer_id, Move.ACCEPT)

    assert (await bookings(session).get(booking.id)).status == Status.PENDING


async def test_acceptance_after_the_cancellation_says_how_things_stand(
    session: AsyncSession,
) -> None:
    provider = await create_provider(session)
    booking = await create_booking(session, provider)
    await moved(session, booking, Move.CANCEL, Party.CUSTOMER)

    with pytest.raises(BookingMovedError) as refused:
        await moved(session, booking, Move.ACCEPT, Party.PROVIDER)

    assert refused.value.booking.status == Status.CANCELLED
    assert await held(session, provider) == set()


async def test_only_what_may_be_answered_is_listed_page_by_page(session: AsyncSession) -> None:
    """Whoever has many bookings finds all that wait, and none of which they are not asked."""
    provider = await create_provider(session)
    new = [job(at(9, days=day), SOMEBODY) for day in (1, 2, 3, 4)]
    asked = [await bookings(session).ask(provider, one) for one in new]
    await moved(session, asked[0], Move.ACCEPT, Party.PROVIDER)
    await moved(session, asked[1], Move.COUNTER, Party.PROVIDER)
    theirs = await moved(session, asked[2], Move.ACCEPT, Party.PROVIDER)
    await moved(session, theirs, Move.PROPOSE, Party.PROVIDER, to=at(15, days=3))

    async def listed(
        moves: tuple[Move, ...], by: Party, now: datetime = MONDAY
    ) -> list[BookingId]:
        who = SOMEBODY if by is Party.CUSTOMER else provider.contact_id
        desk = bookings(session, now)
        pages = [await desk.movable(who, moves, limit=1, offset=page) for page in range(4)]
        return [one.id for page in pages for one in page]

    ids = [one.id for one in asked]
    assert await listed(YES, Party.PROVIDER) == [ids[3]]
    assert await listed(YES, Party.CUSTOMER) == [ids[1], ids[2]]
    assert await listed((Move.COUNTER,), Party.PROVIDER) == [ids[3]]
    assert await listed((Move.PROPOSE,), Party.PROVIDER) == [ids[0]]
    assert await listed(YES, Party.PROVIDER, MONDAY + timedelta(hours=12)) == []


async def test_limit_that_is_over_ends_it_though_nobody_looked(session: AsyncSession) -> None:
    booking = await create_booking(session, await create_provider(session))
    late = MONDAY + timedelta(hours=12)

    with pytest.raises(BookingMovedError):
        await expire(session, booking, late - timedelta(seconds=1))
    with pytest.raises(BookingMovedError):
        await moved(session, booking, Move.ACCEPT, Party.PROVIDER, now=late)

    assert (await expire(session, booking, late)).status == Status.EXPIRED


async def test_acceptance_and_cancellation_that_cross(engine: AsyncEngine) -> None:
    async with writing(engine) as connection, AsyncSession(connection) as session:
        provider = await create_provider(session)
        booking = await create_booking(session, provider)

    async def move(move: Move, by: Party) -> str:
        async with writing(engine) as connection, AsyncSession(connection) as session:
            try:
                return (await moved(session, booking, move, by)).status
            except BookingMovedError as refused:
                return refused.code

    answers = await asyncio.gather(
        move(Move.ACCEPT, Party.PROVIDER), move(Move.DECLINE, Party.PROVIDER)
    )

    assert min(answers) == "booking_moved"
    async with AsyncSession(engine) as session:
        now = (await bookings(session).get(booking.id)).status
        assert now in answers
        assert bool(await held(session, provider)) is (now == Status.CONFIRMED)


# --- moving -------------------------------------------------------------------------------------


async def confirmed(session: AsyncSession, provider: Provider, hour: float = 15) -> Booking:
    booking = await create_booking(session, provider, at(hour, days=2))
    return await moved(session, booking, Move.ACCEPT, Party.PROVIDER)


async def test_rescheduling_holds_both_times_and_moves_the_reminders(
    session: AsyncSession,
) -> None:
    provider = await create_provider(session)
    booking = await confirmed(session, provider)

    asked = await moved(
        session, booking, Move.PROPOSE, Party.CUSTOMER, to=at(15.5, days=2), note="late"
    )
    assert await held(session, provider) == set(quarters(at(15, days=2), at(16.5, days=2)))
    agreed = await moved(session, asked, Move.AGREE, Party.PROVIDER)

    assert (agreed.status, agreed.starts_at) == (Status.CONFIRMED, at(15.5, days=2))
    assert await held(session, provider) == set(quarters(at(15.5, days=2), at(16.5, days=2)))
    assert (await due(session, booking))[NoticeKind.SOON] == at(13.5, days=2)


@pytest.mark.parametrize("refused", [True, False])
async def test_new_time_that_is_not_agreed_to_leaves_the_old(
    session: AsyncSession, *, refused: bool
) -> None:
    provider = await create_provider(session)
    booking = await confirmed(session, provider)
    before = await due(session, booking)
    asked = await moved(session, booking, Move.PROPOSE, Party.PROVIDER, to=at(9, days=3))
    assert asked.answer_by is not None

    if refused:
        kept = await moved(session, asked, Move.KEEP, Party.CUSTOMER)
    else:
        kept = await expire(session, asked, asked.answer_by)

    assert (kept.status, kept.starts_at) == (Status.CONFIRMED, at(15, days=2))
    assert await held(session, provider) == set(quarters(at(15, days=2), at(16, days=2)))
    assert await due(session, booking) == before


async def test_nobody_agrees_to_their_own_proposal(session: AsyncSession) -> None:
    booking = await confirmed(session, await create_provider(session))
    asked = await moved(session, booking, Move.PROPOSE, Party.CUSTOMER, to=at(9, days=3))

    with pytest.raises(BookingMovedError):
        await moved(session, asked, Move.AGREE, Party.CUSTOMER)


async def test_job_is_done_only_after_it_began(session: AsyncSession) -> None:
    booking = await confirmed(session, await create_provider(session))

    with pytest.raises(BookingMovedError):
        await moved(session, booking, Move.COMPLETE, Party.PROVIDER)
    with pytest.raises(BookingMovedError):
        await moved(session, booking, Move.CANCEL, Party.CUSTOMER, now=at(15, days=2))
    done = await moved(session, booking, Move.COMPLETE, Party.CUSTOMER, now=at(16, days=2))

    assert done.status == Status.COMPLETED


def test_every_state_that_waits_ends_by_itself(database_url: str) -> None:
    del database_url
    timed = {step.source for step in STEPS if step.move is Move.EXPIRE}

    assert timed == ASKED
    assert {step.source for step in STEPS} == HOLDING


# --- anything at all ----------------------------------------------------------------------------

_HOURS: Final = st.sampled_from([9.0, 9.5, 10.0, 10.25, 11.0])
_STEP: Final = st.one_of(
    st.tuples(st.just("ask"), _HOURS, st.integers(0, 2)),
    st.tuples(
        st.sampled_from([*Move]),
        st.sampled_from([Party.CUSTOMER, Party.PROVIDER]),
        st.integers(0, 5),
        _HOURS,
    ),
    st.tuples(st.just("wait"), st.sampled_from([1, 5, 13, 30])),
    st.tuples(st.just("again")),
)


async def _check(session: AsyncSession, provider: Provider, now: datetime) -> None:
    """Check what is always true: only what stands holds time, and what is overdue ends."""
    slots = select(BookingSlot).where(BookingSlot.provider_id == provider.id)
    by_booking: dict[BookingId, set[int]] = {}
    for slot in await session.scalars(slots):
        by_booking.setdefault(slot.booking_id, set()).add(slot.quarter)
    rows = select(Booking).execution_options(populate_existing=True)
    for one in await session.scalars(rows):
        assert by_booking.pop(one.id, set()) == _wanted(one)
        await _check_due(session, one)
    assert by_booking == {}
    for one in await session.scalars(select(Booking).where(Booking.answer_by <= now)):
        assert (await expire(session, one, now)).status not in ASKED


def _wanted(booking: Booking) -> set[int]:
    """Return what a booking should hold."""
    if booking.status not in HOLDING:
        return set()
    wanted = set(quarters(booking.starts_at, booking.ends_at))
    if booking.proposed_at is None:
        return wanted
    length = booking.ends_at - booking.starts_at
    return wanted | set(quarters(booking.proposed_at, booking.proposed_at + length))


async def _check_due(session: AsyncSession, booking: Booking) -> None:
    waits = await due(session, booking)
    assert (booking.answer_by is not None) == (booking.status in ASKED)
    if booking.answer_by is not None:
        assert waits[NoticeKind.LIMIT] == booking.answer_by <= booking.starts_at
    if booking.status in FINAL:
        assert waits == {}


class _Played:
    """One provider and whatever happens to them."""

    def __init__(self, session: AsyncSession, provider: Provider) -> None:
        self.session, self.provider, self.now = session, provider, MONDAY
        self._made: list[BookingId] = []
        self._last: tuple[Move, Party, int, float] | None = None

    async def ask(self, hour: float, days: int) -> None:
        try:
            new = job(at(hour, days=1 + days))
            booking = await bookings(self.session, self.now).ask(self.provider, new)
        except (TimeTakenError, TimeNotFreeError):
            return
        self._made.append(booking.id)

    async def move(self, move: Move, by: Party, which: int, hour: float) -> None:
        """Move one on: by exactly one version, or not at all."""
        if not self._made:
            return
        self._last = (move, by, which, hour)
        desk = bookings(self.session, self.now)
        booking = await desk.get(self._made[which % len(self._made)])
        before = (booking.version, booking.status)
        to = at(hour, days=2) if move in {Move.COUNTER, Move.PROPOSE} else None
        try:
            after = await moved(self.session, booking, move, by, now=self.now, to=to)
        except (BookingMovedError, TimeTakenError, TimeNotFreeError):
            after = await desk.get(booking.id)
            assert (after.version, after.status) == before
        else:
            step = step_from(Status(before[1]), move)
            assert step is not None
            assert by in step.by
            assert (after.version, after.status) == (before[0] + 1, step.target)

    async def again(self) -> None:
        if self._last is not None:
            await self.move(*self._last)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(_STEP, max_size=25))
async def test_whatever_comes_in_whatever_order(
    session: AsyncSession, steps: list[tuple[Any, ...]]
) -> None:
    """Never two at once, and never pending past the limit."""
    for model in (BookingNotice, BookingSlot, Booking):
        await session.execute(delete(model))
    played = _Played(session, await create_provider(session))
    for what, *more in steps:
        if what == "wait":
            played.now += timedelta(hours=more[0])
        elif what == "again":
            await played.again()
        elif what == "ask":
            await played.ask(*more)
        else:
            await played.move(what, *more)
        await _check(session, played.provider, played.now)
