"""Finds what is on offer: by meaning, nearest first, with at most two indexed queries.

All that is offered in the buyer's own place is found. Further away, the newest offers are
looked at and the nearest of them shown, so that a search costs the same in a market of millions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sokoni.capabilities.marketplace.models import Listing, ListingState, ListingToken
from sokoni.capabilities.marketplace.service.distance import kilometres, nearness
from sokoni.capabilities.marketplace.service.offers import Offer, offers_of, select_offers
from sokoni.contacts.models import Contact
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.language.reading import KnownPlace

_LOOKED_AT: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is looked for."""

    tokens: tuple[str, ...]
    """All of them must be an offer's."""
    buyer_id: ContactId | None
    """Whose own listings are left out."""
    place: KnownPlace | None = None
    max_each: Decimal | None = None
    currency: str = ""


class Search:
    """Searches one merchant's open listings."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def offers(self, wish: Wish, *, limit: int) -> list[Offer]:
        """Return what fits the wish, nearest first, then newest."""
        here = wish.place
        if here is None:
            return await self._read(self._fitting(wish, self._newest(wish)), limit)
        near = await self._read(self._fitting(wish, self._newest(wish, here.id)), limit)
        if len(near) >= limit:
            return near
        far = self._fitting(wish, self._newest(wish), here)
        return _nearest_first(here, [*near, *await self._read(far, limit)])[:limit]

    async def _read(self, statement: Select[*tuple[Any, ...]], limit: int) -> list[Offer]:
        return offers_of((await self._session.execute(statement.limit(limit))).all())

    def _newest(self, wish: Wish, place_id: str = "") -> Subquery:
        """Return the ids of the newest offers with all tokens, in the order of an index."""
        first, *others = wish.tokens
        statement = select(ListingToken.listing_id).where(
            ListingToken.merchant_id == self._merchant_id, ListingToken.token == first
        )
        if place_id:
            statement = statement.where(ListingToken.place_id == place_id)
        for token in others:
            statement = statement.where(self._also(token))
        newest = statement.order_by(ListingToken.listing_id.desc()).limit(_LOOKED_AT)
        return newest.subquery("newest")

    def _also(self, token: str) -> ColumnElement[bool]:
        other = aliased(ListingToken)
        return exists().where(
            other.merchant_id == self._merchant_id,
            other.token == token,
            other.listing_id == ListingToken.listing_id,
        )

    def _fitting(
        self, wish: Wish, newest: Subquery, here: KnownPlace | None = None
    ) -> Select[*tuple[Any, ...]]:
        statement = (
            select_offers()
            .join(newest, newest.c.listing_id == Listing.id)
            .where(*self._scope(), *_conditions(wish))
        )
        if here is None:
            return statement.order_by(Listing.id.desc())
        distance = nearness(here, Listing.latitude.expression, Listing.longitude.expression)
        return statement.order_by(distance, Listing.id.desc())

    def _scope(self) -> tuple[ColumnElement[bool], ...]:
        """Scope of every query here: open listings of people who can be reached."""
        return (
            Listing.merchant_id == self._merchant_id,
            Listing.state == ListingState.OPEN,
            Listing.expires_at > self._now,
            Contact.opted_out_at.is_(None),
            Contact.blocked_at.is_(None),
        )


def _conditions(wish: Wish) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wish.buyer_id is not None:
        conditions.append(Listing.contact_id != wish.buyer_id)
    if wish.max_each is not None:
        affordable = and_(Listing.price_each <= wish.max_each, Listing.currency == wish.currency)
        conditions.append(affordable)
    return conditions


def _nearest_first(here: KnownPlace, offers: Sequence[Offer]) -> list[Offer]:
    unique = {offer.id: offer for offer in offers}
    newest = sorted(unique.values(), key=lambda offer: offer.created_at, reverse=True)
    return sorted(newest, key=lambda offer: kilometres(here, offer.latitude, offer.longitude))
