"""Both sides of a job that was done rate each other; what counts of it ranks the provider."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.judging import ProviderJudge
from sokoni.capabilities.booking.machine import Move
from sokoni.capabilities.booking.models import Booking, Provider, ProviderReach
from sokoni.capabilities.booking.service.ratings import rate_anew
from sokoni.capabilities.booking.settings import NAME
from sokoni.kit.ids import ContactId
from sokoni.reviews.deals import Deals
from sokoni.reviews.models import Deal, Report, Review, ReviewState
from sokoni.reviews.ratings import Ratings, ReviewRefusedError
from sokoni.reviews.reports import Reports
from sokoni.reviews.rings import Rings
from tests.capabilities.booking.factories import (
    HUSTLR,
    VAULT,
    at,
    bookings,
    create_booking,
    create_provider,
    job,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)
DONE = at(17)


async def done(session: AsyncSession, booking: Booking) -> Deal:
    """Have a job done that was asked for; return the deal that came of it."""
    await bookings(session).move(booking.id, booking.doer_id, Move.ACCEPT)
    await bookings(session, DONE).move(booking.id, booking.doer_id, Move.COMPLETE)
    deal = await Deals(session, HUSTLR, DONE).of(NAME, booking.id.hex)
    assert deal is not None
    return deal


async def rate(session: AsyncSession, deal: Deal, who: ContactId, stars: int) -> Review:
    ratings = Ratings(session, VAULT, HUSTLR, DONE)
    review, _ = await ratings.give(deal.id, who, stars, "", days=14)
    ring = await Rings(session, VAULT, HUSTLR, DONE).watch(review, days=60)
    people = {review.rated_id}
    if ring is not None:
        reports = Reports(session, VAULT, HUSTLR, DONE)
        people |= (await reports.people_of([ring]))[ring.id]
    await rate_anew(session, HUSTLR, people)
    return review


async def stars_of(session: AsyncSession, provider: Provider) -> tuple[int, int]:
    await session.refresh(provider)
    return provider.stars_sum, provider.stars_count


async def test_only_a_job_that_was_done_is_rated(session: AsyncSession) -> None:
    booking = await create_booking(session, await create_provider(session))
    await bookings(session).move(booking.id, booking.doer_id, Move.ACCEPT)

    assert await Deals(session, HUSTLR, DONE).of(NAME, booking.id.hex) is None


async def test_each_side_rates_the_other_once_and_may_change_it(session: AsyncSession) -> None:
    provider = await create_provider(session)
    booking = await create_booking(session, provider)
    deal = await done(session, booking)

    await rate(session, deal, booking.customer_id, 5)
    await rate(session, deal, booking.doer_id, 2)
    assert await stars_of(session, provider) == (5, 1)
    await rate(session, deal, booking.customer_id, 1)

    assert await stars_of(session, provider) == (1, 1)
    rows = (await session.scalars(select(Review).order_by(Review.id))).all()
    assert [(one.stars, one.role) for one in rows] == [(1, "provider"), (2, "customer")]
    with pytest.raises(ReviewRefusedError):
        await rate(session, deal, ContactId(deal.id), 5)


async def test_what_was_known_before_still_counts_and_a_friend_counts_once(
    session: AsyncSession,
) -> None:
    provider = await create_provider(session)
    provider.stars_sum, provider.stars_count = 9, 2
    await session.flush()
    first = await create_booking(session, provider, at(9))
    second = await bookings(session).ask(provider, job(at(11), first.customer_id))

    await rate(session, await done(session, first), first.customer_id, 5)
    await rate(session, await done(session, second), first.customer_id, 4)

    assert await stars_of(session, provider) == (13, 3)
    ranked = select(ProviderReach.shortfall).where(ProviderReach.provider_id == provider.id)
    assert set(await session.scalars(ranked)) == {5000 - (13_000 + 3 * 3800) // 6}


async def test_ring_counts_for_nobody_until_staff_let_it_stand(session: AsyncSession) -> None:
    ours = await create_provider(session, name="One")
    theirs = await create_provider(session, name="Two")
    one = await bookings(session).ask(ours, job(at(9), theirs.contact_id))
    other = await bookings(session).ask(theirs, job(at(9), ours.contact_id))

    await rate(session, await done(session, one), theirs.contact_id, 5)
    assert await stars_of(session, ours) == (5, 1)
    await rate(session, await done(session, other), ours.contact_id, 5)

    assert await stars_of(session, ours) == await stars_of(session, theirs) == (0, 0)
    report = (await session.scalars(select(Report))).one()
    people = await Reports(session, VAULT, HUSTLR, DONE).judge_reviews(report, stand=True)
    await ProviderJudge().rated_anew(session, HUSTLR, people)

    assert await stars_of(session, ours) == await stars_of(session, theirs) == (5, 1)
    shown = set(await session.scalars(select(Review.state)))
    assert shown == {ReviewState.SHOWN}
