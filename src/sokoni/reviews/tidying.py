"""Deletes deals with what was said of them, and decided reports, when their time is over."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.reviews.models import Deal, DealState, Report, ReportState, Review

_AT_ONCE: Final = 500
_DECIDED: Final = (ReportState.APPROVED, ReportState.REJECTED)


async def prune_deals(connection: AsyncConnection, now: datetime, kept: timedelta) -> int:
    """Delete old deals with the reviews of both sides, so that nobody rates one of them anew."""
    until = now - kept
    over = or_(
        and_(Deal.state == DealState.AGREED, Deal.agreed_at < until),
        and_(Deal.state == DealState.EXPIRED, Deal.expires_at < until),
    )
    ids = (await connection.scalars(select(Deal.id).where(over).limit(_AT_ONCE))).all()
    if ids:
        await connection.execute(delete(Review).where(Review.deal_id.in_(ids)))
        await connection.execute(delete(Deal).where(Deal.id.in_(ids)))
    return len(ids)


async def prune_reports(connection: AsyncConnection, now: datetime, kept: timedelta) -> int:
    """Delete reports that were decided long ago; what waits for a decision stays."""
    over = and_(Report.state.in_(_DECIDED), Report.decided_at < now - kept)
    ids = (await connection.scalars(select(Report.id).where(over).limit(_AT_ONCE))).all()
    if ids:
        await connection.execute(delete(Report).where(Report.id.in_(ids)))
    return len(ids)
