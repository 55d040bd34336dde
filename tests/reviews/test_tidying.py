"""Old deals go with their reviews, decided reports go, and nothing that waits for anybody."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.reviews.models import Deal, DealState, Report, ReportKind, ReportState, Review
from sokoni.reviews.ratings import Ratings, ReviewRefusedError
from sokoni.reviews.reports import NewReport, Reports
from sokoni.reviews.tidying import prune_deals, prune_reports
from sokoni.testing.clock import NOON
from tests.conftest import THREE
from tests.reviews.factories import create_deal

MARKET = MerchantId(new_id())
ANA, BEN = ContactId(new_id()), ContactId(new_id())
KEPT = timedelta(days=30)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_old_deals_go_with_what_was_said_of_them(
    session: AsyncSession, vault: Vault
) -> None:
    old, new = [
        await create_deal(session, MARKET, ANA, BEN, at=NOON - KEPT - age)
        for age in (SECOND, -SECOND)
    ]
    for deal in (old, new):
        await Ratings(session, vault, MARKET, NOON).give(deal.id, BEN, 5, "Fine", days=14)

    assert await prune_deals(await session.connection(), NOON, KEPT) == 1

    assert list(await session.scalars(select(Deal.id))) == [new.id]
    assert list(await session.scalars(select(Review.deal_id))) == [new.id]
    with pytest.raises(ReviewRefusedError):
        await Ratings(session, vault, MARKET, NOON).give(old.id, BEN, 1, "", days=14)


async def test_what_never_became_a_deal_goes_and_an_open_one_stays(session: AsyncSession) -> None:
    long_ago = NOON - KEPT - SECOND
    await create_deal(session, MARKET, ANA, BEN, state=DealState.EXPIRED, at=long_ago)
    waiting = await create_deal(session, MARKET, ANA, BEN, state=DealState.OPEN, at=long_ago)

    await prune_deals(await session.connection(), NOON, KEPT)

    assert list(await session.scalars(select(Deal.id))) == [waiting.id]


async def filed(session: AsyncSession, vault: Vault, at: datetime) -> Report:
    reports = Reports(session, vault, MARKET, at)
    return await reports.file(NewReport(kind=ReportKind.PERSON, about_id=ContactId(new_id())))


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_reports_go_when_they_were_decided_long_ago(
    session: AsyncSession, vault: Vault
) -> None:
    long_ago = NOON - KEPT - SECOND
    decided, lately, waiting = [await filed(session, vault, long_ago) for _ in range(3)]
    for report, at in ((decided, long_ago), (lately, NOON - KEPT + SECOND)):
        reports = Reports(session, vault, MARKET, at)
        await reports.decide(report.reference, ReportState.REJECTED, "Nyasha")

    assert await prune_reports(await session.connection(), NOON, KEPT) == 1

    left = set(await session.scalars(select(Report.id)))
    assert left == {lately.id, waiting.id}
