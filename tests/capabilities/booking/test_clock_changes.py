"""Bookings on the day on which the clocks change, and over midnight."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.machine import Move
from sokoni.capabilities.booking.models import BookingNotice
from sokoni.capabilities.booking.service.availability import Availability
from sokoni.capabilities.booking.service.bookings import Bookings, TimeNotFreeError
from sokoni.capabilities.booking.service.hours import Stretch, day_of
from sokoni.capabilities.booking.service.notices import NoticeKind
from sokoni.language.readers.time import TimeReader
from sokoni.language.reading import Moment, Scene
from sokoni.language.words import words_of
from sokoni.places.gazetteer import Gazetteer
from tests.capabilities.booking.factories import HUSTLR, VAULT, create_provider, job
from tests.conftest import THREE

LONDON, CAIRO = ZoneInfo("Europe/London"), ZoneInfo("Africa/Cairo")
ALWAYS = tuple(Stretch(day, 0, 24 * 60) for day in range(7))
CHANGES = [
    (LONDON, date(2026, 3, 29), 23),
    (LONDON, date(2026, 10, 25), 25),
    (CAIRO, date(2026, 4, 24), 23),
    (CAIRO, date(2026, 10, 29), 25),
]


def said(words: str, day: date, zone: ZoneInfo) -> datetime:
    """Return what somebody means who says so at noon of the day before."""
    noon = datetime.combine(day - timedelta(days=1), time(12), tzinfo=zone)
    scene = Scene(
        languages=("en",),
        country="GB",
        currency="GBP",
        now=noon,
        places=Gazetteer(),
    )
    moment = TimeReader().read(words_of(words), scene)
    assert isinstance(moment, Moment)
    return moment.at.astimezone(UTC)


@pytest.mark.parametrize(("zone", "day", "hours"), CHANGES)
async def test_each_real_half_hour_of_the_day_is_offered_once(
    session: AsyncSession, zone: ZoneInfo, day: date, hours: int
) -> None:
    provider = await create_provider(session, hours=ALWAYS)
    span = day_of(day, zone)
    desk = Availability(session, HUSTLR, span.start - timedelta(days=1), zone)

    times = await desk.times(provider.id, 30, span, limit=99)

    assert len(times) == 2 * hours
    assert {after - before for before, after in pairwise(times)} == {timedelta(minutes=30)}
    # What is shown is a time that the clocks of the day have.
    walls = [one.astimezone(zone) for one in times]
    assert all(one.astimezone(UTC).astimezone(zone) == one for one in walls)
    assert {one.date() for one in walls} == {day}


@pytest.mark.parametrize(("zone", "day"), [(zone, day) for zone, day, _ in CHANGES])
@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_time_is_booked_as_the_clock_on_the_wall_shows_it(
    session: AsyncSession, zone: ZoneInfo, day: date
) -> None:
    provider = await create_provider(session, hours=ALWAYS)
    at = said("tomorrow at 3pm", day, zone)
    assert at.astimezone(zone).replace(tzinfo=None) == datetime.combine(day, time(15))
    desk = Bookings(session, VAULT, HUSTLR, at - timedelta(days=2), zone)

    booking = await desk.ask(provider, job(at))
    await desk.move(booking.id, booking.doer_id, Move.ACCEPT)

    assert booking.starts_at == at
    rows = select(BookingNotice).where(BookingNotice.booking_id == booking.id)
    due = {row.kind: row.due_at.astimezone(zone) for row in await session.scalars(rows)}
    assert due[NoticeKind.SOON].hour == 13
    assert due[NoticeKind.DAY_BEFORE].date() == day - timedelta(days=1)


async def test_hour_that_comes_twice_is_two_hours(session: AsyncSession) -> None:
    provider = await create_provider(session, hours=ALWAYS)
    first = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    second = first + timedelta(hours=1)
    assert first.astimezone(LONDON).hour == second.astimezone(LONDON).hour == 1
    desk = Bookings(session, VAULT, HUSTLR, first - timedelta(days=1), LONDON)

    await desk.ask(provider, job(first))
    await desk.ask(provider, job(second))

    with pytest.raises(TimeNotFreeError):
        await desk.ask(provider, job(second + timedelta(minutes=30)))


def test_hour_that_never_comes_is_the_one_after_it() -> None:
    at = said("tomorrow at 1:30am", date(2026, 3, 29), LONDON)

    assert at.astimezone(LONDON).hour == 2


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_job_over_midnight_is_one_job(session: AsyncSession) -> None:
    late = tuple(Stretch(day, 20 * 60, 26 * 60) for day in range(7))
    provider = await create_provider(session, hours=late)
    zone = ZoneInfo("Africa/Harare")
    at = datetime(2026, 3, 3, 23, 30, tzinfo=zone).astimezone(UTC)
    desk = Bookings(session, VAULT, HUSTLR, at - timedelta(days=1), zone)

    booking = await desk.ask(provider, job(at))

    assert (booking.ends_at - booking.starts_at) == timedelta(hours=1)
    for wrong in (timedelta(minutes=30), timedelta(minutes=-30), timedelta(hours=2, minutes=30)):
        with pytest.raises(TimeNotFreeError):
            await desk.ask(provider, job(at + wrong))
    after = await desk.ask(provider, job(at + timedelta(hours=1)))
    assert after.starts_at.astimezone(zone).hour == 0
