"""Selling: thing, quantity, price and place, summed up with each and total, listed on yes."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, ClassVar, Final

import msgspec
from typing_extensions import override

from sokoni.capabilities.marketplace.desk import start
from sokoni.capabilities.marketplace.flows.goods import check_goods
from sokoni.capabilities.marketplace.flows.kinds import DeskFlow
from sokoni.capabilities.marketplace.flows.matched import OFFERED, match_told
from sokoni.capabilities.marketplace.models import Basis
from sokoni.capabilities.marketplace.nouns import meaning_of, trade_nouns
from sokoni.capabilities.marketplace.reading import (
    MarketPlaceReader,
    OfferedQuantityReader,
    TradedThingReader,
)
from sokoni.capabilities.marketplace.service.buy_requests import Waiting
from sokoni.capabilities.marketplace.service.listings import Listed
from sokoni.capabilities.marketplace.service.offers import NewListing
from sokoni.capabilities.marketplace.wording import each, total, unnamed_seller, what_of
from sokoni.dialogue.flow import AnswerRefused, Outcome
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.language.readers.money import MoneyReader
from sokoni.language.readers.units import MEASURES
from sokoni.language.reading import KnownPlace, Price, Quantity
from sokoni.media.kinds import FileKind
from sokoni.media.references import FileRef
from sokoni.messaging.events import Timer
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Amount, Choice, Params, Prompt, SetSlots, Worded

_LONGEST_THING: Final = 80
_MOST: Final = Decimal(1_000_000)
_DEAREST: Final = Decimal(1_000_000_000)
_MATCH_HOURS: Final = 72


class SellForm(Form):
    """Offer something for sale."""

    thing: Annotated[str, TradedThingReader(), Slot(item=True)]
    quantity: Annotated[Quantity, OfferedQuantityReader()]
    price: Annotated[Price, MoneyReader()]
    place: Annotated[KnownPlace, MarketPlaceReader(), Slot(pin=True, common=True)]
    basis: Annotated[str, Slot(early=False, editable=False)] = ""
    """How the price is to be read, where the contact chose it at the summary."""
    request: Annotated[str, Slot(early=False, editable=False)] = ""
    """Reference of the buyer's request that it answers, where the contact was told of one."""
    photo: Annotated[FileRef | None, Slot(file=FileKind.IMAGE, editable=False)] = None
    """Taken where it is sent; nobody is asked for it."""


class SellFlow(DeskFlow):
    """Lists a thing, and has those told who wait for it."""

    name: ClassVar[str] = "marketplace.sell"
    form: ClassVar[type[SellForm]] = SellForm

    @override
    async def prefill(self) -> Known:
        home = await self._desk.my_home()
        return {} if home is None else {"place": home}

    @override
    async def check(self, slot: str, known: Known) -> None:
        if slot == "thing":
            check_thing(known["thing"], self.name)
            check_goods(known["thing"], self._desk)
        if slot in {"thing", "quantity"}:
            _check_quantity(known.get("quantity"))
            check_whole(known, self.name)
        elif slot == "price":
            check_price(known["price"], self.name)

    async def summary(self, form: SellForm) -> Prompt:
        new = _read(form)
        words: Params = {"what": what_of(new), "place": form.place.name}
        if new.amount == 1:
            price = {"price": Amount.of(new.total)}
            return Prompt("marketplace.sell.summary.one", {**words, **price})
        prices = {"each": each(new.each, form.quantity.unit), "total": total(new.total)}
        return Prompt(
            "marketplace.sell.summary", {**words, **prices}, other_reading(form.price, new)
        )

    async def complete(self, form: SellForm) -> Outcome:
        listed = await self.put_up(form)
        done: Params = {"what": what_of(_read(form)), "reference": listed.reference}
        nameless = not self._desk.context.person.name_given and not self._desk.context.renamed_to
        key = await self._came_of(form)
        return Outcome(Prompt(key, done), then=start("name") if nameless else None)

    async def _came_of(self, form: SellForm) -> str:
        """Return how to say that it is listed; who was told of a request hears more."""
        if not form.request:
            plain = form.photo is None
            return "marketplace.sell.done" if plain else "marketplace.sell.done_photo"
        request = await self._desk.requests.find(form.request)
        if request is None:
            return "marketplace.sell.done.late"
        suits = Waiting.of(request).affordable(_read(form).each)
        return "marketplace.sell.done.offered" if suits else "marketplace.sell.done.dear"

    async def put_up(self, form: SellForm) -> Listed:
        """List it, and have those told who wait for it."""
        new = _read(form)
        # Once more: what is taken may have changed since it was named.
        check_goods(new.thing, self._desk)
        meaning = meaning_of(new.thing)
        seller = await self._desk.sellers.enrol(self._desk.me, form.place)
        listed = await self._desk.listings.create(
            seller,
            new,
            meaning,
            prefix=self._desk.reference_prefix,
            days=self._desk.settings.listing_days,
            ask_days=self._desk.settings.renew_days,
        )
        if form.photo is not None:
            await self._desk.photos.put_up_new(listed.id, form.photo)
        await self._desk.sellers.deals_in(seller.id, meaning.trades)
        await self._tell_who_waits(form, new, meaning.tokens, listed)
        return listed

    async def _tell_who_waits(
        self, form: SellForm, new: NewListing, tokens: Sequence[str], listed: Listed
    ) -> None:
        settings = self._desk.settings
        waiting = await self._desk.requests.waiting_for(
            self._desk.me, tokens, limit=settings.match_cap
        )
        fitting = [request for request in waiting if request.fits(new, settings.reach_km)]
        fitting += await self._answered(form, new)
        for request in {one.reference: one for one in fitting}.values():
            self._tell(request, new, listed)

    async def _answered(self, form: SellForm, new: NewListing) -> list[Waiting]:
        """Return the request that this answers: whoever was told of it is near enough."""
        request = await self._desk.requests.find(form.request) if form.request else None
        if request is None or request.contact_id == self._desk.me:
            return []
        wanted = Waiting.of(request)
        return [wanted] if wanted.affordable(new.each) else []

    def _tell(self, request: Waiting, new: NewListing, listed: Listed) -> None:
        """Tell a buyer, in whose turn the offer is noted and held against the others."""
        data = {"request": request.reference, "listing": listed.reference}
        self._desk.tell(
            request.contact_id,
            self._match(new, listed, request),
            # Once for each listing, also to a buyer with several wishes that it fulfils.
            once=f"match:{listed.id.hex}",
            purpose=Purpose.NOTICE,
            hours=_MATCH_HOURS,
            instead=Timer(name=OFFERED, data=data),
        )

    def _match(self, new: NewListing, listed: Listed, request: Waiting) -> Prompt:
        words: Params = {
            "wanted": request.thing,
            "seller": self._desk.my_name or unnamed_seller(new.place.name),
            "what": what_of(new),
            "place": new.place.name,
            "price": _as_meant(new),
        }
        return match_told(words, listed.reference, request.reference)


