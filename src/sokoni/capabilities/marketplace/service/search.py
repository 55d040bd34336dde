"""Finds what is on offer: by meaning, nearest first, with at most two indexed queries.

All that is offered in the buyer's own place is found. Further away, the newest offers are
looked at and the nearest of them shown, so that a search costs the same in a market of millions.
The order does not depend on how many are wanted, so that one page goes on where another ended.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Table,
    Uuid,
    bindparam,
    exists,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import ListingToken
from sokoni.capabilities.marketplace.service.distance import nearness, nearness_to
from sokoni.capabilities.marketplace.service.offers import (
    LISTINGS,
    REACHABLE,
    STILL_OPEN,
    Offer,
    offers_of,
    select_offers,
)
from sokoni.db.prepared import Prepared
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.language.reading import KnownPlace

_TOKENS: Final = cast("Table", ListingToken.__table__)
_LOOKED_AT: Final = 120
_NOBODY: Final = UUID(int=0)


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
    without: str = ""
    """Reference of a listing that is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """What a search's statement depends on; its values are bound."""

    tokens: int
    in_place: bool = False
    by_distance: bool = False
    priced: bool = False


class Search:
    """Searches one merchant's open listings."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def offers(self, wish: Wish, *, limit: int, offset: int = 0) -> list[Offer]:
        """Return what fits the wish, nearest first, then newest."""
        return (await self._first(wish, offset + limit))[offset:]

    async def _first(self, wish: Wish, limit: int) -> list[Offer]:
        shape = _Shape(tokens=len(wish.tokens), priced=wish.max_each is not None)
        if wish.place is None:
            return await self._read(shape, wish, limit)
        near = await self._read(replace(shape, in_place=True), wish, limit)
        if len(near) >= limit:
            return near
        far = await self._read(replace(shape, by_distance=True), wish, limit)
        once = {offer.id: offer for offer in (*near, *far)}
        return list(once.values())[:limit]

    async def _read(self, shape: _Shape, wish: Wish, limit: int) -> list[Offer]:
        bound: dict[str, Any] = {
            "merchant": self._merchant_id,
            "now": self._now,
            "buyer": wish.buyer_id or _NOBODY,
            "limit": limit,
            "most": wish.max_each,
            "currency": wish.currency,
            "without": wish.without,
            **{f"token_{number}": token for number, token in enumerate(wish.tokens)},
        }
        if wish.place is not None:
            bound |= {"place": wish.place.id, **nearness_to(wish.place)}
        return offers_of(await _statement(shape).rows(self._session, bound))


@cache
def _statement(shape: _Shape) -> Prepared:
    """Build a search once: putting it together costs more than running it."""
    newest = _newest(shape).subquery("newest")
    statement = (
        select_offers()
        .join(newest, newest.c.listing_id == LISTINGS.c.id)
        .where(
            *STILL_OPEN,
            *REACHABLE,
            LISTINGS.c.contact_id != bindparam("buyer", type_=Uuid()),
            LISTINGS.c.reference != bindparam("without"),
        )
        .limit(bindparam("limit", type_=Integer()))
    )
    if shape.priced:
        statement = statement.where(
            LISTINGS.c.price_each <= bindparam("most", type_=LISTINGS.c.price_each.type),
            LISTINGS.c.currency == bindparam("currency"),
        )
    if shape.by_distance:
        statement = statement.order_by(nearness(LISTINGS.c.latitude, LISTINGS.c.longitude))
    return Prepared(statement.order_by(LISTINGS.c.id.desc()))


def _newest(shape: _Shape) -> Select[*tuple[Any, ...]]:
    """Select the ids of the newest offers with all tokens, in the order of an index."""
    columns = _TOKENS.c
    statement = (
        select(columns.listing_id)
        .where(_has(_TOKENS, "token_0"))
        .order_by(columns.listing_id.desc())
        .limit(_LOOKED_AT)
    )
    if shape.in_place:
        statement = statement.where(columns.place_id == bindparam("place"))
    for number in range(1, shape.tokens):
        other = _TOKENS.alias()
        same = other.c.listing_id == columns.listing_id
        statement = statement.where(exists().where(same, _has(other, f"token_{number}")))
    return statement


def _has(tokens: FromClause, name: str) -> ColumnElement[bool]:
    merchant = tokens.c.merchant_id == bindparam("merchant", type_=Uuid())
    return merchant & (tokens.c.token == bindparam(name))
