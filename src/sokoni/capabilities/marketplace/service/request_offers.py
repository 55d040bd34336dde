"""Offers that came for a buyer's request. All of it runs in the buyer's own turns, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import (
    BuyRequest,
    ListingState,
    RequestOffer,
    RequestState,
    RequestToken,
)
from sokoni.capabilities.marketplace.service.offers import (
    LISTINGS,
    REACHABLE,
    Offer,
    select_offers,
)
from sokoni.db.session import insert_once
from sokoni.kit.ids import ContactId, MerchantId, new_id

_OFFERS: Final = cast("Table", RequestOffer.__table__)
_REQUEST_TOKENS: Final = cast("Table", RequestToken.__table__)


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer that can still be had, and whether the buyer saw it."""

    offer: Offer
    shown: bool


class RequestOffers:
    """One merchant's offers for buyers' requests."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def request(self, buyer_id: ContactId, reference: str) -> BuyRequest | None:
        """Return the buyer's request, where it stands or was filled."""
        return await self._session.scalar(
            select(BuyRequest).where(
                BuyRequest.merchant_id == self._merchant_id,
                BuyRequest.contact_id == buyer_id,
                BuyRequest.reference == reference,
                BuyRequest.state.in_((RequestState.OPEN, RequestState.FILLED)),
                BuyRequest.expires_at > self._now,
            )
        )

    async def add(self, request: BuyRequest, offer: Offer) -> None:
        """Note that a listing came for the request, once."""
        row = {
            "id": new_id(),
            "merchant_id": self._merchant_id,
            "request_id": request.id,
            "listing_id": offer.id,
            "created_at": self._now,
        }
        await insert_once(self._session, _OFFERS, [row])

    async def of(self, request: BuyRequest) -> list[Offered]:
        """Return what came for the request and can still be had, the cheapest first."""
        statement = (
            select_offers()
            .add_columns(_OFFERS.c.shown_at)
            .join(_OFFERS, _OFFERS.c.listing_id == LISTINGS.c.id)
            .where(
                *self._of(request),
                LISTINGS.c.merchant_id == self._merchant_id,
                LISTINGS.c.state == ListingState.OPEN,
                LISTINGS.c.expires_at > self._now,
                *REACHABLE,
            )
            .order_by(LISTINGS.c.currency, LISTINGS.c.price_each, _OFFERS.c.id)
        )
        rows: Sequence[Any] = (await self._session.execute(statement)).all()
        return [Offered(Offer(*row[:-1]), shown=row[-1] is not None) for row in rows]

    async def show(self, request: BuyRequest) -> None:
        """Note that the buyer sees all of them now."""
        showing = update(_OFFERS).where(*self._of(request), _OFFERS.c.shown_at.is_(None))
        await self._session.execute(showing.values(shown_at=self._now))

    async def fill(self, request: BuyRequest) -> None:
        """Close the request: so much was offered that no more is asked for."""
        request.state, request.remind_at = RequestState.FILLED, None
        await self._session.flush()
        mine = _REQUEST_TOKENS.c.request_id == request.id
        await self._session.execute(delete(_REQUEST_TOKENS).where(mine))

    async def forget(self, request: BuyRequest) -> None:
        """Begin to count anew: the buyer goes on looking."""
        await self._session.execute(delete(_OFFERS).where(*self._of(request)))

    def _of(self, request: BuyRequest) -> tuple[ColumnElement[bool], ...]:
        """Scope of every query here: what came for one request of this merchant's."""
        return (
            _OFFERS.c.merchant_id == self._merchant_id,
            _OFFERS.c.request_id == request.id,
        )
