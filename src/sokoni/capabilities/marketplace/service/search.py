"""Finds what is on offer: by meaning, nearest first, with at most two indexed queries.

All that is offered in the buyer's own place is found. Further away, the newest offers are
looked at and the nearest of them shown, so that a search costs the same in a market of millions.
The order does not depend on how many are wanted, so that one page goes on where another ended.

A cache may remember which listings come into question, in their order, under the version that
every change of what is found moves on. What is shown is read anew whatever it says, so that
nothing is shown that was sold, hidden or ran out.
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

from sokoni.capabilities.marketplace.models import ListingId, ListingToken
from sokoni.capabilities.marketplace.service.distance import nearness, nearness_to
from sokoni.capabilities.marketplace.service.listings import FOUND
from sokoni.capabilities.marketplace.service.offers import (
    LISTINGS,
    REACHABLE,
    STILL_OPEN,
    Offer,
    offers_of,
    select_offers,
)
from sokoni.db.prepared import Prepared
from sokoni.db.versions import current_version
from sokoni.kit.cache import Cache, NoCache
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.language.reading import KnownPlace

_TOKENS: Final = cast("Table", ListingToken.__table__)
_LOOKED_AT: Final = 120
_NOBODY: Final = UUID(int=0)
_KEPT_SECONDS: Final = 300.0
_CHUNK: Final = 24
"""So many are read at once: more than a channel shows on a page."""
_MARK: Final = 8
_ID_BYTES: Final = 16


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

    def __init__(
        self,
        session: AsyncSession,
        merchant_id: MerchantId,
        now: datetime,
        cache: Cache | None = None,
    ) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now
        self._cache = None if isinstance(cache, NoCache) else cache

    async def offers(self, wish: Wish, *, limit: int, offset: int = 0) -> list[Offer]:
        """Return what fits the wish, nearest first, then newest."""
        if self._cache is not None:
            return (await self._remembered(self._cache, wish, offset + limit))[offset:]
        return (await self._first(wish, offset + limit))[offset:]

    async def _remembered(self, kept: Cache, wish: Wish, limit: int) -> list[Offer]:
        """Read as many as are wanted of those that come into question, a chunk at a time."""
        candidates = await self._candidates(kept, wish)
        shape = _Shape(tokens=0, priced=wish.max_each is not None)
        offers: list[Offer] = []
        for start in range(0, len(candidates), _CHUNK):
            if len(offers) >= limit:
                break
            chunk = candidates[start : start + _CHUNK]
            ids = {f"id_{n}": one for n, one in enumerate(chunk)}
            ids |= {f"id_{n}": _NOBODY for n in range(len(chunk), _CHUNK)}
            rows = await _chosen(shape).rows(self._session, self._bound(wish, limit) | ids)
            found = {one.id: one for one in offers_of(rows)}
            offers += [found[ListingId(one)] for one in chunk if one in found]
        return offers[:limit]

    async def _candidates(self, cache: Cache, wish: Wish) -> list[UUID]:
        # The version first: what is read after it is at least as new.
        version = await current_version(self._session, self._merchant_id, FOUND)
        mark = version.to_bytes(_MARK, "big")
        place = wish.place.id if wish.place is not None else ""
        key = f"found:{self._merchant_id.hex}:{place}:{' '.join(sorted(wish.tokens))}"
        kept = await cache.get(key)
        if kept is not None and kept[:_MARK] == mark:
            return _ids(kept[_MARK:])
        ids = await self._look(wish)
        await cache.put(key, mark + b"".join(one.bytes for one in ids), _KEPT_SECONDS)
        return ids

    async def _look(self, wish: Wish) -> list[UUID]:
        """Return all that comes into question, in the order in which it is shown."""
        shape, bound = _Shape(tokens=len(wish.tokens)), self._bound(wish, _LOOKED_AT)
        shapes = [shape]
        if wish.place is not None:
            shapes = [replace(shape, in_place=True), replace(shape, by_distance=True)]
        rows = [await _looked_at(one).rows(self._session, bound) for one in shapes]
        return list(dict.fromkeys(row[0] for some in rows for row in some))

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
        rows = await _statement(shape).rows(self._session, self._bound(wish, limit))
        return offers_of(rows)

    def _bound(self, wish: Wish, limit: int) -> dict[str, Any]:
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
        return bound


@cache
def _statement(shape: _Shape) -> Prepared:
    """Build a search once: putting it together costs more than running it."""
    newest = _newest(shape).subquery("newest")
    statement = (
        select_offers()
        .join(newest, newest.c.listing_id == LISTINGS.c.id)
        .where(*_suits(shape))
        .limit(bindparam("limit", type_=Integer()))
    )
    if shape.by_distance:
        statement = statement.order_by(nearness(LISTINGS.c.latitude, LISTINGS.c.longitude))
    return Prepared(statement.order_by(LISTINGS.c.id.desc()))


@cache
def _looked_at(shape: _Shape) -> Prepared:
    """Build once what selects the ids of all that comes into question for anybody."""
    newest = _newest(shape).subquery("newest")
    statement = select(LISTINGS.c.id).join(newest, newest.c.listing_id == LISTINGS.c.id)
    if shape.by_distance:
        statement = statement.order_by(nearness(LISTINGS.c.latitude, LISTINGS.c.longitude))
    return Prepared(statement.order_by(LISTINGS.c.id.desc()))


@cache
def _chosen(shape: _Shape) -> Prepared:
    """Build once what reads those of a chunk of ids that suit the buyer, as they are now."""
    ids = [bindparam(f"id_{number}", type_=Uuid()) for number in range(_CHUNK)]
    return Prepared(select_offers().where(LISTINGS.c.id.in_(ids), *_suits(shape)))


def _suits(shape: _Shape) -> tuple[ColumnElement[bool], ...]:
    """Return what makes a listing fit the wish, and only then be shown."""
    suits = (
        *STILL_OPEN,
        *REACHABLE,
        LISTINGS.c.contact_id != bindparam("buyer", type_=Uuid()),
        LISTINGS.c.reference != bindparam("without"),
    )
    if not shape.priced:
        return suits
    return (
        *suits,
        LISTINGS.c.price_each <= bindparam("most", type_=LISTINGS.c.price_each.type),
        LISTINGS.c.currency == bindparam("currency"),
    )


def _ids(packed: bytes) -> list[UUID]:
    return [
        UUID(bytes=packed[start : start + _ID_BYTES]) for start in range(0, len(packed), _ID_BYTES)
    ]


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
