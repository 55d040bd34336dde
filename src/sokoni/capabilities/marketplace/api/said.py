"""What programs may say of a listing or a wish: the slots of the chat's forms, places by name."""

from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import Path
from pydantic import AfterValidator, BaseModel, Field

from sokoni.capabilities.marketplace.api import examples
from sokoni.capabilities.marketplace.models import Basis
from sokoni.kit.money import CURRENCIES
from sokoni.language.lexicon import keyed
from sokoni.language.reading import Price, Quantity
from sokoni.web.behalf import Change
from sokoni.web.fields import Contact, Line, PlaceName
from sokoni.web.places import place_named

_UNITS: Final = frozenset(unit for _, unit, _ in keyed("units"))


def _unit(said: str) -> str:
    if said not in _UNITS:
        raise ValueError("no unit that we know")
    return said


Unit = Annotated[
    str,
    AfterValidator(_unit),
    Field(
        description='Our own id of a unit; "" for pieces',
        json_schema_extra={"enum": sorted(_UNITS)},
    ),
]


def _currency(said: str) -> str:
    if said and said not in CURRENCIES:
        raise ValueError("no currency that people pay with")
    return said


Currency = Annotated[
    str,
    AfterValidator(_currency),
    Field(
        description="ISO 4217; the merchant's where it is empty",
        json_schema_extra={"enum": ["", *sorted(CURRENCIES)]},
    ),
]
Reference = Annotated[
    str,
    Path(pattern=r"^[A-Za-z0-9-]+$", max_length=24, description="What people quote: LST-7K3M2Q"),
]
Thing = Annotated[Line, Field(min_length=1, max_length=80, examples=["goats"])]
Amount = Annotated[Decimal, Field(gt=0, le=1_000_000, max_digits=10, decimal_places=3)]


class QuantitySaid(BaseModel, frozen=True, extra="forbid"):
    """How many, of which unit: 3 bags of 50 kg are amount 3, unit bag, size 50, size unit kg."""

    amount: Amount
    unit: Unit = ""
    size: Amount | None = None
    size_unit: Unit = ""

    def value(self) -> Quantity:
        """Return it as a reader would."""
        size = None if self.size is None else float(self.size)
        return Quantity(float(self.amount), self.unit, size, self.size_unit)


class PriceSaid(BaseModel, frozen=True, extra="forbid"):
    """An amount, for one or for all of it."""

    amount: Annotated[
        Decimal, Field(gt=0, le=1_000_000_000, max_digits=13, decimal_places=3, examples=["20.00"])
    ]
    currency: Currency = ""
    basis: Basis | None = None
    """What it is for; null: as is usual for such a thing."""

    def value(self, currency: str) -> Price:
        """Return it as a reader would; `currency` is the merchant's."""
        return Price(f"{self.amount:f}", self.currency or currency, self.basis or "")


class ListingSaid(BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.LISTING_SAID):
    """A listing that is put up for a contact."""

    contact: Contact
    thing: Thing
    quantity: QuantitySaid
    price: PriceSaid
    place: PlaceName = ""
    """Empty: where the seller lives, who has to be one already."""
    request: str = Field("", max_length=24)
    """Reference of the buy request that it answers, if any: its buyer is told, however far."""

    def known(self, change: Change) -> dict[str, Any]:
        """Return the slots of `SellForm`."""
        currency = change.principal.merchant.currency
        said = {
            "thing": self.thing,
            "quantity": self.quantity.value(),
            "price": self.price.value(currency),
            "request": self.request,
        }
        return said | _somewhere(change, self.place)


class ListingChange(
    BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.LISTING_CHANGE
):
    """What becomes different of a listing; what is left out stays."""

    quantity: Amount | None = None
    """In the listing's own unit."""
    price: PriceSaid | None = None


class WishSaid(BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.WISH_SAID):
    """Something that a contact looks for."""

    contact: Contact
    thing: Thing
    quantity: QuantitySaid | None = None
    price: PriceSaid | None = None
    """The most that the buyer would pay."""
    place: PlaceName = ""
    ask_sellers: bool = False
    """Have sellers asked who may have it; the buyer wants that."""

    def known(self, change: Change) -> dict[str, Any]:
        """Return the slots of `BuyForm`."""
        currency = change.principal.merchant.currency
        said: dict[str, Any] = {"thing": self.thing, "search": False}
        if self.quantity is not None:
            said["quantity"] = self.quantity.value()
        if self.price is not None:
            said["price"] = self.price.value(currency)
        return said | _somewhere(change, self.place)


class SellerChange(
    BaseModel, frozen=True, extra="forbid", json_schema_extra=examples.SELLER_CHANGE
):
    """What becomes different of a seller."""

    place: Annotated[PlaceName, Field(min_length=1)]
    """Where they sell from now on; what is listed stays where it is."""


def _somewhere(change: Change, name: str) -> dict[str, Any]:
    if not name:
        return {}
    return {"place": place_named(change.principal, change.parts, name)}