def basis_of(price: Price, quantity: Quantity, chosen: str) -> Basis:
    """Return how a price is meant: as said, as chosen, else as is usual.

    "10 goats at $20" is for each, "5 litres $18" for all of it: nobody prices by the litre
    without saying so.
    """
    if price.basis or chosen:
        return Basis(price.basis or chosen)
    measured = quantity.unit in MEASURES and not price.unit
    return Basis.TOTAL if measured else Basis.EACH


def other_reading(price: Price, new: NewListing) -> tuple[Choice, ...]:
    """Return the choice that reads the price the other way, where the contact left it open."""
    if price.basis or price.unit or new.amount == 1:
        return ()
    other = Basis.EACH if new.basis is Basis.TOTAL else Basis.TOTAL
    label = total(new.money) if other is Basis.TOTAL else each(new.money, new.quantity.unit)
    return (Choice(other, label, command=SetSlots({"basis": msgspec.Raw(f'"{other}"'.encode())})),)


def check_thing(thing: str, task: str) -> None:
    """Refuse what names nothing, or writes a novel."""
    if len(thing) > _LONGEST_THING or not any(letter.isalpha() for letter in thing):
        raise AnswerRefused("thing", Prompt(f"{task}.thing.refused"))


def check_price(price: Price, task: str) -> None:
    """Refuse nothing, and more than anybody has."""
    if not 0 < Decimal(price.amount) <= _DEAREST:
        raise AnswerRefused("price", Prompt(f"{task}.price.refused"))


def check_whole(known: Known, task: str) -> None:
    """Refuse a part of what is sold by the piece; half a bag and half a litre are fine."""
    quantity, thing = known.get("quantity"), known.get("thing")
    if not isinstance(quantity, Quantity) or not isinstance(thing, str):
        return
    in_pieces = not quantity.unit and quantity.size is None
    if (
        in_pieces
        and quantity.amount != int(quantity.amount)
        and trade_nouns().counted_whole(thing)
    ):
        raise AnswerRefused("quantity", Prompt(f"{task}.quantity.whole", {"thing": thing}))


def _check_quantity(quantity: Quantity | None) -> None:
    if quantity is not None and not 0 < Decimal(str(quantity.amount)) <= _MOST:
        raise AnswerRefused("quantity", Prompt("marketplace.sell.quantity.refused"))


def _read(form: SellForm) -> NewListing:
    basis = basis_of(form.price, form.quantity, form.basis)
    return NewListing(
        thing=form.thing, quantity=form.quantity, price=form.price, basis=basis, place=form.place
    )


def _as_meant(new: NewListing) -> Worded:
    if new.amount == 1:
        return Worded("marketplace.price.one", {"price": Amount.of(new.total)})
    if new.basis is Basis.TOTAL:
        return total(new.total)
    return each(new.each, new.quantity.unit)
