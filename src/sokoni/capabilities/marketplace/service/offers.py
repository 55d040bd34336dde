"""An offer: a listing as it is shown, with the name of who sells it still sealed."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Select, Table, Uuid, bindparam, select, true

from sokoni.capabilities.marketplace.models import (
    Basis,
    Listing,
    ListingId,
    ListingState,
)
from sokoni.contacts.models import Contact
from sokoni.db.base import UtcDateTime
from sokoni.db.prepared import Row
from sokoni.kit.ids import ContactId
from sokoni.kit.money import Money
from sokoni.language.reading import KnownPlace, Price, Quantity
from sokoni.media.models import MediaId


@dataclass(frozen=True, slots=True, kw_only=True)
class NewListing:
    """What a seller wants to list, everything read and settled."""

    thing: str
    quantity: Quantity
    price: Price
    basis: Basis
    place: KnownPlace

    @property
    def amount(self) -> Decimal:
        return Decimal(str(self.quantity.amount))

    @property
    def money(self) -> Money:
        return Money(Decimal(self.price.amount), self.price.currency)

    @property
    def each(self) -> Money:
        return self.money if self.basis is Basis.EACH else self.money.over(self.amount)

    @property
    def total(self) -> Money:
        return self.money if self.basis is Basis.TOTAL else self.money.times(self.amount)


@dataclass(frozen=True, slots=True)
class Offer:
    """One listing, read without loading more than is shown."""

    id: ListingId
    contact_id: ContactId
    reference: str
    thing: str
    quantity: Decimal
    unit: str
    size: Decimal | None
    size_unit: str
    price: Decimal
    currency: str
    basis: str
    price_each: Decimal
    place_id: str
    place_name: str
    latitude: float
    longitude: float
    photo_id: MediaId | None
    state: str
    version: int
    created_at: datetime
    expires_at: datetime
    sealed_name: bytes | None
    """The seller's name; `contacts.directory.opened_name` opens it."""

    @property
    def each(self) -> Money:
        return Money(self.price_each, self.currency)

    @property
    def total(self) -> Money:
        stated = Money(self.price, self.currency)
        return stated if self.basis == Basis.TOTAL else stated.times(self.quantity)

    def less(self, part: Decimal) -> "Offer":
        """Return what is left when a part is sold, for the same price each."""
        left = self.quantity - part
        price = self.each.times(left).amount if self.basis == Basis.TOTAL else self.price
        return replace(self, quantity=left, price=price)


_LISTED: Final = tuple(field.name for field in fields(Offer) if field.name != "sealed_name")
LISTINGS: Final = cast("Table", Listing.__table__)
CONTACTS: Final = cast("Table", Contact.__table__)
_COLUMNS: Final = (*(LISTINGS.c[name] for name in _LISTED), CONTACTS.c.name)

# Statements are built once: on a busy market, putting them together costs more than running them.
OPEN: Final[tuple[ColumnElement[bool], ...]] = (
    LISTINGS.c.merchant_id == bindparam("merchant", type_=Uuid()),
    LISTINGS.c.state == ListingState.OPEN,
    LISTINGS.c.expires_at > bindparam("now", type_=UtcDateTime()),
)
"""Scope of every query for offers: this merchant's listings that can still be had."""
STILL_OPEN: Final[tuple[ColumnElement[bool], ...]] = tuple(one.is_(true()) for one in OPEN)
"""`OPEN` where rows are read by their ids, worded so that no other index looks as good.

While tables are small PostgreSQL takes an index on the merchant for a short way, and keeps that
plan when the market has grown.
"""
REACHABLE: Final[tuple[ColumnElement[bool], ...]] = (
    CONTACTS.c.opted_out_at.is_(None),
    CONTACTS.c.blocked_at.is_(None),
)
"""People who can be told something."""


def select_offers() -> Select[*tuple[Any, ...]]:
    """Select what an `Offer` holds. The caller adds `OPEN`, and binds its merchant and now."""
    return (
        select(*_COLUMNS)
        .join_from(LISTINGS, CONTACTS, CONTACTS.c.id == LISTINGS.c.contact_id)
        .where(CONTACTS.c.blocked_at.is_(None))
    )


def offers_of(rows: Sequence[Row]) -> list[Offer]:
    return [Offer(*row) for row in rows]
