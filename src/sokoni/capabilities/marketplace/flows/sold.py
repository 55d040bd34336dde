"""Marking a listing as sold, whole or in part."""

from decimal import Decimal
from typing import Annotated, ClassVar, Final

from typing_extensions import override

from sokoni.capabilities.marketplace.desk import start
from sokoni.capabilities.marketplace.flows.deal import who_bought
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow, DeskFlow
from sokoni.capabilities.marketplace.flows.meeting import let_go
from sokoni.capabilities.marketplace.flows.own import GONE, Next, own_offer, words_of
from sokoni.capabilities.marketplace.nouns import trade_nouns
from sokoni.capabilities.marketplace.reading import TradedThingReader
from sokoni.capabilities.marketplace.service.listings import ListingGoneError
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.wording import price_of, what_of
from sokoni.dialogue.flow import AnswerRefused, Outcome, Results, Window
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.language.readers.quantity import QuantityReader
from sokoni.language.readers.reference import ReferenceReader
from sokoni.language.reading import Quantity
from sokoni.messaging.prompts import Choice, Deny, Prompt, Worded


class SoldForm(Form):
    """Say that something one has listed is sold, or so much of it."""

    listing: Annotated[str, ReferenceReader()] = ""
    thing: Annotated[str, TradedThingReader()] = ""
    quantity: Annotated[Quantity | None, QuantityReader()] = None


class SoldFlow(AtOnceFlow):
    """Finds out which listing is meant; the next task marks it."""

    name: ClassVar[str] = "marketplace.sold"
    form: ClassVar[type[SoldForm]] = SoldForm

    @override
    async def results(self, form: SoldForm, window: Window) -> Results | None:
        return await _next(form).which(self._desk, form, window)

    async def complete(self, form: SoldForm) -> Outcome:
        return _next(form).begin(form)


def _next(form: SoldForm) -> Next:
    known = form.model_dump(include={"quantity"}, exclude_none=True, mode="json")
    return Next("sold_one", "marketplace.sold.which", known)


class SoldOneForm(Form):
    """Mark this listing as sold."""

    listing: Annotated[str, Slot(early=False, editable=False)]
    quantity: Annotated[Quantity | None, QuantityReader()] = None
    """None: all of it."""


class SoldOneFlow(DeskFlow):
    """Takes what is sold off a listing on yes; buyers who wait for it are told."""

    name: ClassVar[str] = "marketplace.sold_one"
    form: ClassVar[type[SoldOneForm]] = SoldOneForm

    @override
    async def check(self, slot: str, known: Known) -> None:
        offer = await own_offer(self._desk, known["listing"])
        if offer is not None and known.get("quantity") is not None:
            _part(offer, known["quantity"])

    async def summary(self, form: SoldOneForm) -> Prompt | None:
        offer = await own_offer(self._desk, form.listing)
        if offer is None:
            return None
        part = _part(offer, form.quantity)
        if part is None:
            return Prompt("marketplace.sold_one.summary", words_of(offer), _otherwise(offer))
        told = {"what": what_of(offer, part), "left": what_of(offer, offer.quantity - part)}
        return Prompt("marketplace.sold_one.summary.part", told)

    async def complete(self, form: SoldOneForm) -> Outcome:
        offer = await own_offer(self._desk, form.listing)
        if offer is None:
            return Outcome(GONE)
        part = _part(offer, form.quantity)
        try:
            await self._desk.listings.sell(self._desk.me, offer, part)
        except ListingGoneError:
            return Outcome(GONE)
        if part is None:
            await let_go(self._desk, offer)
        done = _done(offer, part)
        buyers = await who_bought(self._desk, offer)
        if not buyers:
            return Outcome(done)
        told = {"done": Worded(done.key, done.params)}
        return Outcome(Prompt("marketplace.sold_one.who", told, buyers))


class SoldPartForm(Form):
    """Say how much of a listing is sold."""

    listing: Annotated[str, Slot(early=False, editable=False)]
    quantity: Annotated[Quantity, QuantityReader()]


class SoldPartFlow(AtOnceFlow):
    """Asks how much is sold; the task before sums it up."""

    name: ClassVar[str] = "marketplace.sold_part"
    form: ClassVar[type[SoldPartForm]] = SoldPartForm

    async def complete(self, form: SoldPartForm) -> Outcome:
        return Outcome(then=start("sold_one", form.model_dump(mode="json")))


_NO: Final = Choice("no", command=Deny())


def _otherwise(offer: Offer) -> tuple[Choice, ...]:
    """Return what else may be answered: of several, that only a part is sold."""
    if offer.quantity == 1:
        return (_NO,)
    part = start("sold_part", {"listing": offer.reference})
    return (Choice("part", Worded("marketplace.choice.part"), command=part), _NO)


def _part(offer: Offer, sold: Quantity | None) -> Decimal | None:
    """Return how much of the listing was sold, None where that is all of it."""
    if sold is None:
        return None
    amount = Decimal(str(sold.amount))
    if offer.size and sold.unit == offer.size_unit != offer.unit:
        # "50 kg" of what is listed in bags of 50 kg is one bag.
        amount = amount / offer.size
    elif sold.unit and sold.unit != offer.unit:
        raise _refused(offer)
    if amount >= offer.quantity:
        return None
    if amount <= 0 or (amount != int(amount) and _whole(offer)):
        raise _refused(offer)
    return amount


def _whole(offer: Offer) -> bool:
    return not offer.unit and trade_nouns().counted_whole(offer.thing)


def _refused(offer: Offer) -> AnswerRefused:
    refusal = Prompt("marketplace.sold_one.quantity.refused", {"what": what_of(offer)})
    return AnswerRefused("quantity", refusal)


def _done(offer: Offer, part: Decimal | None) -> Prompt:
    """Say what is sold, and what is left."""
    if part is None:
        return Prompt("marketplace.sold_one.done", {"what": what_of(offer)})
    rest = offer.less(part)
    told = {"what": what_of(offer, part), "left": what_of(rest), "price": price_of(rest)}
    return Prompt("marketplace.sold_one.done.part", told)
