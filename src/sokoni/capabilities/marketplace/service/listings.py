"""Listings: put up, shown, changed and withdrawn by who owns them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Table,
    Update,
    Uuid,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import (
    Basis,
    Listing,
    ListingId,
    ListingState,
    ListingToken,
)
from sokoni.capabilities.marketplace.nouns import Meaning
from sokoni.capabilities.marketplace.service.offers import (
    LISTINGS,
    OPEN,
    REACHABLE,
    NewListing,
    Offer,
    offers_of,
    select_offers,
)
from sokoni.capabilities.marketplace.service.sellers import Stall
from sokoni.db.prepared import Prepared
from sokoni.db.session import rows_changed
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId, new_id, new_reference
from sokoni.kit.money import Money

_FIRST: Final = UUID(int=0)
_LIMIT: Final = bindparam("limit", type_=Integer())
_OFFERS: Final = select_offers().where(*OPEN)
_ONE: Final = Prepared(_OFFERS.where(LISTINGS.c.reference == bindparam("reference")))
_OPEN_TO: Final = Prepared(
    _OFFERS.where(
        LISTINGS.c.reference == bindparam("reference"),
        or_(LISTINGS.c.contact_id == bindparam("contact", type_=Uuid()), and_(*REACHABLE)),
    )
)
_PAGE: Final = Prepared(
    _OFFERS.where(LISTINGS.c.id > bindparam("after", type_=Uuid()))
    .order_by(LISTINGS.c.id)
    .limit(_LIMIT)
)
_TOKENS: Final = cast("Table", ListingToken.__table__)
_ADD: Final = insert(LISTINGS)
_ADD_TOKENS: Final = insert(_TOKENS)


class ListingGoneError(AppError):
    """It was withdrawn, expired or changed meanwhile, or is somebody else's."""

    code = "listing_gone"


@dataclass(frozen=True, slots=True)
class Listed:
    """What came of a listing."""

    id: ListingId
    reference: str


class Listings:
    """One merchant's listings."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def create(
        self, seller: Stall, new: NewListing, meaning: Meaning, *, prefix: str, days: int
    ) -> Listed:
        """Put a listing up, findable by every token of its meaning."""
        listed = Listed(ListingId(new_id()), new_reference(prefix))
        row = self._row(seller, new, listed) | {"expires_at": self._now + timedelta(days=days)}
        await self._session.execute(_ADD, row)
        await self._session.execute(
            _ADD_TOKENS,
            [
                {
                    "merchant_id": self._merchant_id,
                    "token": token,
                    "listing_id": listed.id,
                    "place_id": new.place.id,
                }
                for token in meaning.tokens
            ],
        )
        return listed

    async def find(self, reference: str) -> Offer | None:
        """Return an open listing by what people quote."""
        found = await self._read(_ONE, reference=reference.strip().upper())
        return found[0] if found else None

    async def find_for(self, contact_id: ContactId, reference: str) -> Offer | None:
        """Return an open listing that is the contact's own, or whose seller can be asked."""
        found = await self._read(_OPEN_TO, reference=reference.strip().upper(), contact=contact_id)
        return found[0] if found else None

    async def of(
        self, contact_id: ContactId, tokens: Sequence[str] = (), *, limit: int, offset: int = 0
    ) -> list[Offer]:
        """Return what the contact has up that means all the tokens, newest first."""
        named = {f"token_{number}": token for number, token in enumerate(tokens)}
        statement = _mine(len(tokens))
        return await self._read(statement, contact=contact_id, limit=limit, offset=offset, **named)

    async def page(self, *, after: ListingId | None, limit: int) -> list[Offer]:
        """Return open listings, oldest first, for the API and pages."""
        return await self._read(_PAGE, after=after or _FIRST, limit=limit)

    async def _read(self, statement: Prepared, **bound: object) -> list[Offer]:
        bound |= {"merchant": self._merchant_id, "now": self._now}
        return offers_of(await statement.rows(self._session, bound))

    async def withdraw(self, contact_id: ContactId, offer: Offer) -> None:
        """Take the contact's own listing down, or raise `ListingGoneError`."""
        await self._change(contact_id, offer, {"state": ListingState.WITHDRAWN})
        await self._session.execute(delete(_TOKENS).where(_TOKENS.c.listing_id == offer.id))

    async def change_price(
        self, contact_id: ContactId, offer: Offer, price: Money, basis: Basis
    ) -> None:
        """Set the price of the contact's own listing, or raise `ListingGoneError`."""
        each = price if basis is Basis.EACH else price.over(offer.quantity)
        changed = {
            "price": price.amount,
            "currency": price.currency,
            "basis": basis,
            "price_each": each.amount,
        }
        await self._change(contact_id, offer, changed)

    async def _change(
        self, contact_id: ContactId, offer: Offer, values: dict[str, object]
    ) -> None:
        changing = self._own(contact_id, offer).values(version=Listing.version + 1, **values)
        if not await rows_changed(self._session, changing):
            raise ListingGoneError(offer.reference)

    def _own(self, contact_id: ContactId, offer: Offer) -> Update:
        # One guarded UPDATE: nothing is changed that the contact did not see as it is.
        return update(Listing).where(
            *self._scope(),
            Listing.id == offer.id,
            Listing.contact_id == contact_id,
            Listing.version == offer.version,
        )

    def _row(self, seller: Stall, new: NewListing, listed: Listed) -> dict[str, object]:
        size = new.quantity.size
        return {
            "id": listed.id,
            "merchant_id": self._merchant_id,
            "seller_id": seller.id,
            "contact_id": seller.contact_id,
            "reference": listed.reference,
            "thing": new.thing,
            "quantity": new.amount,
            "unit": new.quantity.unit,
            "size": None if size is None else Decimal(str(size)),
            "size_unit": new.quantity.size_unit,
            "price": new.money.amount,
            "currency": new.money.currency,
            "basis": new.basis,
            "price_each": new.each.amount,
            "place_id": new.place.id,
            "place_name": new.place.name,
            "latitude": new.place.latitude,
            "longitude": new.place.longitude,
            "state": ListingState.OPEN,
            "version": 1,
            "created_at": self._now,
        }

    def _scope(self) -> tuple[ColumnElement[bool], ...]:
        """Scope of every change here: this merchant's listings that can still be had."""
        return (
            Listing.merchant_id == self._merchant_id,
            Listing.state == ListingState.OPEN,
            Listing.expires_at > self._now,
        )


@cache
def _mine(tokens: int) -> Prepared:
    """Build once what shows a contact their own listings, of so many tokens."""
    statement = _OFFERS.where(LISTINGS.c.contact_id == bindparam("contact", type_=Uuid()))
    for number in range(tokens):
        statement = statement.where(
            exists().where(
                _TOKENS.c.merchant_id == bindparam("merchant", type_=Uuid()),
                _TOKENS.c.token == bindparam(f"token_{number}"),
                _TOKENS.c.listing_id == LISTINGS.c.id,
            )
        )
    newest = statement.order_by(LISTINGS.c.id.desc())
    return Prepared(newest.limit(_LIMIT).offset(bindparam("offset", type_=Integer())))
