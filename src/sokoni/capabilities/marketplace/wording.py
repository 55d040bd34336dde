"""Amounts, prices and people as wording inside wording: keys and values, never sentences."""

from decimal import Decimal

from sokoni.capabilities.marketplace.models import Basis, BuyRequest
from sokoni.capabilities.marketplace.service.offers import NewListing, Offer
from sokoni.contacts.directory import opened_name
from sokoni.db.vault import Vault
from sokoni.kit.money import Money
from sokoni.messaging.prompts import Amount, Number, Params, Worded


def what_of(listing: NewListing | Offer, part: Decimal | None = None) -> Worded:
    """Return what is offered, or so much of it: "10 goats", "3 bags of maize (50 kg)"."""
    if isinstance(listing, Offer):
        amount = listing.quantity if part is None else part
        return _what(listing.thing, amount, listing.unit, listing.size, listing.size_unit)
    said = listing.quantity
    size = None if said.size is None else Decimal(str(said.size))
    return _what(listing.thing, listing.amount, said.unit, size, said.size_unit)


def wish_of(request: BuyRequest) -> str | Worded:
    """Return what a buyer looks for: "3 bags of maize for $10.00 per bag or less"."""
    what: str | Worded = request.thing
    if request.quantity is not None:
        what = _what(request.thing, request.quantity, request.unit, None, "")
    if request.max_price is None:
        return what
    most = for_one(Money(request.max_price, request.currency), request.quantity, request.unit)
    return Worded("marketplace.wish.most", {"what": what, "price": most})


def for_one(most: Money, amount: Decimal | None, unit: str) -> Amount | Worded:
    """Return the most that one would pay: for each, where several are looked for."""
    return Amount.of(most) if amount in {None, 1} else each(most, unit)


def price_of(offer: Offer) -> Worded:
    """Return the price as it was meant: each, per unit or for all."""
    if offer.quantity == 1:
        return Worded("marketplace.price.one", {"price": Amount.of(offer.total)})
    if offer.basis == Basis.TOTAL:
        return total(offer.total)
    return each(offer.each, offer.unit)


def each(price: Money, unit: str) -> Worded:
    if not unit:
        return Worded("marketplace.price.each", {"price": Amount.of(price)})
    words: Params = {"price": Amount.of(price), "unit": unit_word(unit, Decimal(1))}
    return Worded("marketplace.price.per", words)


def total(price: Money) -> Worded:
    return Worded("marketplace.price.total", {"price": Amount.of(price)})


def unit_word(unit: str, amount: Decimal) -> Worded:
    """Return the unit's name; anything but one is many."""
    return Worded(f"unit.{unit}", {"count": Number(amount)})


def seller_of(vault: Vault, offer: Offer) -> str | Worded:
    name = opened_name(vault, offer.contact_id, offer.sealed_name)
    return name or unnamed_seller(offer.place_name)


def seller_named(name: str) -> str | Worded:
    return name or Worded("marketplace.seller.nameless")


def buyer_named(name: str) -> str | Worded:
    return name or Worded("marketplace.buyer.unnamed")


def unnamed_seller(place: str) -> Worded:
    return Worded("marketplace.seller.unnamed", {"place": place})


def _what(thing: str, amount: Decimal, unit: str, size: Decimal | None, size_unit: str) -> Worded:
    words: Params = {"amount": Number(amount), "thing": thing}
    if not unit and size is None:
        return Worded("marketplace.amount.pieces", words)
    if size is None:
        return Worded("marketplace.amount.unit", {**words, "unit": unit_word(unit, amount)})
    sized: Params = {**words, "size": Number(size), "size_unit": unit_word(size_unit, size)}
    if not unit:
        return Worded("marketplace.amount.sized", sized)
    return Worded("marketplace.amount.unit_sized", {**sized, "unit": unit_word(unit, amount)})
