"""Changing the price of a listing."""

from typing import Annotated, ClassVar

from typing_extensions import override

from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow, DeskFlow
from sokoni.capabilities.marketplace.flows.own import GONE, Next, gone, own_offer
from sokoni.capabilities.marketplace.flows.sell import basis_of, check_price, other_reading
from sokoni.capabilities.marketplace.reading import TradedThingReader
from sokoni.capabilities.marketplace.service.listings import ListingGoneError
from sokoni.capabilities.marketplace.service.offers import NewListing, Offer
from sokoni.capabilities.marketplace.wording import each, total, what_of
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.language.readers.money import MoneyReader
from sokoni.language.readers.reference import ReferenceReader
from sokoni.language.reading import KnownPlace, Price, Quantity
from sokoni.messaging.prompts import Amount, Params, Prompt


class ChangePriceForm(Form):
    """Change the price of a listing."""

    listing: Annotated[str, ReferenceReader()] = ""
    price: Annotated[Price | None, MoneyReader(sole=True)] = None
    thing: Annotated[str, TradedThingReader(), Slot(item=True)] = ""


class ChangePriceFlow(AtOnceFlow):
    """Finds out which listing is meant; the next task changes its price."""

    name: ClassVar[str] = "marketplace.change_price"
    form: ClassVar[type[ChangePriceForm]] = ChangePriceForm

    @override
    async def results(self, form: ChangePriceForm, window: Window) -> Results | None:
        return await _next(form).which(self._desk, form, window)

    async def complete(self, form: ChangePriceForm) -> Outcome:
        return _next(form).begin(form)


def _next(form: ChangePriceForm) -> Next:
    known = form.model_dump(include={"price"}, exclude_none=True, mode="json")
    return Next("set_price", "marketplace.change_price.which", known)


class SetPriceForm(Form):
    """Set the price of this listing."""

    listing: Annotated[str, Slot(early=False, editable=False)]
    price: Annotated[Price, MoneyReader(sole=True)]
    basis: Annotated[str, Slot(early=False, editable=False)] = ""


class SetPriceFlow(DeskFlow):
    """Sets a new price on yes, each and total in view."""

    name: ClassVar[str] = "marketplace.set_price"
    form: ClassVar[type[SetPriceForm]] = SetPriceForm

    @override
    async def over(self, known: Known) -> Prompt | None:
        return await gone(self._desk, known)

    @override
    async def check(self, slot: str, known: Known) -> None:
        if slot == "price":
            check_price(known["price"], self.name)

    async def summary(self, form: SetPriceForm) -> Prompt | None:
        offer = await own_offer(self._desk, form.listing)
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
        offer = await own_offer(self._desk, form.listing)
        if offer is None:
            return Outcome(GONE)
        new = _repriced(offer, form, self._desk.context.merchant.country)
        try:
            await self._desk.listings.change_price(self._desk.me, offer, new.money, new.basis)
        except ListingGoneError:
            return Outcome(GONE)
        return Outcome(Prompt("marketplace.set_price.done", {"what": what_of(offer)}))


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
