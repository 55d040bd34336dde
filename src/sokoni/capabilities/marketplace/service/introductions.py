"""Introductions: a buyer and a seller get each other's numbers when both want it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import (
    Introduction,
    IntroductionId,
    IntroductionState,
    Listing,
    ListingId,
    ListingState,
)
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.db.session import rows_changed
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId

_SILENCE: Final = timedelta(days=1)
_AGREEABLE: Final = (ListingState.OPEN.value, ListingState.EXPIRED.value)
_PACED: Final = 20
"""So many of the latest questions tell how fast a seller answers."""


class IntroductionGoneError(AppError):
    """It was answered already, or is somebody else's to answer."""

    code = "introduction_gone"


@dataclass(frozen=True, slots=True)
class Meeting:
    """An introduction and what it is about."""

    introduction: Introduction
    thing: str
    reference: str
    """Of the listing."""
    listed: str
    """A `ListingState`: that of the listing."""

    @property
    def offered(self) -> bool:
        """Tell whether it was not taken down. What ran out can still be agreed on."""
        return self.listed in _AGREEABLE

    @property
    def hidden(self) -> bool:
        """Tell whether staff took it down."""
        return self.listed == ListingState.HIDDEN


def question(introduction_id: IntroductionId, asked_at: datetime) -> str:
    """Return what the question is known by: it may be asked anew when a listing comes back."""
    return f"{introduction_id.hex}:{asked_at:%Y%m%d%H%M%S%f}"


