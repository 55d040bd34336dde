"""When providers have time: hours, breaks, days off, lead times, midnight, clock changes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import Provider, ProviderId
from sokoni.capabilities.booking.service.absences import Absences
from sokoni.capabilities.booking.service.availability import Availability, Calendar, quarters
from sokoni.capabilities.booking.service.hours import Span, Stretch, day_of, working
from sokoni.kit.ids import new_id
from tests.capabilities.booking.factories import (
    HUSTLR,
    MONDAY,
    WEEK,
    ZONE,
    at,
    bookings,
    create_provider,
    job,
)
from tests.conftest import THREE

LONDON = ZoneInfo("Europe/London")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


async def hours(session: AsyncSession, provider: Provider, *, days: int = 1) -> list[str]:
    """Return the times of a day that are free, as a clock in Harare shows them."""
    within = Span(at(0, days=days), at(24, days=days))
    free = await Availability(session, HUSTLR, MONDAY, ZONE).times(
        provider.id, 60, within, limit=50
    )
    return shown(free, ZONE)


def shown(times: Sequence[datetime], zone: ZoneInfo) -> list[str]:
    return [one.astimezone(zone).strftime("%H:%M") for one in times]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_day_is_free_from_opening_to_an_hour_before_closing(session: AsyncSession) -> None:
    provider = await create_provider(session)

    free = await hours(session, provider)

    assert (free[0], free[-1], len(free)) == ("08:00", "17:00", 19)


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_calendars_of_many_are_those_of_each(session: AsyncSession) -> None:
    made = [await create_provider(session, lead_minutes=60 * number) for number in range(12)]
    await bookings(session).ask(made[1], job(at(9)))
    await Absences(session, HUSTLR, MONDAY).take(made[2], Span(at(0), at(24)))
    availability, within = Availability(session, HUSTLR, MONDAY, ZONE), Span(at(0), at(24))
    strangers = [ProviderId(new_id()) for _ in range(90)]

    many = await availability.of_many([*(one.id for one in made), *strangers], within)

    assert set(many) == {one.id for one in made}
    assert many == {one.id: await availability.of(one.id, within) for one in made}
    assert [len(list(many[one.id].free(60))) for one in made[:3]] == [19, 16, 0]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_breaks_days_off_lead_time_and_bookings_are_not_free(session: AsyncSession) -> None:
    morning, afternoon = Stretch(1, 8 * 60, 12 * 60), Stretch(1, 13 * 60, 16 * 60)
    provider = await create_provider(
        session, hours=(morning, afternoon), lead_minutes=25 * 60, buffer_minutes=30
    )
    await Absences(session, HUSTLR, MONDAY).take(provider, Span(at(13), at(13.5)))
    await bookings(session).ask(provider, job(at(11)))

    # A buffer of half an hour keeps 10:00 and what begins before 12:30 from meeting the job at 11.
    assert await hours(session, provider) == ["13:30", "14:00", "14:30", "15:00"]


async def test_a_day_without_hours_is_not_free(session: AsyncSession) -> None:
    provider = await create_provider(session, hours=WEEK)

    assert await hours(session, provider, days=5) == []


async def test_work_over_midnight_is_one_span(session: AsyncSession) -> None:
    nights = (Stretch(1, 22 * 60, 26 * 60), Stretch(2, 2 * 60, 3 * 60))
    provider = await create_provider(session, hours=nights)

    assert await hours(session, provider, days=2) == ["00:00", "00:30", "01:00", "01:30", "02:00"]
    assert (await bookings(session).ask(provider, job(at(23.5)))).ends_at == at(24.5)


async def test_what_is_free_next_is_soon_or_nothing(session: AsyncSession) -> None:
    soon, never = await create_provider(session), await create_provider(session, hours=())
    availability = Availability(session, HUSTLR, MONDAY, ZONE)

    assert await availability.next_free([soon.id, never.id], 60) == {
        soon.id: MONDAY,
        never.id: None,
    }


@pytest.mark.parametrize(
    ("day", "first", "length"),
    [(SPRING, "02:00", 2), (AUTUMN, "00:30", 4)],
)
def test_a_night_is_as_long_as_the_clocks_make_it(day: date, first: str, length: int) -> None:
    """From half past midnight to half past three: an hour less in spring, one more in autumn."""
    night = Stretch(6, 30, 3 * 60 + 30)

    (span,) = working((night,), LONDON, day_of(day, LONDON))

    assert span.end - span.start == timedelta(hours=length)
    free = list(Calendar(LONDON, day_of(day, LONDON), (night,)).free(30))
    assert len(set(free)) == len(free) == 2 * length
    assert first in shown(free, LONDON)


def test_a_day_in_spring_has_twenty_three_hours() -> None:
    span = day_of(SPRING, LONDON)

    assert span.end - span.start == timedelta(hours=23)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [("15:00", "16:00", 4), ("15:10", "16:10", 5), ("15:00", "15:05", 1), ("15:00", "15:00", 0)],
)
def test_time_is_held_by_the_quarter(start: str, end: str, count: int) -> None:
    first, last = (datetime.fromisoformat(f"2026-03-03T{one}:00+00:00") for one in (start, end))

    assert len(quarters(first, last)) == count


_STRETCH = st.builds(
    lambda day, opens, length: Stretch(day, opens, opens + length),
    st.integers(0, 6),
    st.integers(0, 1439),
    st.integers(1, 1440),
)


@given(
    stretches=st.lists(_STRETCH, max_size=6).map(tuple),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    minutes=st.integers(1, 300),
    busy=st.frozensets(st.integers(0, 400), max_size=20),
)
def test_what_is_offered_can_be_booked(
    stretches: tuple[Stretch, ...], start: datetime, minutes: int, busy: frozenset[int]
) -> None:
    first = quarters(start, start + timedelta(hours=1)).start
    within = Span(start, start + timedelta(days=3))
    taken = frozenset(first + one for one in busy)
    calendar = Calendar(LONDON, within, stretches, busy=taken, earliest=start)

    offered = list(calendar.free(minutes))

    assert all(calendar.is_free(one, minutes) for one in offered)
    assert offered == sorted(set(offered))
