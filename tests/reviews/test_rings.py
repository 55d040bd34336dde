"""Who rates one another in a circle is noticed, and counts for nothing until staff have looked."""

import asyncio
from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.reviews.models import Report, ReportState, Review, Role
from sokoni.reviews.ratings import Ratings
from sokoni.reviews.reports import Reports
from sokoni.reviews.rings import Rings
from sokoni.testing.clock import NOON
from tests.capabilities.marketplace.factories import create_contact
from tests.conftest import THREE
from tests.reviews.factories import create_deal

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)

MARKET: Final = MerchantId(uuid4())
VAULT: Final = Vault([b"k" * 32])
ANA, BEN, CHI, DAN, EVE = (ContactId(new_id()) for _ in range(5))
DAYS: Final = 60


async def rate(
    session: AsyncSession,
    rater: ContactId,
    rated: ContactId,
    stars: int = 5,
    role: Role = Role.PROVIDER,
    ago: int = 0,
) -> bool:
    """Have one rate the other after a deal of theirs; tell whether that closed a ring."""
    at = NOON - timedelta(days=ago)
    buyer, seller = (rater, rated) if role is Role.PROVIDER else (rated, rater)
    deal = await create_deal(session, MARKET, seller, buyer, at=at)
    ratings = Ratings(session, VAULT, MARKET, at)
    review, _ = await ratings.give(deal.id, rater, stars, "", days=14)
    return await Rings(session, VAULT, MARKET, at).watch(review, days=DAYS) is not None


async def standing(session: AsyncSession, who: ContactId) -> tuple[int, int]:
    """Return how many deals and raters speak for somebody."""
    found = await Ratings(session, VAULT, MARKET, NOON).standing(who)
    return found.deals, found.raters


async def states(session: AsyncSession) -> list[str]:
    return list(await session.scalars(select(Review.state).order_by(Review.id)))


@pytest.mark.parametrize("circle", [(ANA, BEN), (ANA, BEN, CHI), (ANA, BEN, CHI, DAN)])
async def test_a_circle_is_held_and_reported_when_it_closes(
    session: AsyncSession, circle: tuple[ContactId, ...]
) -> None:
    following = [*circle[1:], circle[0]]
    closed = [await rate(session, *pair) for pair in zip(circle, following, strict=True)]

    assert closed == [False] * (len(circle) - 1) + [True]
    assert set(await states(session)) == {"held"}
    report = (await session.scalars(select(Report))).one()
    assert (report.kind, report.reporter_id) == ("ring", None)
    assert report.what == f"{len(circle)} people, {len(circle)} reviews"
    people = await Reports(session, VAULT, MARKET, NOON).people_of([report])
    assert people[report.id] == set(circle)
    assert [await standing(session, one) for one in circle] == [(0, 0)] * len(circle)


async def test_praise_of_buyer_and_seller_for_deals_is_no_ring(session: AsyncSession) -> None:
    assert not await rate(session, ANA, BEN)
    assert not await rate(session, BEN, ANA, role=Role.CUSTOMER)
    assert not await rate(session, ANA, BEN)

    assert await standing(session, BEN) == (3, 1)


async def test_sellers_who_praise_each_other_as_buyers_are_one(session: AsyncSession) -> None:
    await rate(session, ANA, BEN, role=Role.CUSTOMER)

    assert await rate(session, BEN, ANA, role=Role.CUSTOMER)


@pytest.mark.parametrize(("stars", "ago"), [(4, 0), (1, 0), (5, 61)])
async def test_what_is_no_top_rating_of_late_closes_none(
    session: AsyncSession, stars: int, ago: int
) -> None:
    await rate(session, ANA, BEN, stars, ago=ago)

    assert not await rate(session, BEN, ANA)
    assert await standing(session, ANA) == (2, 1)


async def test_a_large_circle_is_none(session: AsyncSession) -> None:
    circle = (ANA, BEN, CHI, DAN, EVE)

    for rater, rated in zip(circle, [*circle[1:], ANA], strict=True):
        assert not await rate(session, rater, rated)


async def test_others_reviews_of_the_people_in_it_count_on(session: AsyncSession) -> None:
    await rate(session, EVE, ANA)
    await rate(session, ANA, BEN)
    await rate(session, BEN, ANA)

    assert await standing(session, ANA) == (1, 1)


@pytest.mark.parametrize("verdict", [ReportState.APPROVED, ReportState.REJECTED])
async def test_staff_let_the_reviews_count_or_hide_them(
    session: AsyncSession, verdict: ReportState
) -> None:
    await rate(session, ANA, BEN)
    await rate(session, BEN, ANA)
    reports = Reports(session, VAULT, MARKET, NOON)
    report = (await session.scalars(select(Report))).one()

    decided = await reports.decide(report.reference, verdict, "Nyasha")  # type: ignore[arg-type]
    await reports.judge_reviews(decided, stand=verdict is ReportState.APPROVED)

    approved = verdict is ReportState.APPROVED
    assert set(await states(session)) == {"shown" if approved else "hidden"}
    assert await standing(session, ANA) == ((2, 1) if approved else (0, 0))
    assert await rate(session, ANA, BEN) is False
    assert (await states(session))[-1] == "shown"


async def test_more_of_the_same_join_the_report(session: AsyncSession) -> None:
    await rate(session, ANA, BEN)
    await rate(session, BEN, ANA)

    assert await rate(session, ANA, BEN)

    assert await states(session) == ["held"] * 3
    assert len((await session.scalars(select(Report))).all()) == 1


async def test_ratings_that_close_a_ring_at_the_same_time_are_seen(
    engine: AsyncEngine, vault: Vault
) -> None:
    async with writing(engine) as connection, AsyncSession(connection) as session:
        one, two = [await create_contact(session, vault, merchant_id=MARKET) for _ in "12"]
        await session.flush()

    async def closes(rater: ContactId, rated: ContactId) -> bool:
        async with writing(engine) as connection, AsyncSession(connection) as session:
            return await rate(session, rater, rated)

    closed = await asyncio.gather(closes(one, two), closes(two, one))

    assert sorted(closed) == [False, True]
    async with AsyncSession(engine) as session:
        assert await states(session) == ["held", "held"]
