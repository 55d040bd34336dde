"""Buying: look for a thing; what nobody offers is kept, and sellers are asked on yes."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, ClassVar, Final

from typing_extensions import override

from sokoni.capabilities.marketplace.desk import start
from sokoni.capabilities.marketplace.flows.goods import check_goods
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.flows.sell import (
    basis_of,
    check_price,
    check_thing,
    check_whole,
)
from sokoni.capabilities.marketplace.models import Basis, BuyRequest
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.reading import (
    MarketPlaceReader,
    MostReader,
    TradedThingReader,
)
from sokoni.capabilities.marketplace.service.buy_requests import NewRequest
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.service.search import Wish
from sokoni.capabilities.marketplace.wording import (
    for_one,
    price_of,
    seller_of,
    what_of,
)
from sokoni.dialogue.flow import Outcome, Results, TurnContext, Window
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.kit.money import Money
from sokoni.language.readers.quantity import QuantityReader
from sokoni.language.reading import KnownPlace, Price, Quantity
from sokoni.messaging.prompts import Choice, Lines, Params, Prompt, Worded

_TOLD_IN_FULL: Final = 3
"""So few offers are told in the text: reply buttons have no room for a description."""


class BuyForm(Form):
    """Look for something that others sell."""

    thing: Annotated[str, TradedThingReader(), Slot(item=True)]
    quantity: Annotated[Quantity | None, QuantityReader()] = None
    place: Annotated[KnownPlace | None, MarketPlaceReader(), Slot(pin=True, common=True)] = None
    price: Annotated[Price | None, MostReader()] = None
    """The most that the buyer would pay for one."""
    search: Annotated[bool, Slot(early=False, editable=False)] = True
    """No: the buyer saw what is there, and wants something else."""
    without: Annotated[str, Slot(early=False, editable=False)] = ""
    """Reference of a listing whose seller said no, or nothing."""


class BuyFlow(AtOnceFlow):
    """Shows who sells it, or keeps the wish; nearest first, where the buyer's place is known."""

    name: ClassVar[str] = "marketplace.buy"
    form: ClassVar[type[BuyForm]] = BuyForm

    def __init__(self, context: TurnContext) -> None:
        super().__init__(context)
        self._place: KnownPlace | None = None

    @override
    async def check(self, slot: str, known: Known) -> None:
        if slot == "thing":
            check_thing(known["thing"], self.name)
            check_goods(known["thing"], self._desk)
        if slot in {"thing", "quantity"}:
            check_whole(known, self.name)
        elif slot == "price":
            check_price(known["price"], self.name)

    @override
    async def results(self, form: BuyForm, window: Window) -> Results | None:
        self._place = form.place or await self._desk.my_home()
        return self._found(form, await self._offers(form, window)) if form.search else None

    async def complete(self, form: BuyForm) -> Outcome:
        return Outcome(await self._keep(form), asks=True)

    async def _offers(self, form: BuyForm, window: Window) -> list[Offer]:
        most = _most(form)
        wish = Wish(
            tokens=meaning_of(form.thing).required,
            buyer_id=self._desk.me,
            place=self._place,
            max_each=most.amount if most else None,
            currency=most.currency if most else "",
            without=form.without,
        )
        limit = min(window.limit, self._desk.settings.results - window.offset)
        return await self._desk.search.offers(wish, limit=limit, offset=window.offset)

    def _found(self, form: BuyForm, offers: Sequence[Offer]) -> Results:
        sellers = [seller_of(self._desk.context.vault, offer) for offer in offers]
        others = start("buy", _known(form) | {"search": False})
        none = Choice("none", Worded("marketplace.choice.none_of_these"), command=others)
        choices = tuple(by_seller(sellers, offers))
        if len(offers) > _TOLD_IN_FULL:
            # Nobody knows who is near where the buyer's own place is not known.
            near = self._place is not None
            key = "marketplace.buy.found_many" if near else "marketplace.buy.found_anywhere"
            return Results(Prompt(key, {"thing": form.thing}, (none,)), choices)
        lines = tuple(
            Worded("marketplace.offer.line", {"seller": seller, **_words(offer)})
            for seller, offer in zip(sellers, offers, strict=True)
        )
        told: Params = {"thing": form.thing, "offers": Lines(lines)}
        return Results(Prompt("marketplace.buy.found", told, (none,)), choices)

    async def keep(self, form: BuyForm) -> BuyRequest:
        """Remember what the buyer looks for."""
        wanted = NewRequest(
            thing=form.thing,
            meaning=meaning_of(form.thing),
            quantity=form.quantity,
            max_each=_most(form),
            place=form.place or await self._desk.my_home(),
        )
        return await self._desk.requests.keep(
            self._desk.me, wanted, days=self._desk.settings.request_days
        )

    async def _keep(self, form: BuyForm) -> Prompt:
        request = await self.keep(form)
        known = {"request": request.reference}
        return Prompt(
            *_nobody(form),
            choices=(
                Choice("yes", command=start("alert", known)),
                Choice("no", command=start("keep", known)),
            ),
        )


def _nobody(form: BuyForm) -> tuple[str, Params]:
    """Return how to say that there is nothing, and no more than is true."""
    most = _most(form)
    if not form.search:
        return "marketplace.buy.none_suits", {"thing": form.thing}
    if most is None:
        return "marketplace.buy.none", {"thing": form.thing}
    amount = None if form.quantity is None else Decimal(str(form.quantity.amount))
    price = for_one(most, amount, form.quantity.unit if form.quantity else "")
    return "marketplace.buy.none_price", {"thing": form.thing, "price": price}


def _most(form: BuyForm) -> Money | None:
    """Return the most for one: "5 litres under $20" is 4 for one, as a seller would mean it."""
    if form.price is None:
        return None
    most = Money(Decimal(form.price.amount), form.price.currency)
    if form.quantity is None or basis_of(form.price, form.quantity, "") is Basis.EACH:
        return most
    return most.over(Decimal(str(form.quantity.amount)))


def by_seller(sellers: Sequence[str | Worded], offers: Sequence[Offer]) -> Iterator[Choice]:
    """Yield a choice for each offer, labelled by its seller; of two alike, by number as well."""
    identities = [_identity(seller) for seller in sellers]
    told, alone = len(offers) <= _TOLD_IN_FULL, len(offers) == 1
    seen = dict.fromkeys(identities, 0)
    for seller, identity, offer in zip(sellers, identities, offers, strict=True):
        label = seller
        seen[identity] += 1
        if identities.count(identity) > 1:
            label = Worded("marketplace.seller.nth", {"seller": seller, "nth": seen[identity]})
        description = "" if told else Worded("marketplace.offer.short", _words(offer))
        show = start("show_listing", {"listing": offer.reference})
        yield Choice(offer.reference, label, description, show, means="yes" if alone else "")


def _identity(seller: str | Worded) -> str:
    return seller.casefold() if isinstance(seller, str) else repr(seller)


def _words(offer: Offer) -> Params:
    return {"what": what_of(offer), "price": price_of(offer), "place": offer.place_name}


def _known(form: BuyForm) -> dict[str, object]:
    """Return what the buyer said, as the slots of another search."""
    return form.model_dump(exclude={"search"}, exclude_none=True, mode="json")
