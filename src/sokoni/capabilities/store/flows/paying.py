"""Paying for an order that waits for its money, and what having things costs."""

from typing import Annotated, ClassVar

from sokoni.capabilities.store.charging import asked
from sokoni.capabilities.store.flows.kinds import AtOnceFlow
from sokoni.capabilities.store.flows.orders import OrderFlow, OrderForm
from sokoni.capabilities.store.models.orders import Order
from sokoni.capabilities.store.reading import SpotReader
from sokoni.capabilities.store.service.shipping import Destination
from sokoni.capabilities.store.summary import delivery_told, is_awaited, status_of
from sokoni.capabilities.store.wording import BROWSE, after_change, saying
from sokoni.dialogue.flow import Outcome
from sokoni.dialogue.form import Form, Slot
from sokoni.language.readers.place import PlaceReader
from sokoni.language.reading import KnownPlace, Spot
from sokoni.messaging.prompts import Lines, Param, Params, Prompt, Worded


class PayForm(OrderForm):
    """Pay for an order, with a new link where the old one is over."""


class PayFlow(OrderFlow):
    """Asks for the money once more."""

    name: ClassVar[str] = "store.pay"
    form: ClassVar[type[PayForm]] = PayForm

    async def complete(self, form: PayForm) -> Outcome:
        order = await self.meant(form)
        if order is None:
            return Outcome(self.none(form))
        wanted = await self._desk.orders.wants_money(order.id)
        if wanted is None or not is_awaited(order):
            told: Params = {"reference": order.reference, "status": status_of(order)}
            return Outcome(Prompt("store.pay.not_wanted", told))
        return Outcome(await self._asked(order))

    async def _asked(self, order: Order) -> Prompt:
        told: Params = {"reference": order.reference, "payment": ""}
        paying = await asked(self._desk.context, order)
        if paying is None:
            return Prompt("store.pay.no_way", {"reference": order.reference})
        return paying.onto(Prompt("store.pay.again", told))


class TermsForm(Form):
    """See what delivery costs, and how one may pay."""

    address: Annotated[Spot | None, SpotReader(), Slot(editable=False)] = None
    place: Annotated[KnownPlace | None, PlaceReader(), Slot(editable=False)] = None


class TermsFlow(AtOnceFlow):
    """Says how goods come, what that costs, and how they are paid for."""

    name: ClassVar[str] = "store.terms"
    form: ClassVar[type[TermsForm]] = TermsForm

    async def complete(self, form: TermsForm) -> Outcome:
        desk, context = self._desk, self._desk.context
        to = _destination(form)
        offers = await desk.checkout.options(desk.me, to)
        ways: list[Param] = [delivery_told(desk, one) for one in offers]
        live = context.gateways.of(context.merchant.id)
        paid: list[Param] = [Worded(f"store.gateway.{one.name}") for one in live]
        told: Params = {"ways": Lines(tuple(ways)), "place": to.text if to else ""}
        key = "store.terms.delivery_to" if to else "store.terms.delivery"
        parts: list[Param] = [Worded(key, told)]
        if paid:
            parts.append(Worded("store.terms.payment", {"ways": Lines(tuple(paid))}))
        choices = () if desk.is_ordering else after_change(desk)
        cart = await desk.carts.show(desk.me)
        return Outcome(saying(*parts, choices=choices if cart.lines else (BROWSE,)))


def _destination(form: TermsForm) -> Destination | None:
    if form.address is not None:
        return Destination(text=form.address.words)
    if form.place is not None:
        return Destination(text=form.place.name, town=form.place.town)
    return None