class Introductions:
    """One merchant's introductions."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def of(self, offer: Offer, buyer_id: ContactId) -> Introduction | None:
        """Return how far the buyer got with the offer's seller, if they asked at all."""
        return await self._session.scalar(
            self._introductions().where(
                Introduction.listing_id == offer.id, Introduction.buyer_id == buyer_id
            )
        )

    async def ask(self, offer: Offer, buyer_id: ContactId) -> Introduction:
        """Note that the buyer, who did not ask before, wants to meet the seller."""
        asked = Introduction(
            merchant_id=self._merchant_id,
            listing_id=offer.id,
            buyer_id=buyer_id,
            seller_id=offer.contact_id,
            created_at=self._now,
        )
        self._session.add(asked)
        await self._session.flush()
        return asked

    async def ask_anew(self, asked: Introduction) -> Introduction:
        """Ask once more about a listing that was gone, and is back."""
        asking = (
            update(Introduction)
            .where(
                *self._scope(),
                Introduction.id == asked.id,
                Introduction.state == IntroductionState.GONE,
            )
            .values(state=IntroductionState.ASKED, created_at=self._now, answered_at=None)
        )
        await rows_changed(self._session, asking)
        await self._session.refresh(asked)
        return asked

    async def find(self, introduction_id: IntroductionId) -> Meeting | None:
        statement = self._meetings().where(Introduction.id == introduction_id)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else _meeting(row)

    async def answer(
        self, seller_id: ContactId, introduction_id: IntroductionId, state: IntroductionState
    ) -> None:
        """Record the seller's answer, or raise `IntroductionGoneError`."""
        answering = (
            update(Introduction)
            .where(
                *self._scope(),
                Introduction.id == introduction_id,
                Introduction.seller_id == seller_id,
                Introduction.state == IntroductionState.ASKED,
            )
            .values(state=state, answered_at=self._now)
        )
        if not await rows_changed(self._session, answering):
            raise IntroductionGoneError(introduction_id)

    async def let_go(self, introduction_id: IntroductionId) -> bool:
        """End an introduction that waits for its answer; False where it does not any more."""
        ending = (
            update(Introduction)
            .where(
                *self._scope(),
                Introduction.id == introduction_id,
                Introduction.state == IntroductionState.ASKED,
            )
            .values(state=IntroductionState.GONE, answered_at=self._now)
        )
        return bool(await rows_changed(self._session, ending))

    async def asking(self, seller_id: ContactId, *, limit: int, offset: int = 0) -> list[Meeting]:
        """Return who waits for the seller's answer, the longest first."""
        # By the seller's listings, which have an index.
        statement = (
            self._meetings()
            .where(
                Listing.merchant_id == self._merchant_id,
                Listing.contact_id == seller_id,
                Listing.state.in_(_AGREEABLE),
                Introduction.state == IntroductionState.ASKED,
            )
            .order_by(Introduction.id)
            .limit(limit)
            .offset(offset)
        )
        return [_meeting(row) for row in await self._session.execute(statement)]

    async def waiting_for(self, listing_id: ListingId, *, limit: int) -> Sequence[Introduction]:
        """Return those that wait for an answer about a listing, the longest first."""
        statement = (
            self._introductions()
            .where(
                Introduction.listing_id == listing_id,
                Introduction.state == IntroductionState.ASKED,
            )
            .order_by(Introduction.id)
            .limit(limit)
        )
        return (await self._session.scalars(statement)).all()

    async def with_me(
        self, contact_id: ContactId, *, limit: int, offset: int = 0
    ) -> list[Meeting]:
        """Return the introductions that the contact had on either side, the last first."""
        statement = (
            self._meetings()
            .where(or_(Introduction.buyer_id == contact_id, Introduction.seller_id == contact_id))
            .order_by(Introduction.id.desc())
            .limit(limit)
            .offset(offset)
        )
        return [_meeting(row) for row in await self._session.execute(statement)]

    async def accepted(self, listing_id: ListingId, *, limit: int) -> Sequence[Introduction]:
        """Return whom the seller of a listing agreed to meet over it, the last first."""
        statement = (
            self._introductions()
            .where(
                Introduction.listing_id == listing_id,
                Introduction.state == IntroductionState.ACCEPTED,
            )
            .order_by(Introduction.answered_at.desc(), Introduction.id.desc())
            .limit(limit)
        )
        return (await self._session.scalars(statement)).all()

    async def sold_by(self, seller_id: ContactId, *, limit: int, offset: int = 0) -> list[Meeting]:
        """Return those that a seller agreed to, the last first."""
        # By the seller's listings, which have an index.
        statement = (
            self._meetings()
            .where(
                Listing.merchant_id == self._merchant_id,
                Listing.contact_id == seller_id,
                Introduction.state == IntroductionState.ACCEPTED,
            )
            .order_by(Introduction.id.desc())
            .limit(limit)
            .offset(offset)
        )
        return [_meeting(row) for row in await self._session.execute(statement)]

    async def pace(self, seller_id: ContactId) -> timedelta | None:
        """Return how fast a seller answers as a rule, None where too little is known.

        Who was left without an answer for a day counts with the time they have waited.
        """
        asked = (
            select(Introduction.created_at, Introduction.answered_at)
            .join(Listing, Listing.id == Introduction.listing_id)
            .where(
                *self._scope(),
                Listing.merchant_id == self._merchant_id,
                Listing.contact_id == seller_id,
                Introduction.state != IntroductionState.GONE,
                or_(
                    Introduction.answered_at.is_not(None),
                    Introduction.created_at < self._now - _SILENCE,
                ),
            )
            .order_by(Introduction.id.desc())
            .limit(_PACED)
        )
        waits = sorted(
            (row.answered_at or self._now) - row.created_at
            for row in await self._session.execute(asked)
        )
        return waits[len(waits) // 2] if waits else None

    def _meetings(self) -> Select[*tuple[Any, ...]]:
        columns = (Introduction, Listing.thing, Listing.reference, Listing.state)
        joined = select(*columns).join(Listing, Listing.id == Introduction.listing_id)
        return joined.where(*self._scope())

    def _introductions(self) -> Select[Introduction]:
        return select(Introduction).where(*self._scope())

    def _scope(self) -> tuple[ColumnElement[bool], ...]:
        """Scope of every query here."""
        return (Introduction.merchant_id == self._merchant_id,)


def _meeting(row: Row[*tuple[Any, ...]]) -> Meeting:
    return Meeting(row[0], row[1], row[2], row[3])
