"""Freshness of listings: their sellers are asked before they end, and may renew them for ever."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import ColumnElement, Table, Update, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import ListingState, ListingToken
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.listings import FOUND, Touch, lasting
from sokoni.capabilities.marketplace.service.offers import (
    LISTINGS,
    Offer,
    offers_of,
    select_offers,
)
from sokoni.db.session import insert_once, rows_changed
from sokoni.kit.ids import ContactId, MerchantId

_TOKENS: Final = cast("Table", ListingToken.__table__)
_TOGETHER: Final = timedelta(days=1)
"""What ends within so long of something else is asked about with it: one message, not several."""
_REMEMBERED: Final = timedelta(days=90)
"""What ran out longer ago is not offered for renewal any more."""
_MOST: Final = 50
_RENEWABLE: Final = (ListingState.OPEN.value, ListingState.EXPIRED.value)


class Freshness:
    """One merchant's listings, as to how long they last."""

    def __init__(
        self, session: AsyncSession, merchant_id: MerchantId, now: datetime, touch: Touch
    ) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now
        self._touch = touch

    async def ask(self, contact_id: ContactId, *, days: int) -> list[Offer]:
        """Return the contact's listings that end within so many days, noted as asked about.

        What is asked about together ends together, so that one message says that it has.
        """
        until = self._now + timedelta(days=days) + _TOGETHER
        due = await self._read(
            *self._theirs(contact_id),
            LISTINGS.c.state == ListingState.OPEN,
            LISTINGS.c.expires_at > self._now,
            LISTINGS.c.expires_at <= until,
            LISTINGS.c.asked_at.is_(None),
        )
        if due:
            end = max(one.expires_at for one in due)
            noting = self._of(contact_id, due).values(
                asked_at=self._now, expires_at=end, remind_at=end
            )
            await self._session.execute(noting)
        return due

    async def run_out(self, contact_id: ContactId) -> list[Offer]:
        """Note the contact's listings whose time is over as such, and return them."""
        over = await self._read(
            *self._theirs(contact_id),
            LISTINGS.c.state == ListingState.OPEN,
            LISTINGS.c.expires_at <= self._now,
        )
        if over:
            ended = {"state": ListingState.EXPIRED, "remind_at": None}
            await self._session.execute(self._of(contact_id, over).values(**ended))
        return over

    async def renewable(self, contact_id: ContactId, *references: str) -> list[Offer]:
        """Return what may be renewed, of these where any are named; what ends first, first."""
        since = self._now - _REMEMBERED
        named = (LISTINGS.c.reference.in_(references),) if references else ()
        return await self._read(
            *self._theirs(contact_id),
            LISTINGS.c.state.in_(_RENEWABLE),
            LISTINGS.c.expires_at > since,
            *named,
        )

    async def renew(
        self, contact_id: ContactId, offers: Sequence[Offer], *, days: int, ask_days: int
    ) -> list[Offer]:
        """Have the contact's listings last from now on; return those that still can."""
        term = lasting(self._now, days, ask_days)
        renewed = [one for one in offers if await self._renewed(contact_id, one, term)]
        for one in renewed:
            await self._find_again(one)
        self._touch(FOUND)
        return renewed

    async def _renewed(
        self, contact_id: ContactId, offer: Offer, term: dict[str, datetime]
    ) -> bool:
        renewing = (
            self._of(contact_id, [offer])
            .where(LISTINGS.c.state.in_(_RENEWABLE))
            .values(state=ListingState.OPEN, version=LISTINGS.c.version + 1, asked_at=None, **term)
        )
        return bool(await rows_changed(self._session, renewing))

    async def _find_again(self, offer: Offer) -> None:
        """Have the listing found again by what it means: its tokens went when it ran out."""
        rows = [
            {
                "merchant_id": self._merchant_id,
                "token": token,
                "listing_id": offer.id,
                "place_id": offer.place_id,
            }
            for token in meaning_of(offer.thing).tokens
        ]
        await insert_once(self._session, _TOKENS, rows)

    async def _read(self, *conditions: ColumnElement[bool]) -> list[Offer]:
        statement = (
            select_offers()
            .where(*conditions)
            .order_by(LISTINGS.c.expires_at, LISTINGS.c.id)
            .limit(_MOST)
        )
        return offers_of((await self._session.execute(statement)).all())

    def _of(self, contact_id: ContactId, offers: Sequence[Offer]) -> Update:
        ids = [one.id for one in offers]
        return update(LISTINGS).where(*self._theirs(contact_id), LISTINGS.c.id.in_(ids))

    def _theirs(self, contact_id: ContactId) -> tuple[ColumnElement[bool], ...]:
        """Scope of every query here: the contact's listings at this merchant."""
        return (
            LISTINGS.c.merchant_id == self._merchant_id,
            LISTINGS.c.contact_id == contact_id,
        )
