"""Checkout: asks only what has more than one answer, sums up, and places the order on yes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, ClassVar, Final

from typing_extensions import override

from sokoni.capabilities.store.charging import (
    asked,
    gateways_of,
    is_by_hand,
    ways_to_pay,
)
from sokoni.capabilities.store.desk import start
from sokoni.capabilities.store.flows.kinds import AtOnceFlow, DeskFlow
from sokoni.capabilities.store.reading import NOT_OFFERED, PAY, WAY, SpotReader, WayReader
from sokoni.capabilities.store.service.carted import Finding
from sokoni.capabilities.store.service.checkout import (
    CartEmptyError,
    NotDeliveredError,
    Quote,
    Wish,
)
from sokoni.capabilities.store.service.coupons import CouponRefusedError
from sokoni.capabilities.store.service.placing import (
    CartChangedError,
    NewOrder,
    TotalChangedError,
)
from sokoni.capabilities.store.service.shipping import Destination
from sokoni.capabilities.store.settings import LONGEST_NOTE, DeliveryOption
from sokoni.capabilities.store.summary import (
    gateway_named,
    how_it_comes,
    is_awaited,
    option_named,
    placed,
    summed_up,
)
from sokoni.capabilities.store.telling import placed_alert
from sokoni.capabilities.store.wording import EMPTY, finding_told, saying, still_open
from sokoni.dialogue.flow import AnswerRefused, Outcome, TurnContext
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.dialogue.questions import CHANGE
from sokoni.language.readers.term import TermReader
from sokoni.language.readers.text import TextReader
from sokoni.language.reading import Spot
from sokoni.messaging.prompts import Choice, Param, Prompt, Worded

_NOWHERE: Final = Spot("")
AGREED: Final = "agreed"


class CheckoutForm(Form):
    """Order what is in the cart."""

    way: Annotated[str, WayReader(), Slot(editable=False)] = ""
    address: Annotated[Spot, SpotReader(), Slot(editable=False)] = _NOWHERE


class CheckoutFlow(AtOnceFlow):
    """Sees whether there is anything to order, and puts right what is no longer as it was."""

    name: ClassVar[str] = "store.checkout"
    form: ClassVar[type[CheckoutForm]] = CheckoutForm

    async def complete(self, form: CheckoutForm) -> Outcome:
        desk = self._desk
        found = await desk.carts.mend(desk.me)
        told: list[Param] = [finding_told(desk, one) for one in found]
        lines = (await desk.carts.show(desk.me)).lines
        left = desk.left_open({one.product.id for one in lines})
        if left:
            told.append(still_open(left))
        if not lines:
            last = None if told else await desk.orders.last(desk.me)
            if last is not None and is_awaited(last):
                # Who says "pay" after the order means the order.
                return Outcome(then=start("pay", {"order": last.reference}))
            return Outcome(saying(*told, Worded(EMPTY.key), choices=EMPTY.choices))
        known = form.model_dump(exclude_defaults=True, mode="json")
        return Outcome(saying(*told) if told else None, then=start("place", known))


class PlaceForm(Form):
    """Say where the order goes, and have it sent."""

    way: Annotated[str, TermReader(WAY), Slot(needed=True)] = ""
    """Delivered or collected: the id of a delivery option."""
    address: Annotated[
        Spot, SpotReader(), Slot(pin=True, spot=True, needed=True, unless_done=True)
    ] = _NOWHERE
    gateway: Annotated[str, TermReader(PAY), Slot(needed=True, early=False)] = ""
    note: Annotated[str, TextReader(longest=LONGEST_NOTE), Slot(early=False)] = ""
    agreed: Annotated[Decimal | None, Slot(early=False, editable=False)] = None
    """The total that the contact said yes to: of another they are told."""


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A quote, or why there is none."""

    quote: Quote | None
    nowhere: bool = False


