"""Days are those of a time zone, on every database, also where its clocks change."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.contacts.models import Contact
from sokoni.db.days import Days, month_of, months_around
from sokoni.kit.ids import MerchantId, new_id
from tests.conftest import THREE

BERLIN, HARARE = ZoneInfo("Europe/Berlin"), ZoneInfo("Africa/Harare")
every_database = pytest.mark.parametrize("database_url", THREE, indirect=True)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # year, month, day, hour


async def counted(session: AsyncSession, days: Days, *moments: datetime) -> dict[date, int]:
    for at in moments:
        session.add(Contact(merchant_id=MerchantId(new_id()), created_at=at))
    await session.flush()
    day = days.day_of(Contact.created_at)
    found = select(day, func.count()).where(Contact.created_at >= days.since).group_by(day.name)
    return days.counted(await session.execute(found))


@every_database
async def test_a_day_begins_at_midnight_of_the_zone(session: AsyncSession) -> None:
    days = Days.until(utc(2026, 3, 3, 23), HARARE, 3)
    assert (days.first, days.since) == (date(2026, 3, 2), utc(2026, 3, 1, 22))

    found = await counted(
        session,
        days,
        utc(2026, 3, 1, 21, 59),
        utc(2026, 3, 1, 22),
        utc(2026, 3, 2, 21, 59),
        utc(2026, 3, 2, 22),
        utc(2026, 3, 3, 22, 30),
    )

    assert found == {date(2026, 3, 2): 2, date(2026, 3, 3): 1, date(2026, 3, 4): 1}


@every_database
async def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is(session: AsyncSession) -> None:
    days = Days.until(utc(2026, 10, 26, 12), BERLIN, 400)

    found = await counted(
        session,
        days,
        utc(2026, 3, 28, 22, 59),
        utc(2026, 3, 28, 23),
        utc(2026, 3, 29, 21, 59),
        utc(2026, 3, 29, 22),
        utc(2026, 10, 25, 22, 59),
        utc(2026, 10, 25, 23),
    )

    assert found == {
        date(2026, 3, 28): 1,
        date(2026, 3, 29): 2,
        date(2026, 3, 30): 1,
        date(2026, 10, 25): 1,
        date(2026, 10, 26): 1,
    }


async def test_one_day_is_counted_alone(session: AsyncSession) -> None:
    days = Days.until(utc(2026, 3, 3, 12), HARARE, 1)

    assert await counted(session, days, utc(2026, 3, 3, 1)) == {date(2026, 3, 3): 1}


def test_month_is_the_zones() -> None:
    late = utc(2026, 3, 31, 22, 30)

    assert month_of(late, HARARE) == date(2026, 4, 1)
    assert month_of(late, ZoneInfo("UTC")) == date(2026, 3, 1)
    assert months_around(late) == [date(2026, 3, 1), date(2026, 4, 1)]
    assert months_around(utc(2026, 3, 15)) == [date(2026, 3, 1)]
