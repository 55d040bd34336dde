"""Introductions: a buyer and a seller get each other's numbers when both want it."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import (
    Introduction,
    IntroductionId,
    IntroductionState,
    Listing,
)
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.db.session import rows_changed
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId


class IntroductionGoneError(AppError):
    """It was answered already, or is somebody else's to answer."""

    code = "introduction_gone"


class Introductions:
    """One merchant's introductions."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def ask(self, offer: Offer, buyer_id: ContactId) -> tuple[Introduction, bool]:
        """Note that the buyer wants to meet; return it, and whether it is new."""
        found = await self._session.scalar(
            self._introductions().where(
                Introduction.listing_id == offer.id, Introduction.buyer_id == buyer_id
            )
        )
        if found is not None:
            return found, False
        asked = Introduction(
            merchant_id=self._merchant_id,
            listing_id=offer.id,
            buyer_id=buyer_id,
            seller_id=offer.contact_id,
            created_at=self._now,
        )
        self._session.add(asked)
        await self._session.flush()
        return asked, True

    async def find(self, introduction_id: IntroductionId) -> tuple[Introduction, str] | None:
        """Return the introduction and the thing that it is about."""
        statement = (
            select(Introduction, Listing.thing)
            .join(Listing, Listing.id == Introduction.listing_id)
            .where(*self._scope(), Introduction.id == introduction_id)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else (row[0], row[1])

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

    def _introductions(self) -> Select[Introduction]:
        return select(Introduction).where(*self._scope())

    def _scope(self) -> tuple[ColumnElement[bool], ...]:
        """Scope of every query here."""
        return (Introduction.merchant_id == self._merchant_id,)
