"""Whoever waits for a time hears of it when it is freed, in the order in which they came."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.calendar import CALENDAR
from sokoni.capabilities.booking.erasing import erase_contact
from sokoni.capabilities.booking.exporting import export
from sokoni.capabilities.booking.machine import Move, Party
from sokoni.capabilities.booking.merging import merge_contacts
from sokoni.capabilities.booking.models import BookingWait, Provider
from sokoni.capabilities.booking.service.absences import Absences
from sokoni.capabilities.booking.service.hours import Span
from sokoni.capabilities.booking.service.moves import Moves
from sokoni.capabilities.booking.service.notices import Pace
from sokoni.capabilities.booking.service.waits import HEAD_START, NewWait, Waits, tidy_waits
from sokoni.kit.ids import ContactId, new_id
from tests.capabilities.booking.factories import (
    HUSTLR,
    MONDAY,
    VAULT,
    at,
    bookings,
    create_booking,
    create_provider,
    job,
)
from tests.conftest import THREE
from tests.due import next_due

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)
WANTED: Final = {"issue": msgspec.Raw(b'"My sink is blocked"')}


def waits(session: AsyncSession, now: datetime = MONDAY) -> Waits:
    return Waits(session, VAULT, HUSTLR, now)


async def wait_for(
    session: AsyncSession, provider: Provider, span: Span | None = None, now: datetime = MONDAY
) -> ContactId:
    """Have somebody new wait; three in the afternoon of the next day unless said otherwise."""
    contact_id = ContactId(new_id())
    new = NewWait(
        contact_id=contact_id,
        provider_id=provider.id,
        service="plumber",
        minutes=60,
        within=span or Span(at(15), at(15)),
        wanted=WANTED,
    )
    await waits(session, now).add(new)
    return contact_id


async def heard(session: AsyncSession, now: datetime = MONDAY) -> list[ContactId]:
    """Return who is to be told by now."""
    due = await next_due(await session.connection(), CALENDAR.times)
    assert due is not None
    timers = await CALENDAR.take(await session.connection(), now, 50)
    return [one.contact_id for one in timers if "wait" in one.timer.data]


async def left(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(BookingWait)) or 0


@pytest.mark.parametrize(
    ("move", "by"), [(Move.DECLINE, Party.PROVIDER), (Move.CANCEL, Party.CUSTOMER)]
)
async def test_first_hears_at_once_and_the_next_a_little_later(
    session: AsyncSession, move: Move, by: Party
) -> None:
    provider = await create_provider(session)
    booking = await create_booking(session, provider)
    first = await wait_for(session, provider)
    second = await wait_for(session, provider, now=MONDAY + timedelta(minutes=1))
    await wait_for(session, provider, Span(at(9), at(9)))
    who = booking.customer_id if by is Party.CUSTOMER else booking.doer_id

    await bookings(session).move(booking.id, who, move)

    assert await heard(session) == [first]
    assert await heard(session, MONDAY + HEAD_START) == [second]
    assert await next_due(await session.connection(), CALENDAR.times) is None


async def test_time_of_a_request_that_nobody_answers_is_freed(session: AsyncSession) -> None:
    provider = await create_provider(session)
    booking = await create_booking(session, provider)
    waiting = await wait_for(session, provider)
    assert booking.answer_by is not None

    late = booking.answer_by
    await Moves(session, HUSTLR, late, Pace()).make(booking.id, Move.EXPIRE, Party.TIME)

    assert await heard(session, late) == [waiting]


async def test_booking_that_moves_frees_the_time_it_had(session: AsyncSession) -> None:
    provider = await create_provider(session)
    booking = await create_booking(session, provider)
    old = await wait_for(session, provider)
    new = await wait_for(session, provider, Span(at(9), at(9)))
    desk = bookings(session)
    await desk.move(booking.id, booking.doer_id, Move.ACCEPT)
    await desk.move(booking.id, booking.customer_id, Move.PROPOSE, at=at(9))
    await desk.move(booking.id, booking.doer_id, Move.AGREE)

    assert await heard(session) == [old]

    await desk.move(booking.id, booking.customer_id, Move.CANCEL)
    assert await heard(session) == [new]


async def test_time_off_that_is_taken_back_is_free(session: AsyncSession) -> None:
    provider = await create_provider(session)
    absences = Absences(session, HUSTLR, MONDAY)
    await absences.take(provider, Span(at(0), at(24)))
    day = await wait_for(session, provider, Span(at(8), at(12)))

    assert await absences.give_back(provider, Span(at(0), at(24)))

    assert await heard(session) == [day]


async def test_who_books_for_that_day_waits_no_more(session: AsyncSession) -> None:
    provider = await create_provider(session)
    other = await create_provider(session, name="Unity Plumbers")
    waiting = await wait_for(session, provider)
    desk = waits(session)
    later = NewWait(
        contact_id=waiting,
        provider_id=provider.id,
        service="plumber",
        minutes=60,
        within=Span(at(15, days=2), at(15, days=2)),
        wanted=WANTED,
    )
    await desk.add(later)

    await bookings(session).ask(other, job(at(9), waiting))

    kept = (await session.scalars(select(BookingWait))).all()
    assert [one.starts_at for one in kept] == [at(15, days=2)]
    assert desk.wanted(kept[0]) == WANTED


async def test_nobody_waits_twice_for_the_same_or_for_what_is_past(session: AsyncSession) -> None:
    provider = await create_provider(session)
    waiting = await wait_for(session, provider)
    again = NewWait(
        contact_id=waiting,
        provider_id=provider.id,
        service="plumber",
        minutes=60,
        within=Span(at(15), at(15)),
        wanted=WANTED,
    )
    await waits(session).add(again)
    assert await left(session) == 1

    await tidy_waits(await session.connection(), at(15) - timedelta(seconds=1))
    assert await left(session) == 1
    await tidy_waits(await session.connection(), at(15))
    assert await left(session) == 0


async def test_waiting_is_exported_erased_and_merged(session: AsyncSession) -> None:
    provider = await create_provider(session)
    gone = await wait_for(session, provider)
    kept = await wait_for(session, provider, Span(at(9), at(9)))
    connection = await session.connection()

    kept_of = await export(session, HUSTLR, gone)
    assert [one["service"] for one in kept_of["waits"]] == ["plumber"]
    assert "wanted" not in kept_of["waits"][0]

    await merge_contacts(connection, gone, kept)
    assert len((await export(session, HUSTLR, kept))["waits"]) == 2
    await erase_contact(connection, HUSTLR, kept, MONDAY)
    assert await left(session) == 0

    await wait_for(session, provider)
    await erase_contact(connection, HUSTLR, provider.contact_id, MONDAY)
    assert await left(session) == 0


async def test_time_of_somebody_who_is_erased_is_free(session: AsyncSession) -> None:
    provider = await create_provider(session)
    booking = await create_booking(session, provider)
    waiting = await wait_for(session, provider)

    await erase_contact(await session.connection(), HUSTLR, booking.customer_id, MONDAY)

    assert await heard(session) == [waiting]
