"""Ratings: each side of a deal may rate the other once, and change that for a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.session import rows_changed
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.reviews.models import Deal, DealId, DealState, Review, ReviewId, ReviewState, Role

GOOD: Final = 4
"""So many stars and more say that somebody was content."""
TEXT: Final = "reviews.text"
_LOOKED_AT: Final = 200


class ReviewRefusedError(AppError):
    """There is no deal to rate, or its rating can no longer be changed."""

    code = "review_refused"


@dataclass(frozen=True, slots=True)
class Opinion:
    """A review as others read it."""

    id: ReviewId
    rater_id: ContactId
    rated_id: ContactId
    role: str
    """A `Role`: what the rated was in the deal."""
    stars: int
    text: str
    thing: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What speaks for somebody: deals, and how many of those who rated them were content."""

    deals: int
    raters: int
    """People who rated them: each counts once, by what they said last."""
    content: int


class Ratings:
    """One merchant's reviews."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant_id: MerchantId, now: datetime
    ) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id
        self._now = now

    async def give(
        self, deal_id: DealId, rater_id: ContactId, stars: int, text: str, *, days: int
    ) -> tuple[Review, bool]:
        """Rate the other side of an agreed deal; return the review, and whether it is new.

        It may be changed for so many days; then, or without a deal, `ReviewRefusedError`.
        """
        deal = await self._session.scalar(
            select(Deal)
            .where(
                Deal.merchant_id == self._merchant_id,
                Deal.id == deal_id,
                Deal.state == DealState.AGREED,
                Deal.thing != "",
                or_(Deal.provider_id == rater_id, Deal.customer_id == rater_id),
            )
            # Two of the same taps at once: the second finds what the first wrote.
            .with_for_update()
        )
        if deal is None:
            raise ReviewRefusedError(deal_id)
        before = await self.mine(deal_id, rater_id)
        if before is None:
            return await self._add(deal, rater_id, stars, text), True
        await self._change(before, stars, text, days)
        return before, False

    async def mine(self, deal_id: DealId, rater_id: ContactId) -> Review | None:
        statement = self._reviews().where(Review.deal_id == deal_id, Review.rater_id == rater_id)
        return await self._session.scalar(statement.execution_options(populate_existing=True))

    async def deals(self, contact_id: ContactId, *, limit: int, offset: int = 0) -> Sequence[Deal]:
        """Return what the contact may rate, the newest first."""
        statement = (
            select(Deal)
            .where(
                Deal.merchant_id == self._merchant_id,
                Deal.state == DealState.AGREED,
                Deal.thing != "",
                or_(Deal.provider_id == contact_id, Deal.customer_id == contact_id),
            )
            .order_by(Deal.agreed_at.desc(), Deal.id.desc())
            .limit(limit)
            .offset(offset)
        )
        return (await self._session.scalars(statement)).all()

    async def standing(self, contact_id: ContactId) -> Standing:
        """Return what speaks for a contact, whichever side of a deal they were on."""
        deals = await self._session.scalar(
            select(func.count())
            .select_from(Deal)
            .where(
                Deal.merchant_id == self._merchant_id,
                Deal.state == DealState.AGREED,
                or_(Deal.provider_id == contact_id, Deal.customer_id == contact_id),
                ~_in_a_ring(),
            )
        )
        latest = (
            select(Review.rater_id, Review.stars)
            .where(*self._shown(), Review.rated_id == contact_id)
            .order_by(Review.id.desc())
            .limit(_LOOKED_AT)
        )
        last: dict[ContactId, int] = {}
        for row in await self._session.execute(latest):
            last.setdefault(row.rater_id, row.stars)
        content = sum(stars >= GOOD for stars in last.values())
        return Standing(deals or 0, len(last), content)

    async def find(self, review_id: ReviewId) -> Review | None:
        """Return a review that everybody may read."""
        statement = select(Review).where(*self._shown(), Review.id == review_id)
        return await self._session.scalar(statement)

    async def told(self, contact_id: ContactId, *, limit: int, offset: int = 0) -> list[Opinion]:
        """Return the latest reviews of a contact that say something."""
        told = (Review.rated_id == contact_id, Review.text.is_not(None))
        newest = self._opinions().where(*self._shown(), *told).order_by(Review.id.desc())
        rows = await self._session.execute(newest.limit(limit).offset(offset))
        return [self._opinion(row) for row in rows]

    async def page(
        self, *, rated_id: ContactId | None = None, after: ReviewId | None, limit: int
    ) -> list[Opinion]:
        """Return what everybody may read, oldest first, for the API and pages."""
        statement = self._opinions().where(*self._shown()).order_by(Review.id).limit(limit)
        if rated_id is not None:
            statement = statement.where(Review.rated_id == rated_id)
        if after is not None:
            statement = statement.where(Review.id > after)
        return [self._opinion(row) for row in await self._session.execute(statement)]

    async def _add(self, deal: Deal, rater_id: ContactId, stars: int, text: str) -> Review:
        selling = deal.provider_id == rater_id
        review_id = ReviewId(new_id())
        review = Review(
            id=review_id,
            merchant_id=self._merchant_id,
            deal_id=deal.id,
            rater_id=rater_id,
            rated_id=deal.customer_id if selling else deal.provider_id,
            role=Role.CUSTOMER if selling else Role.PROVIDER,
            stars=stars,
            text=self._vault.seal_said(TEXT, review_id, text),
            state=ReviewState.SHOWN,
            created_at=self._now,
            changed_at=self._now,
        )
        self._session.add(review)
        await self._session.flush()
        return review

    async def _change(self, review: Review, stars: int, text: str, days: int) -> None:
        changing = (
            update(Review)
            .where(
                *self._scope(),
                Review.id == review.id,
                Review.created_at > self._now - timedelta(days=days),
            )
            .values(
                stars=stars,
                text=self._vault.seal_said(TEXT, review.id, text),
                changed_at=self._now,
            )
        )
        if not await rows_changed(self._session, changing):
            raise ReviewRefusedError(review.id)
        review.stars = stars
        review.changed_at = self._now

    def _opinion(self, row: Row[Review, str]) -> Opinion:
        review, thing = row
        return Opinion(
            review.id,
            review.rater_id,
            review.rated_id,
            review.role,
            review.stars,
            self._vault.open_text(TEXT, review.id, review.text),
            thing,
            review.created_at,
        )

    def _opinions(self) -> Select[Review, str]:
        return select(Review, Deal.thing).join(Deal, Deal.id == Review.deal_id)

    def _reviews(self) -> Select[Review]:
        return select(Review).where(*self._scope())

    def _shown(self) -> tuple[ColumnElement[bool], ...]:
        return (*self._scope(), Review.state == ReviewState.SHOWN)

    def _scope(self) -> tuple[ColumnElement[bool], ...]:
        return (Review.merchant_id == self._merchant_id,)


async def stars_of(
    session: AsyncSession,
    merchant_id: MerchantId,
    capability: str,
    contact_ids: Collection[ContactId],
) -> Mapping[ContactId, tuple[int, int]]:
    """Return the sum of stars, and how many gave them, for work that each of them did.

    Each rater counts once, by what they said last.
    """
    said = (
        select(Review.rated_id, Review.rater_id, Review.stars)
        .join(Deal, Deal.id == Review.deal_id)
        .where(
            Review.merchant_id == merchant_id,
            Review.state == ReviewState.SHOWN,
            Review.role == Role.PROVIDER,
            Review.rated_id.in_(contact_ids),
            Deal.capability == capability,
        )
        .order_by(Review.id)
    )
    last = {(row.rated_id, row.rater_id): row.stars for row in await session.execute(said)}
    found = dict.fromkeys(contact_ids, (0, 0))
    for (rated, _), stars in last.items():
        total, count = found[rated]
        found[rated] = (total + stars, count + 1)
    return found


def _in_a_ring() -> ColumnElement[bool]:
    """Tell of a deal whether a rating of it is held, or was hidden, as part of a ring."""
    return exists().where(
        Review.deal_id == Deal.id,
        Review.report_id.is_not(None),
        Review.state != ReviewState.SHOWN,
    )
