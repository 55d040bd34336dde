"""Listings: put up, shown, changed and withdrawn by who owns them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final, TypeAlias, cast
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
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import (
    Basis,
    Listing,
    ListingId,
    ListingState,
    ListingToken,
    SellerId,
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
from sokoni.db.versions import touch
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId, new_id, new_reference
from sokoni.kit.money import Money

FOUND: Final = "marketplace.found"
"""Version of what searches find, before each thing is held against its own state."""
ASK_DAYS: Final = 3
"""Sellers are asked so many days before it ends whether a listing is still for sale."""
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
_TOKENS: Final = cast("Table", ListingToken.__table__)
_ADD: Final = insert(LISTINGS)
_ADD_TOKENS: Final = insert(_TOKENS)


class ListingGoneError(AppError):
    """It was withdrawn, expired or changed meanwhile, or is somebody else's."""

    code = "listing_gone"
    http_status = 409


@dataclass(frozen=True, slots=True)
class Listed:
    """What came of a listing."""

    id: ListingId
    reference: str


Touch: TypeAlias = Callable[[str], None]
"""Has caches of a kind of rows be over with the transaction, at its end."""


class Listings:
    """One merchant's listings.

    Without `touch`, caches of searches are told at once, with a statement of its own.
    """

    def __init__(
        self,
        session: AsyncSession,
        merchant_id: MerchantId,
        now: datetime,
        touch: Touch | None = None,
    ) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now
        self._touch = touch

    async def create(
        self,
        seller: Stall,
        new: NewListing,
        meaning: Meaning,
        *,
        prefix: str,
        days: int,
        ask_days: int = ASK_DAYS,
    ) -> Listed:
        """Put a listing up, findable by every token of its meaning."""
        listed = Listed(ListingId(new_id()), new_reference(prefix))
        row = self._row(seller, new, listed) | lasting(self._now, days, ask_days)
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
        await self._changed()
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

    async def hidden(self, contact_id: ContactId, reference: str) -> ListingId | None:
        """Return a listing of the contact's that staff took down."""
        return await self._session.scalar(
            select(Listing.id).where(
                Listing.merchant_id == self._merchant_id,
                Listing.contact_id == contact_id,
                Listing.reference == reference.strip().upper(),
                Listing.state == ListingState.HIDDEN,
            )
        )

    async def page(
        self,
        *,
        after: ListingId | None,
        limit: int,
        seller_id: SellerId | None = None,
        place_id: str = "",
    ) -> list[Offer]:
        """Return open listings, of one seller or place where it is named, oldest first."""
        only = {"seller_id": seller_id, "place_id": place_id}
        named = {column: value for column, value in only.items() if value}
        statement = _page(tuple(named))
        return await self._read(statement, after=after or _FIRST, limit=limit, **named)

    async def _read(self, statement: Prepared, **bound: object) -> list[Offer]:
        bound |= {"merchant": self._merchant_id, "now": self._now}
        return offers_of(await statement.rows(self._session, bound))

    async def withdraw(self, contact_id: ContactId, offer: Offer) -> None:
        """Take the contact's own listing down, or raise `ListingGoneError`."""
        await self._end(contact_id, offer, ListingState.WITHDRAWN)

    async def sell(self, contact_id: ContactId, offer: Offer, part: Decimal | None = None) -> None:
        """Mark all, or a part, of the contact's own listing as sold, or raise the same."""
        if part is None:
            await self._end(contact_id, offer, ListingState.SOLD)
            return
        left = offer.less(part)
        changed: dict[str, object] = {"quantity": left.quantity, "price": left.price}
        await self._change(contact_id, offer, changed)

    async def _end(self, contact_id: ContactId, offer: Offer, state: ListingState) -> None:
        """Have the listing found no more."""
        await self._change(contact_id, offer, {"state": state})
        await self._session.execute(delete(_TOKENS).where(_TOKENS.c.listing_id == offer.id))
        await self._changed()

    async def change_price(
        self, contact_id: ContactId, offer: Offer, price: Money, basis: Basis
    ) -> None:
        """Set the price of the contact's own listing, or raise `ListingGoneError`."""
        await self.change(contact_id, offer, offer.quantity, price, basis)

    async def change(
        self,
        contact_id: ContactId,
        offer: Offer,
        quantity: Decimal,
        price: Money,
        basis: Basis,
    ) -> None:
        """Set how much there is and what it costs, or raise `ListingGoneError`."""
        each = price if basis is Basis.EACH else price.over(quantity)
        changed = {
            "quantity": quantity,
            "price": price.amount,
            "currency": price.currency,
            "basis": basis,
            "price_each": each.amount,
        }
        await self._change(contact_id, offer, changed)

    async def _changed(self) -> None:
        """Have searches that were kept be over: other listings are found from now on."""
        if self._touch is not None:
            self._touch(FOUND)
        else:
            await touch(self._session, self._merchant_id, FOUND)

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


def lasting(now: datetime, days: int, ask_days: int) -> dict[str, datetime]:
    """Return when a listing ends that is put up now, and when its seller is asked about it."""
    whole = timedelta(days=days)
    # Never right at the beginning, however short the time is.
    before = min(timedelta(days=ask_days), whole / 2)
    return {"expires_at": now + whole, "remind_at": now + whole - before}


@cache
def _page(named: tuple[str, ...]) -> Prepared:
    """Build once what shows listings in the order in which they were put up."""
    only = (
        LISTINGS.c[column] == bindparam(column, type_=LISTINGS.c[column].type) for column in named
    )
    statement = _OFFERS.where(LISTINGS.c.id > bindparam("after", type_=Uuid()), *only)
    return Prepared(statement.order_by(LISTINGS.c.id).limit(_LIMIT))


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
