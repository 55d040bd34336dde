"""Orders that were placed: listed, looked after, called off, had again, receipted."""

from collections.abc import Sequence
from typing import Annotated, ClassVar
from uuid import UUID

from typing_extensions import override

from sokoni.capabilities.store.desk import start
from sokoni.capabilities.store.flows.kinds import AtOnceFlow, DeskFlow
from sokoni.capabilities.store.machine import HELD, By, Charge
from sokoni.capabilities.store.models.orders import Order, OrderId, OrderItem
from sokoni.capabilities.store.reading import OrderReader
from sokoni.capabilities.store.service.carts import NotEnoughError, NotSoldError
from sokoni.capabilities.store.service.dues import kept
from sokoni.capabilities.store.service.moves import OrderMovedError
from sokoni.capabilities.store.service.orders import SUBJECT
from sokoni.capabilities.store.summary import is_awaited, listed, standing, status_of
from sokoni.capabilities.store.wording import (
    BROWSE,
    after_change,
    cart_lines,
    saying,
    total_of,
)
from sokoni.dialogue import paying
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form, Slot
from sokoni.dialogue.paying import no_longer, payments_of, still_to_pay
from sokoni.messaging.events import TellStaff
from sokoni.messaging.prompts import Amount, Choice, Param, Params, Prompt, Worded
from sokoni.payments.states import SETTLED

NONE = Prompt("store.orders.none", {}, (BROWSE,))


class OrdersForm(Form):
    """See one's orders."""


class OrdersFlow(AtOnceFlow):
    """Lists the contact's orders, the last first."""

    name: ClassVar[str] = "store.orders"
    form: ClassVar[type[OrdersForm]] = OrdersForm

    @override
    async def results(self, form: OrdersForm, window: Window) -> Results | None:
        desk = self._desk
        mine = await desk.orders.mine(desk.me, limit=window.limit, offset=window.offset)
        return Results(Prompt("store.orders.shown"), [listed(one) for one in mine])

    async def complete(self, form: OrdersForm) -> Outcome:  # noqa: ARG002
        return Outcome(NONE)


class OrderForm(Form):
    """Something about an order; its number, if it was said."""

    order: Annotated[str, OrderReader(), Slot(editable=False)] = ""


class OrderFlow(AtOnceFlow):
    """A task about one order: the one that is named, else the last."""

    async def meant(self, form: OrderForm) -> Order | None:
        desk = self._desk
        if form.order:
            return await desk.orders.find_quoted(form.order, desk.me)
        return await desk.orders.last(desk.me)

    def none(self, form: OrderForm) -> Prompt:
        """Say that there is no such order, or none at all."""
        if not form.order:
            return NONE
        orders = Choice("orders", Worded("menu.store.orders"), command=start("orders"))
        return Prompt("store.orders.unknown", {"reference": form.order}, (orders,))


class StatusForm(OrderForm):
    """See how an order stands: where it is, whether it is paid."""


class StatusFlow(OrderFlow):
    """Says how an order stands, with the link to pay while it waits for the money."""

    name: ClassVar[str] = "store.status"
    form: ClassVar[type[StatusForm]] = StatusForm

    async def complete(self, form: StatusForm) -> Outcome:
        order = await self.meant(form)
        if order is None:
            return Outcome(self.none(form))
        context = self._desk.context
        asked = await still_to_pay(context, SUBJECT, order.id) if is_awaited(order) else None
        return Outcome(await standing(self._desk, order, asked))


class CancelForm(OrderForm):
    """Call an order off."""


class CancelFlow(OrderFlow):
    """Finds the order that may be called off; the next task asks for a yes."""

    name: ClassVar[str] = "store.cancel"
    form: ClassVar[type[CancelForm]] = CancelForm

    @override
    async def results(self, form: CancelForm, window: Window) -> Results | None:
        if form.order:
            return None
        desk = self._desk
        mine = await desk.orders.mine(desk.me, limit=50)
        open_ones = [one for one in mine if desk.orders.may_cancel(one, By.CONTACT)]
        items = [_cancelling(one) for one in open_ones]
        return Results(Prompt("store.cancel.which"), window.of(items), sole=True)

    async def complete(self, form: CancelForm) -> Outcome:
        order = await self.meant(form)
        if order is None:
            return Outcome(self.none(form))
        if not self._desk.orders.may_cancel(order, By.CONTACT):
            told: Params = {"reference": order.reference, "status": status_of(order)}
            return Outcome(Prompt("store.cancel.too_late", told))
        return Outcome(then=start("cancel_one", {"order": str(order.id)}))


