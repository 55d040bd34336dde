"""Listings that staff take down, and put back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.desk import start
from sokoni.capabilities.marketplace.flows.meeting import listing_gone
from sokoni.capabilities.marketplace.models import Listing, ListingState, ListingToken
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.introductions import Introductions, question
from sokoni.capabilities.marketplace.service.listings import FOUND
from sokoni.capabilities.marketplace.settings import NAME
from sokoni.capabilities.marketplace.wording import seller_named
from sokoni.db.session import insert_once, rows_changed
from sokoni.db.versions import touch
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.messaging.events import Tell, TellTo
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Choice, Prompt, Worded
from sokoni.reviews.models import ReportKind
from sokoni.reviews.reports import NewReport

_TOKENS: Final = cast("Table", ListingToken.__table__)
_MOST: Final = 100
"""So many waiting buyers are told at once that a listing is hidden."""


class ListingJudge:
    """Hides listings. Their sellers are told, and may appeal."""

    async def find(
        self, session: AsyncSession, merchant_id: MerchantId, reference: str
    ) -> NewReport | None:
        said = reference.strip().upper()
        listing = await session.scalar(
            select(Listing).where(Listing.merchant_id == merchant_id, Listing.reference == said)
        )
        if listing is None:
            return None
        return NewReport(
            kind=ReportKind.LISTING,
            capability=NAME,
            subject=listing.id.hex,
            what=f"{listing.reference} {listing.thing}",
            about_id=listing.contact_id,
        )

    async def take_down(
        self, session: AsyncSession, merchant_id: MerchantId, subject: str, now: datetime
    ) -> Sequence[TellTo]:
        listing = await self._set(session, merchant_id, subject, hidden=True)
        if listing is None:
            return []
        await session.execute(delete(_TOKENS).where(_TOKENS.c.listing_id == listing.id))
        appeal = start("appeal", {"listing": listing.reference})
        choice = Choice("appeal", Worded("marketplace.choice.appeal"), command=appeal)
        told = {"thing": listing.thing, "reference": listing.reference}
        hidden = _to(listing, Prompt("marketplace.hidden.told", told, (choice,)), now)
        introductions = Introductions(session, merchant_id, now)
        return [hidden, *await _let_go(introductions, listing)]

    async def put_back(
        self, session: AsyncSession, merchant_id: MerchantId, subject: str, now: datetime
    ) -> Sequence[TellTo]:
        listing = await self._set(session, merchant_id, subject, hidden=False)
        if listing is None:
            return []
        rows = [
            {
                "merchant_id": merchant_id,
                "token": token,
                "listing_id": listing.id,
                "place_id": listing.place_id,
            }
            for token in meaning_of(listing.thing).tokens
        ]
        await insert_once(session, _TOKENS, rows)
        told = {"thing": listing.thing, "reference": listing.reference}
        return [_to(listing, Prompt("marketplace.hidden.back", told), now)]

    async def rated_anew(
        self, session: AsyncSession, merchant_id: MerchantId, people: Collection[ContactId]
    ) -> None:
        """Count nothing: a profile reads the reviews."""

    async def _set(
        self, session: AsyncSession, merchant_id: MerchantId, subject: str, *, hidden: bool
    ) -> Listing | None:
        """Change the state of a listing, and return it; None where that cannot be."""
        before, after = ListingState.OPEN, ListingState.HIDDEN
        if not hidden:
            before, after = after, before
        its: tuple[ColumnElement[bool], ...] = (
            Listing.merchant_id == merchant_id,
            Listing.id == UUID(subject),
        )
        changing = update(Listing).where(*its, Listing.state == before)
        changed = changing.values(state=after, version=Listing.version + 1)
        if not await rows_changed(session, changed):
            return None
        await touch(session, merchant_id, FOUND)
        return await session.scalar(
            select(Listing).where(*its).execution_options(populate_existing=True)
        )


async def _let_go(introductions: Introductions, listing: Listing) -> list[TellTo]:
    """Tell buyers who wait for the seller's answer that there will be none.

    Those beyond the cap hear it when the answer would come.
    """
    waiting = await introductions.waiting_for(listing.id, limit=_MOST)
    gone = listing_gone(listing.thing, seller_named(""))
    tell = Tell(prompt=gone, purpose=Purpose.NOTICE, capability=NAME)
    return [
        TellTo(
            contact_id=asked.buyer_id,
            tell=tell,
            once=f"answer:{question(asked.id, asked.created_at)}",
        )
        for asked in waiting
        if await introductions.let_go(asked.id)
    ]


def _to(listing: Listing, prompt: Prompt, now: datetime) -> TellTo:
    tell = Tell(prompt=prompt, purpose=Purpose.NOTICE, capability=NAME)
    once = f"judged:{listing.id.hex}:{now.isoformat()}"
    return TellTo(contact_id=listing.contact_id, tell=tell, once=once)