class PlaceFlow(DeskFlow):
    """Places the order and asks for the money."""

    name: ClassVar[str] = "store.place"
    form: ClassVar[type[PlaceForm]] = PlaceForm

    def __init__(self, context: TurnContext) -> None:
        super().__init__(context)
        self._found: list[Finding] = []

    @override
    async def prefill(self) -> Known:
        last = await self._desk.customers.last_time(self._desk.me)
        known: dict[str, object] = {
            "note": await self._desk.notes.of(self._desk.me),
            "way": self._desk.settings.delivery[0].id,
        }
        if last is None:
            return known
        if self._desk.settings.option(last.delivery) is not None:
            known["way"] = last.delivery
        if last.address or last.pin:
            known["address"] = Spot(last.address, last.pin)
        return known

    @override
    def moot(self, known: Known) -> Collection[str]:
        """Leave out what has one answer, and the address where the contact comes for it."""
        moot = []
        if len(self._desk.settings.delivery) == 1:
            moot.append("way")
        if len(gateways_of(self._desk.context)) <= 1:
            moot.append("gateway")
        option = self._option(known.get("way", ""))
        if option is not None and option.collects:
            moot.append("address")
        return moot

    @override
    async def over(self, known: Known) -> Prompt | None:
        shown = await self._desk.carts.show(self._desk.me)
        return None if shown.lines else Prompt("store.place.over")

    @override
    async def check(self, slot: str, known: Known) -> None:
        """Refuse where nothing is brought, and keep the note with the cart.

        Of another total than was agreed nothing is said.
        """
        if slot == "note":
            await self._desk.notes.write(self._desk.me, known["note"])
        if slot == "way" and known["way"].startswith(NOT_OFFERED):
            raise AnswerRefused("way", self._offered_instead())
        if slot == "gateway":
            await self._check_gateway(known["gateway"], known)
        if slot not in {"way", "address"} or "address" in self.moot(known):
            return
        address = known.get("address")
        if address is None:
            return
        quoted = await self._quoted(known.get("way", ""), address)
        if quoted.nowhere:
            told: dict[str, Param] = {"place": address.words}
            raise AnswerRefused("address", Prompt("store.place.not_there", told))

    @override
    async def choices(self, slot: str, known: Known) -> Sequence[Choice]:
        if slot == "way":
            address = known.get("address")
            to = self._wish("", address, "").to if address else None
            offers = await self._desk.checkout.options(self._desk.me, to)
            return [how_it_comes(self._desk, offer, PlaceForm.setting) for offer in offers]
        if slot == "address":
            collected = (one for one in self._desk.settings.delivery if one.collects)
            return [self._to_collect(one) for one in collected]
        if slot == "gateway":
            offered = await self._ways_to_pay(known) or gateways_of(self._desk.context)
            return [_pay_by(name) for name in offered]
        return ()

    async def summary(self, form: PlaceForm) -> Prompt | None:
        """Return every amount; nothing where the contact has just agreed to it as it stands."""
        desk = self._desk
        found = await desk.carts.mend(desk.me)
        self._found += found
        if not (await desk.carts.show(desk.me)).lines:
            # Somebody else bought it all: there is nothing to say yes to.
            return None
        quote = await self._quote(form)
        if not found and form.agreed == quote.sums.total:
            return None
        told = [finding_told(desk, one) for one in self._found]
        if form.agreed is not None and not told:
            told = [Worded("store.place.changed")]
        agree = Choice("yes", command=PlaceForm.setting(AGREED, quote.sums.total))
        note = desk.notes.read(quote.shown.cart)
        gateway = "" if "gateway" in self.moot({"way": form.way}) else form.gateway
        to = (form.address, note)
        return summed_up(desk, to, quote, told, (agree, CHANGE), gateway)

    async def complete(self, form: PlaceForm) -> Outcome:
        desk, context = self._desk, self._desk.context
        gateway = await self._paid_by(form)
        new = NewOrder(
            contact_id=desk.me,
            conversation_id=context.conversation_id,
            language=desk.language,
            wish=self._wish(form.way, form.address, gateway),
            address=form.address.words,
            pin=form.address.pin,
            prepaid=not is_by_hand(context, gateway),
            agreed=form.agreed,
        )
        try:
            order = await desk.orders.place(new)
        except (CartChangedError, TotalChangedError, CouponRefusedError):
            raise AnswerRefused(AGREED, Prompt("store.place.changed")) from None
        except CartEmptyError:
            told = [finding_told(desk, one) for one in self._found]
            return Outcome(saying(*told, Worded(EMPTY.key), choices=EMPTY.choices))
        context.for_staff.append(placed_alert(order))
        return Outcome(placed(order, await asked(context, order) if order.total else None))

    # --- what is asked of the shop ------------------------------------------------------------

    async def _quote(self, form: PlaceForm) -> Quote:
        quoted = await self._quoted(form.way, form.address)
        if quoted.quote is None:
            told: dict[str, Param] = {"place": form.address.words}
            raise AnswerRefused("address", Prompt("store.place.not_there", told))
        return quoted.quote

    async def _quoted(self, way: str, address: Spot) -> _Quoted:
        try:
            wish = self._wish(way, address, "")
            return _Quoted(await self._desk.checkout.quote(self._desk.me, wish))
        except NotDeliveredError:
            return _Quoted(None, nowhere=True)
        except CartEmptyError:
            return _Quoted(None)

    def _wish(self, way: str, address: Spot, gateway: str) -> Wish:
        scene = self._desk.context.scene
        near = scene.places.nearest(*address.pin) if address.pin else None
        town = near.town if near else ""
        to = Destination(text=address.words, town=town, country=scene.country)
        return Wish(delivery=way, to=to, gateway=gateway)

    def _to_collect(self, option: DeliveryOption) -> Choice:
        command = PlaceForm.setting("way", option.id)
        return Choice(option.id, option_named(self._desk, option), command=command)

    def _offered_instead(self) -> Prompt:
        """Say how goods are had where the contact wants them otherwise."""
        first = self._desk.settings.delivery[0]
        if not first.collects:
            return Prompt("store.place.only_delivered")
        place = first.address or self._desk.context.merchant.name
        return Prompt("store.place.only_collected", {"place": place})

    def _option(self, way: str) -> DeliveryOption | None:
        options = self._desk.settings.delivery
        return options[0] if len(options) == 1 else self._desk.settings.option(way)

    async def _check_gateway(self, gateway: str, known: Known) -> None:
        """Refuse a way to pay that does not take so much, or not from this contact any more."""
        _check_offered(gateway, await self._ways_to_pay(known))

    async def _ways_to_pay(self, known: Known) -> Sequence[str]:
        """Return the gateways by which the contact may pay so much, the default first."""
        quoted = await self._quoted(known.get("way", ""), known.get("address", _NOWHERE))
        return await ways_to_pay(self._desk.context, quoted.quote)

    async def _paid_by(self, form: PlaceForm) -> str:
        """Return how it is paid; "" where nothing takes so much: staff tell the contact."""
        offered = await self._ways_to_pay({"way": form.way, "address": form.address})
        if form.gateway:
            _check_offered(form.gateway, offered)
        return form.gateway if form.gateway in offered else next(iter(offered), "")


def _check_offered(gateway: str, offered: Sequence[str]) -> None:
    """Refuse a way to pay where others take so much; where none does, staff tell the contact."""
    if offered and gateway not in offered:
        raise AnswerRefused("gateway", Prompt("store.place.not_paid_so"))


def _pay_by(gateway: str) -> Choice:
    command = PlaceForm.setting("gateway", gateway)
    return Choice(gateway, gateway_named(gateway), command=command)
