"""What is kept of providers, as they and staff change it."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.judging import ProviderJudge
from sokoni.capabilities.booking.service.absences import Absences
from sokoni.capabilities.booking.service.areas import Area
from sokoni.capabilities.booking.service.hours import Span, Stretch
from sokoni.capabilities.booking.service.providers import NewProvider, Providers
from sokoni.capabilities.booking.service.search import Search
from sokoni.capabilities.booking.service.week import changed
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.language.readers.week import WeekReader
from sokoni.language.words import words_of
from tests.capabilities.booking.factories import (
    BULAWAYO,
    HARARE,
    HUSTLR,
    MONDAY,
    VAULT,
    WEEK,
    ZONE,
    at,
    create_provider,
)
from tests.language.said import scene


def after(said: str, week: tuple[Stretch, ...] = WEEK) -> list[str]:
    told = WeekReader().read(words_of(said), scene())
    assert told is not None
    return [
        f"{one.weekday} {one.opens / 60:g}-{one.closes / 60:g}"
        for one in changed(week, told, WEEK)
        if one.weekday in {0, 5, 6}
    ]


@pytest.mark.parametrize(
    ("said", "week"),
    [
        ("I work 8 to 5 monday to saturday", ["0 8-17", "5 8-17"]),
        ("saturday 8 to 1", ["0 8-18", "5 8-13"]),
        ("I open at 7", ["0 7-18"]),
        ("I close at 4 on mondays", ["0 8-16"]),
        ("lunch 1 to 2", ["0 8-13", "0 14-18"]),
        ("closed on mondays", []),
        ("I also work on saturdays", ["0 8-18", "5 8-18"]),
        ("sundays 10pm to 2am", ["0 8-18", "6 22-26"]),
        ("open 24 hours", ["0 0-24", "5 0-24", "6 0-24"]),
        ("closed from 7 to 9", ["0 9-18"]),
    ],
)
def test_a_week_becomes_what_is_said_of_it(said: str, week: list[str]) -> None:
    assert after(said) == week


def test_without_a_break_the_day_is_one() -> None:
    week = (Stretch(0, 8 * 60, 13 * 60), Stretch(0, 14 * 60, 18 * 60))

    assert after("no lunch", week) == ["0 8-18"]
    assert after("I open at 7", week) == ["0 7-13", "0 14-18"]


async def test_a_day_in_the_middle_is_given_back(session: AsyncSession) -> None:
    provider, absences = await create_provider(session), Absences(session, HUSTLR, MONDAY)
    week = Span(at(0), at(0) + timedelta(days=5))
    await absences.take(provider, week)
    await absences.take(provider, Span(at(0, days=2), at(0, days=3)))

    given = await absences.give_back(provider, Span(at(0, days=3), at(0, days=4)))

    assert given
    left = [(one.starts_at, one.ends_at) for one in await absences.coming(provider.id, limit=9)]
    assert left == [(week.start, at(0, days=3)), (at(0, days=4), week.end)]
    assert not await absences.give_back(provider, Span(at(0, days=3), at(0, days=4)))


async def test_who_was_not_let_in_may_apply_again(session: AsyncSession) -> None:
    provider = await create_provider(session, status=ProviderStatus.PENDING)
    judge, subject = ProviderJudge(), provider.id.hex
    providers = Providers(session, VAULT, HUSTLR, MONDAY)
    told = await judge.take_down(session, HUSTLR, subject, MONDAY)
    assert [one.tell.prompt.key for one in told] == ["booking.judged.rejected"]
    new = NewProvider(
        name="Moyo Works",
        services=("painter",),
        areas=(Area.of(BULAWAYO),),
        base=BULAWAYO,
        hours=WEEK,
    )

    await providers.apply_again(provider, new)

    assert provider.status == ProviderStatus.PENDING
    search = Search(session, VAULT, HUSTLR, MONDAY, ZONE)
    assert await search.near("painter", BULAWAYO, 60, limit=9) == []
    told = await judge.put_back(session, HUSTLR, subject, MONDAY)
    assert [one.tell.prompt.key for one in told] == ["booking.judged.active"]
    found = await search.near("painter", BULAWAYO, 60, limit=9)
    assert [one.name for one in found] == ["Moyo Works"]
    assert await search.near("plumber", HARARE, 60, limit=9) == []
    assert await judge.put_back(session, HUSTLR, subject, MONDAY) == []
