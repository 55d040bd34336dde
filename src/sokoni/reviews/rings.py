"""Rings: a few people who rate one another in a circle, each as the customer of the next.

Two who each sell to the other, or three in a circle, may be honest: so nobody is accused. Their
reviews are held out of every profile, and staff look at them.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.contacts.models import Contact
from sokoni.db.session import rows_changed
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.reviews.models import Report, ReportKind, ReportState, Review, ReviewId, ReviewState
from sokoni.reviews.reports import NewReport, Reports

TOP: Final = 5
LONGEST: Final = 4
"""So many people are a small group; longer circles come about by themselves."""
_LOOKED_AT: Final = 500


class Rings:
    """Watches one merchant's top ratings."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant_id: MerchantId, now: datetime
    ) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._reports = Reports(session, vault, merchant_id, now)
        self._now = now

    async def watch(self, review: Review, *, days: int) -> Report | None:
        """Hold the reviews of a ring that this one closes; return its report.

        Only top ratings of the last so many days count, and only those that rate the same side
        of a deal: a buyer and a seller who praise each other for one deal are no ring.
        """
        if review.stars < TOP:
            return None
        await self._one_at_a_time(review)
        since = self._now - timedelta(days=days)
        members = await self._circle(review, since)
        if members is None or await self._approved(members):
            return None
        return await self._hold(review, members, since)

    async def _one_at_a_time(self, review: Review) -> None:
        """Have ratings that may close the same ring wait for each other."""
        people = Contact.id.in_([review.rater_id, review.rated_id])
        locked = select(Contact.id).where(Contact.merchant_id == self._merchant_id, people)
        await self._session.execute(locked.order_by(Contact.id).with_for_update())

    async def _circle(self, review: Review, since: datetime) -> Collection[ContactId] | None:
        """Follow who rated whom from the rated back to the rater; None where that leads not."""
        came_from: dict[ContactId, ContactId] = {review.rated_id: review.rater_id}
        frontier: set[ContactId] = {review.rated_id}
        for _ in range(LONGEST - 1):
            found: set[ContactId] = set()
            for rater_id, rated_id in await self._rated_by(frontier, review.role, since):
                if rated_id == review.rater_id:
                    return _way_back(came_from, rater_id, review.rater_id)
                if rated_id not in came_from:
                    came_from[rated_id] = rater_id
                    found.add(rated_id)
            frontier = found
            if not frontier:
                break
        return None

    async def _rated_by(
        self, raters: Collection[ContactId], role: str, since: datetime
    ) -> list[tuple[ContactId, ContactId]]:
        edges = (
            select(Review.rater_id, Review.rated_id)
            .where(*self._top(role, since), Review.rater_id.in_(raters))
            .order_by(Review.id.desc())
            .limit(_LOOKED_AT)
        )
        return [(row.rater_id, row.rated_id) for row in await self._session.execute(edges)]

    async def _approved(self, members: Collection[ContactId]) -> bool:
        """Tell whether staff have looked at these people before, and found nothing in it."""
        approved = select(Report.id).where(
            Report.merchant_id == self._merchant_id,
            Report.kind == ReportKind.RING,
            Report.subject == _subject(members),
            Report.state == ReportState.APPROVED,
        )
        return await self._session.scalar(approved.limit(1)) is not None

    async def _hold(
        self, review: Review, members: Collection[ContactId], since: datetime
    ) -> Report:
        among = (
            *self._top(review.role, since),
            Review.rater_id.in_(members),
            Review.rated_id.in_(members),
        )
        ids: list[ReviewId] = list(await self._session.scalars(select(Review.id).where(*among)))
        report = await self._reports.file(
            NewReport(
                kind=ReportKind.RING,
                about_id=min(members),
                subject=_subject(members),
                what=f"{len(members)} people, {len(ids)} reviews",
                reason="ring",
            )
        )
        holding = update(Review).where(Review.id.in_(ids), Review.state == ReviewState.SHOWN)
        await rows_changed(
            self._session, holding.values(state=ReviewState.HELD, report_id=report.id)
        )
        return report

    def _top(self, role: str, since: datetime) -> tuple[ColumnElement[bool], ...]:
        return (
            Review.merchant_id == self._merchant_id,
            Review.role == role,
            Review.stars >= TOP,
            Review.changed_at > since,
            Review.state != ReviewState.HIDDEN,
        )


def _way_back(
    came_from: Mapping[ContactId, ContactId], last: ContactId, first: ContactId
) -> Collection[ContactId]:
    members = [last]
    while members[-1] != first:
        members.append(came_from[members[-1]])
    return members


def _subject(members: Collection[ContactId]) -> str:
    """Return what the same people are known by."""
    return sha256(b"".join(sorted(one.bytes for one in members))).hexdigest()
