"""An offer: a listing as it is shown, with the name of who sells it still sealed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, cast

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import InstrumentedAttribute

from sokoni.capabilities.marketplace.models import Basis, Listing, ListingId
from sokoni.contacts.models import Contact
from sokoni.kit.ids import ContactId
from sokoni.kit.money import Money
from sokoni.language.reading import KnownPlace, Price, Quantity


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


_COLUMNS: Final[tuple[InstrumentedAttribute[Any], ...]] = (
    Listing.id,
    Listing.contact_id,
    Listing.reference,
    Listing.thing,
    Listing.quantity,
    Listing.unit,
    Listing.size,
    Listing.size_unit,
    Listing.price,
    Listing.currency,
    Listing.basis,
    Listing.price_each,
    Listing.place_id,
    Listing.place_name,
    Listing.latitude,
    Listing.longitude,
    Listing.state,
    Listing.version,
    Listing.created_at,
    Listing.expires_at,
    Contact.name,
)


def select_offers() -> Select[*tuple[Any, ...]]:
    """Select what an `Offer` holds. The caller adds the merchant and everything else."""
    return select(*_COLUMNS).join(Contact, Contact.id == Listing.contact_id)


def offers_of(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Offer]:
    return [Offer(*cast("Iterable[Any]", row)) for row in rows]