def _cancelling(order: Order) -> Choice:
    shown = listed(order)
    command = start("cancel_one", {"order": str(order.id)})
    return Choice(shown.id, shown.label, shown.description, command)


class CancelOneForm(Form):
    """Call this order off."""

    order: Annotated[UUID, Slot(early=False, editable=False)]


class CancelOneFlow(DeskFlow):
    """Calls an order off on yes, and wants no money for it any more."""

    name: ClassVar[str] = "store.cancel_one"
    form: ClassVar[type[CancelOneForm]] = CancelOneForm

    async def summary(self, form: CancelOneForm) -> Prompt | None:
        order = await self._desk.orders.get(OrderId(form.order))
        key = "store.cancel_one.summary.paid" if _is_paid(order) else "store.cancel_one.summary"
        return Prompt(key, _amounts(order))

    async def complete(self, form: CancelOneForm) -> Outcome:
        desk = self._desk
        order = await desk.orders.get(OrderId(form.order))
        told: Params = {"reference": order.reference, "status": status_of(order)}
        try:
            order = await desk.orders.cancel(order.id, By.CONTACT)
        except OrderMovedError:
            return Outcome(Prompt("store.cancel.too_late", told))
        await no_longer(desk.context, SUBJECT, order.id)
        if not _is_paid(order):
            return Outcome(Prompt("store.cancel_one.done", _amounts(order), (BROWSE,)))
        if await self._gives_back(order):
            return Outcome(Prompt("store.cancel_one.done.back", _amounts(order), (BROWSE,)))
        desk.context.for_staff.append(give_back(order))
        return Outcome(Prompt("store.cancel_one.done.paid", _amounts(order), (BROWSE,)))

    async def _gives_back(self, order: Order) -> bool:
        """Give the money back where that is the merchant's wish, and a gateway's to do."""
        context = self._desk.context
        if self._desk.settings.refund_cancelled != "at_once":
            return False
        came = await payments_of(context).of_subject(SUBJECT, order.id, states=SETTLED)
        why = f"{order.reference} cancelled"
        given = [await paying.give_back(context, payment, why) for payment in came]
        return bool(given) and all(given)


def _is_paid(order: Order) -> bool:
    """Tell whether there is money to be given back."""
    return Charge(order.charge_status) in HELD


def _amounts(order: Order) -> Params:
    amount = Amount(kept(order), order.currency)
    return {"reference": order.reference, "total": amount}


def give_back(order: Order) -> TellStaff:
    """Return what staff are told of an order that its buyer called off after paying."""
    prompt = Prompt("store.staff.give_back", _amounts(order))
    return TellStaff(prompt=prompt, once=f"store.give_back:{order.id.hex}")


class ReorderForm(OrderForm):
    """Put what was ordered before in the cart again."""


class ReorderFlow(OrderFlow):
    """Fills the cart with an old order, and names what is no longer to be had."""

    name: ClassVar[str] = "store.reorder"
    form: ClassVar[type[ReorderForm]] = ReorderForm

    async def complete(self, form: ReorderForm) -> Outcome:
        desk = self._desk
        order = await self.meant(form)
        if order is None:
            return Outcome(self.none(form))
        there, missing = await self._put(order)
        parts: list[Param] = []
        shown = await desk.carts.show(desk.me)
        if there:
            told: Params = {"lines": cart_lines(desk, shown.lines)}
            parts += [Worded("store.reorder.done", told), total_of(desk, shown)]
        else:
            parts.append(Worded("store.reorder.nothing"))
        parts += missing
        choices: Sequence[Choice] = after_change(desk) if there else (BROWSE,)
        return Outcome(saying(*parts, choices=choices))

    async def _put(self, order: Order) -> tuple[bool, list[Param]]:
        """Put in what is still sold; tell whether there was any, and what is missing."""
        desk, there = self._desk, False
        missing: list[Param] = []
        for item in await desk.orders.items(order.id):
            try:
                await desk.carts.add(desk.me, item.variant_id, item.quantity)
            except NotSoldError:
                missing.append(Worded("store.reorder.gone", {"name": item.name}))
            except NotEnoughError as error:
                missing.append(await self._rest(item, error))
                there = there or error.left > 0
            else:
                there = True
        return there, missing

    async def _rest(self, item: OrderItem, error: NotEnoughError) -> Worded:
        """Put in as many as there are."""
        if not error.left:
            return Worded("store.add.out", {"name": item.name})
        if error.left > error.line.quantity:
            await self._desk.carts.put(self._desk.me, item.variant_id, error.left)
        return Worded("store.add.short", {"name": item.name, "left": error.left})
