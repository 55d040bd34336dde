"""Listings: seeing one, seeing one's own, withdrawing one, changing a price."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from typing_extensions import override

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.flows.sell import basis_of, check_price, other_reading
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.reading import ReferenceReader
from sokoni.capabilities.marketplace.service.listings import ListingGoneError
from sokoni.capabilities.marketplace.service.offers import NewListing, Offer
from sokoni.capabilities.marketplace.wording import (
    each,
    price_of,
    seller_of,
    total,
    what_of,
)
from sokoni.dialogue.flow import Outcome, SimpleFlow, TurnContext
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.language.readers.money import MoneyReader
from sokoni.language.readers.thing import ThingReader
from sokoni.language.reading import KnownPlace, Price, Quantity
from sokoni.messaging.prompts import Amount, Choice, Params, Prompt, Worded

GONE = Prompt("marketplace.listing.gone")


class ListingForm(Form):
    """Look at one listing."""

    listing: Annotated[str, ReferenceReader()]


class ShowListingFlow(SimpleFlow):
    """Shows a buyer the way to the seller, and the seller the ways to change the listing."""

    name: ClassVar[str] = "marketplace.show_listing"
    form: ClassVar[type[ListingForm]] = ListingForm

    def __init__(self, context: TurnContext) -> None:
        self._desk = Desk(context)

    async def summary(self, form: ListingForm) -> Prompt | None:  # noqa: ARG002
        return None

    async def complete(self, form: ListingForm) -> Outcome:
        offer = await self._desk.listings.find(form.listing)
        if offer is None:
            return Outcome(GONE)
        if offer.contact_id == self._desk.me:
            return Outcome(self._mine(offer))
        seller = seller_of(self._desk.context.vault, offer)
        contact = start("contact", {"listing": offer.reference})
        choice = Choice("contact", Worded("marketplace.choice.contact"), command=contact)
        told: Params = {"seller": seller, **_words(offer)}
        return Outcome(Prompt("marketplace.show_listing.theirs", told, (choice,)))

    def _mine(self, offer: Offer) -> Prompt:
        known = {"listing": offer.reference}
        return Prompt(
            "marketplace.show_listing.mine",
            _words(offer),
            choices=(
                Choice(
                    "price", Worded("marketplace.choice.price"), command=start("set_price", known)
                ),
                Choice(
                    "withdraw",
                    Worded("marketplace.choice.withdraw"),
                    command=start("withdraw_one", known),
                ),
            ),
        )


class MineForm(Form):
    """See what one has listed."""


class MyListingsFlow(SimpleFlow):
    """Shows what the contact has up."""

    name: ClassVar[str] = "marketplace.my_listings"
    form: ClassVar[type[MineForm]] = MineForm

    def __init__(self, context: TurnContext) -> None:
        self._desk = Desk(context)

    async def summary(self, form: MineForm) -> Prompt | None:  # noqa: ARG002
        return None

    async def complete(self, form: MineForm) -> Outcome:  # noqa: ARG002
        offers = await self._desk.listings.of(self._desk.me)
        if not offers:
            return Outcome(_nothing())
        return Outcome(_which("marketplace.my_listings.shown", offers, "show_listing", {}))


class WithdrawForm(Form):
    """Take a listing down."""

    listing: Annotated[str, ReferenceReader()] = ""
    thing: Annotated[str, ThingReader()] = ""


class WithdrawFlow(SimpleFlow):
    """Finds out which listing is meant; the next task takes it down."""

    name: ClassVar[str] = "marketplace.withdraw"
    form: ClassVar[type[WithdrawForm]] = WithdrawForm

    def __init__(self, context: TurnContext) -> None:
        self._desk = Desk(context)

    async def summary(self, form: WithdrawForm) -> Prompt | None:  # noqa: ARG002
        return None

    async def complete(self, form: WithdrawForm) -> Outcome:
        return await _choose(self._desk, form, "withdraw", "withdraw_one", {})


class OneForm(Form):
    """Take down this listing."""

    listing: Annotated[str, Slot(early=False, editable=False)]


class WithdrawOneFlow(SimpleFlow):
    """Takes a listing down on yes."""

    name: ClassVar[str] = "marketplace.withdraw_one"
    form: ClassVar[type[OneForm]] = OneForm

    def __init__(self, context: TurnContext) -> None:
        self._desk = Desk(context)

    async def summary(self, form: OneForm) -> Prompt | None:
        offer = await _own(self._desk, form.listing)
        return None if offer is None else Prompt("marketplace.withdraw.summary", _words(offer))

    async def complete(self, form: OneForm) -> Outcome:
        offer = await _own(self._desk, form.listing)
        if offer is None:
            return Outcome(GONE)
        try:
            await self._desk.listings.withdraw(self._desk.me, offer)
        except ListingGoneError:
            return Outcome(GONE)
        return Outcome(Prompt("marketplace.withdraw.done", {"what": what_of(offer)}))


class ChangePriceForm(Form):
    """Change the price of a listing."""

    listing: Annotated[str, ReferenceReader()] = ""
    price: Annotated[Price | None, MoneyReader()] = None
    thing: Annotated[str, ThingReader()] = ""


class ChangePriceFlow(SimpleFlow):
    """Finds out which listing is meant; the next task changes its price."""

    name: ClassVar[str] = "marketplace.change_price"
    form: ClassVar[type[ChangePriceForm]] = ChangePriceForm

    def __init__(self, context: TurnContext) -> None:
        self._desk = Desk(context)

    async def summary(self, form: ChangePriceForm) -> Prompt | None:  # noqa: ARG002
        return None

    async def complete(self, form: ChangePriceForm) -> Outcome:
        known = form.model_dump(include={"price"}, exclude_none=True, mode="json")
        return await _choose(self._desk, form, "change_price", "set_price", known)


class SetPriceForm(Form):
    """Set the price of this listing."""

    listing: Annotated[str, Slot(early=False, editable=False)]
    price: Annotated[Price, MoneyReader()]
    basis: Annotated[str, Slot(early=False, editable=False)] = ""


class SetPriceFlow(SimpleFlow):
    """Sets a new price on yes, each and total in view."""

    name: ClassVar[str] = "marketplace.set_price"
    form: ClassVar[type[SetPriceForm]] = SetPriceForm

    def __init__(self, context: TurnContext) -> None:
        self._desk = Desk(context)

    @override
    async def check(self, slot: str, known: Known) -> None:
        if slot == "price":
            check_price(known["price"], self.name)

    async def summary(self, form: SetPriceForm) -> Prompt | None:
        offer = await _own(self._desk, form.listing)
        if offer is None:
            return None
        new = _repriced(offer, form, self._desk.context.merchant.country)
        words: Params = {"what": what_of(offer)}
        if offer.quantity == 1:
            price = {"price": Amount.of(new.total)}
            return Prompt("marketplace.set_price.summary.one", {**words, **price})
        prices = {"each": each(new.each, offer.unit), "total": total(new.total)}
        return Prompt(
            "marketplace.set_price.summary", {**words, **prices}, other_reading(form.price, new)
        )

    async def complete(self, form: SetPriceForm) -> Outcome:
        offer = await _own(self._desk, form.listing)
        if offer is None:
            return Outcome(GONE)
        new = _repriced(offer, form, self._desk.context.merchant.country)
        try:
            await self._desk.listings.change_price(self._desk.me, offer, new.money, new.basis)
        except ListingGoneError:
            return Outcome(GONE)
        return Outcome(Prompt("marketplace.set_price.done", {"what": what_of(offer)}))


async def _choose(
    desk: Desk,
    form: WithdrawForm | ChangePriceForm,
    asking: str,
    task: str,
    known: Mapping[str, object],
) -> Outcome:
    """Go on with the one listing that is meant, or ask which."""
    if form.listing:
        return Outcome(then=start(task, {**known, "listing": form.listing}))
    offers = _meant(await desk.listings.of(desk.me), form.thing)
    if not offers:
        return Outcome(_nothing())
    if len(offers) == 1:
        return Outcome(then=start(task, {**known, "listing": offers[0].reference}))
    return Outcome(_which(f"marketplace.{asking}.which", offers, task, known))


def _meant(offers: list[Offer], thing: str) -> list[Offer]:
    """Return the offers of the thing named, or all where none is."""
    wanted = set(meaning_of(thing).required) if thing else set()
    return [offer for offer in offers if wanted <= set(meaning_of(offer.thing).tokens)] or offers


def _which(key: str, offers: list[Offer], task: str, known: Mapping[str, object]) -> Prompt:
    choices = tuple(
        Choice(
            offer.reference,
            what_of(offer),
            Worded(
                "marketplace.offer.own", {"price": price_of(offer), "reference": offer.reference}
            ),
            start(task, {**known, "listing": offer.reference}),
        )
        for offer in offers
    )
    return Prompt(key, {}, choices)


def _nothing() -> Prompt:
    sell = Choice("sell", Worded("menu.marketplace.sell"), command=start("sell"))
    return Prompt("marketplace.my_listings.none", {}, (sell,))


async def _own(desk: Desk, reference: str) -> Offer | None:
    offer = await desk.listings.find(reference)
    return offer if offer is not None and offer.contact_id == desk.me else None


def _repriced(offer: Offer, form: SetPriceForm, country: str) -> NewListing:
    quantity = Quantity(float(offer.quantity), offer.unit)
    place = KnownPlace(
        offer.place_id,
        offer.place_name,
        offer.place_name,
        country,
        offer.latitude,
        offer.longitude,
    )
    return NewListing(
        thing=offer.thing,
        quantity=quantity,
        price=form.price,
        basis=basis_of(form.price, quantity, form.basis),
        place=place,
    )


def _words(offer: Offer) -> Params:
    return {
        "what": what_of(offer),
        "price": price_of(offer),
        "place": offer.place_name,
        "reference": offer.reference,
    }
