"""The cart: shown, made less of, changed, emptied and filled again."""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar
from uuid import UUID

from sokoni.capabilities.store.apart import apart
from sokoni.capabilities.store.asking import Asked
from sokoni.capabilities.store.desk import commands, nth_of, start
from sokoni.capabilities.store.flows.kinds import AtOnceFlow
from sokoni.capabilities.store.matching import lines_found
from sokoni.capabilities.store.models.catalogue import VariantId
from sokoni.capabilities.store.reading import AskedOnceReader, AskedReader, NthReader
from sokoni.capabilities.store.service.carted import CartLine, CartShown
from sokoni.capabilities.store.service.carts import NotEnoughError, NotSoldError
from sokoni.capabilities.store.service.checkout import NotDeliveredError, Wish
from sokoni.capabilities.store.summary import coupon_told
from sokoni.capabilities.store.wording import (
    BROWSE,
    CHECKOUT,
    EMPTY,
    after_change,
    cart_lines,
    counted,
    noted,
    saying,
    total_of,
)
from sokoni.dialogue.flow import Outcome
from sokoni.dialogue.form import Form, Slot
from sokoni.messaging.prompts import Amount, Choice, Lines, Param, Params, Prompt, Worded


class CartForm(Form):
    """See what is in the cart and what it comes to."""


class CartFlow(AtOnceFlow):
    """Shows the cart."""

    name: ClassVar[str] = "store.cart"
    form: ClassVar[type[CartForm]] = CartForm

    async def complete(self, form: CartForm) -> Outcome:  # noqa: ARG002
        desk = self._desk
        shown = await desk.carts.show(desk.me)
        if not shown.lines:
            return Outcome(_empty(shown))
        if desk.is_summed_up:
            return Outcome()
        told: Params = {"lines": cart_lines(desk, shown.lines)}
        parts: list[Param] = [Worded("store.cart.shown", told)]
        parts.append(await self._total(shown))
        parts.append(noted(desk.notes.read(shown.cart)))
        if shown.saved:
            parts.append(Worded("store.cart.saved", {"count": len(shown.saved)}))
        clear = Choice("clear", Worded("store.choice.clear"), command=start("clear"))
        choices = () if desk.is_ordering else (CHECKOUT, BROWSE, clear)
        return Outcome(saying(*parts, choices=choices))

    async def _total(self, shown: CartShown) -> Param:
        """Return what it comes to, with what a coupon takes off."""
        desk = self._desk
        plain = total_of(desk, shown)
        if not shown.coupon:
            return plain
        try:
            quote = await desk.checkout.quote_of(shown, desk.me, Wish())
        except NotDeliveredError:
            return plain
        off = coupon_told(quote)
        items = Worded("store.sum.items", {"amount": Amount.of(shown.items_total)})
        less = quote.sums.money(quote.sums.items - quote.sums.discount)
        told: Params = {"count": shown.pieces, "total": Amount.of(less)}
        return Lines((items, off, Worded("store.cart.total", told))) if quote.coupon else off


def _empty(shown: CartShown) -> Prompt:
    if not shown.saved:
        return EMPTY
    saved = Choice("saved", Worded("store.choice.saved"), command=start("saved"))
    return Prompt("store.cart.only_saved", {"count": len(shown.saved)}, (saved, BROWSE))


class LineFlow(AtOnceFlow):
    """A task about lines of the cart: finds out which is meant."""

    async def meant(
        self, shown: CartShown, said: str, nth: int | None = None
    ) -> Sequence[CartLine]:
        """Return the lines that may be meant; without a word, what was spoken of last."""
        lines = shown.lines
        if nth is not None:
            found = nth_of(lines, nth)
            return [] if found is None else [found]
        if said:
            return await lines_found(self._desk, lines, said)
        focus = shown.line(shown.focus) if shown.focus else None
        return [focus] if focus else lines

    def which(self, lines: Sequence[CartLine], task: str, known: Mapping[str, object]) -> Prompt:
        """Ask which of several lines is meant."""
        choices = [
            Choice(
                one.id.hex,
                one.name(self._desk.language),
                counted(self._desk, one),
                start(task, {**known, "line": str(one.id)}),
            )
            for one in lines
        ]
        return Prompt("store.cart.which", {}, tuple(choices))

    def missing(self, said: str) -> Worded:
        return (
            Worded("store.cart.not_there", {"what": said}) if said else Worded("store.cart.none")
        )

    async def after(self, *parts: Param) -> Prompt:
        """Say what was done, and what the cart comes to now."""
        desk = self._desk
        shown = await desk.carts.show(desk.me)
        if not shown.lines:
            return saying(*parts, Worded("store.cart.empty_now"), choices=(BROWSE,))
        return saying(*parts, total_of(desk, shown), choices=after_change(desk))


class RemoveForm(Form):
    """Take things out of the cart, all of one or some."""

    nth: Annotated[int | None, NthReader(), Slot(editable=False, nth=True)] = None
    asked: Annotated[tuple[Asked, ...], AskedReader(), Slot(editable=False)] = ()
    line: Annotated[UUID | None, Slot(early=False, editable=False)] = None
    quantity: Annotated[int | None, Slot(early=False, editable=False)] = None


class RemoveFlow(LineFlow):
    """Takes out so many, or the whole line."""

    name: ClassVar[str] = "store.remove"
    form: ClassVar[type[RemoveForm]] = RemoveForm

    async def complete(self, form: RemoveForm) -> Outcome:
        desk = self._desk
        shown = await desk.carts.show(desk.me)
        if not shown.lines:
            return Outcome(EMPTY)
        if form.line is not None:
            return Outcome(await self.after(await self._less(shown, form.line, form.quantity)))
        told: list[Param] = []
        for asked in await apart(desk, form.asked) or (Asked(""),):
            nth = None if asked.words else form.nth
            quantity = None if nth is not None else asked.quantity
            lines = await self.meant(shown, asked.words, nth)
            if len(lines) > 1:
                which = self.which(lines, "remove", {"quantity": quantity})
                parts = (*told, Worded(which.key))
                return Outcome(saying(*parts, choices=which.choices), asks=True)
            if lines:
                told.append(await self._less(shown, lines[0].id, quantity))
            else:
                told.append(self.missing(asked.words))
        return Outcome(await self.after(*told))

    async def _less(self, shown: CartShown, variant: UUID, quantity: int | None) -> Worded:
        desk = self._desk
        line = shown.line(VariantId(variant))
        if line is None:
            return Worded("store.cart.none")
        left = await desk.carts.remove(desk.me, line.id, quantity)
        if left is None:
            return Worded("store.remove.gone", {"name": line.name(desk.language)})
        return Worded("store.remove.left", {"line": counted(desk, left)})


class ChangeForm(Form):
    """Say how many of something in the cart there shall be."""

    asked: Annotated[Asked | None, AskedOnceReader(), Slot(editable=False)] = None
    nth: Annotated[int | None, NthReader(), Slot(editable=False, nth=True)] = None
    line: Annotated[UUID | None, Slot(early=False, editable=False)] = None
    quantity: Annotated[int | None, Slot(early=False, editable=False)] = None


class ChangeFlow(LineFlow):
    """Has so many in the cart; what is not in it yet is put there."""

    name: ClassVar[str] = "store.change"
    form: ClassVar[type[ChangeForm]] = ChangeForm

    async def complete(self, form: ChangeForm) -> Outcome:
        desk = self._desk
        shown = await desk.carts.show(desk.me)
        asked = form.asked or Asked("")
        quantity = form.quantity if form.quantity is not None else asked.quantity
        lines = [one for one in shown.lines if one.id == form.line] if form.line else []
        lines = lines or list(await self.meant(shown, asked.words, form.nth))
        if not lines and quantity == 0:
            return Outcome(await self.after(self.missing(asked.words)))
        if not lines:
            known = {"asked": [{"words": asked.words, "quantity": quantity, "odd": asked.odd}]}
            return Outcome(then=start("add", known))
        if len(lines) > 1:
            which = self.which(lines, "change", {"quantity": quantity})
            return Outcome(which, asks=True)
        if quantity is None:
            return Outcome(_how_many(lines[0].name(desk.language)))
        return Outcome(await self._put(lines[0], quantity))

    async def _put(self, line: CartLine, quantity: int) -> Prompt:
        desk, name = self._desk, line.name(self._desk.language)
        try:
            left = await desk.carts.put(desk.me, line.id, quantity)
        except NotEnoughError as error:
            told: Params = {"name": name, "left": error.left}
            known = {"line": str(line.id), "quantity": error.left}
            label = Worded("store.choice.take", {"number": error.left})
            take = Choice("take", label, command=start("change", known), means="yes")
            return saying(Worded("store.add.short", told), choices=(take,) if error.left else ())
        except NotSoldError:
            return await self.after(Worded("store.add.out", {"name": name}))
        if left is None:
            return await self.after(Worded("store.remove.gone", {"name": name}))
        return await self.after(Worded("store.add.done", {"line": counted(desk, left)}))


def _how_many(name: str) -> Prompt:
    return Prompt("store.change.how_many", {"name": name})


class ClearForm(Form):
    """Take everything out of the cart."""


class ClearFlow(AtOnceFlow):
    """Empties the cart without a question; one word fills it again."""

    name: ClassVar[str] = "store.clear"
    form: ClassVar[type[ClearForm]] = ClearForm

    async def complete(self, form: ClearForm) -> Outcome:  # noqa: ARG002
        desk = self._desk
        lines = await desk.carts.clear(desk.me)
        if not lines:
            return Outcome(EMPTY)
        were = {str(line.id): line.quantity for line in lines}
        undo = Choice("undo", Worded("store.choice.undo"), command=start("undo", {"lines": were}))
        return Outcome(Prompt("store.clear.done", {}, (undo, BROWSE)))


class UndoForm(Form):
    """Put back what was just taken out of the cart."""

    lines: Annotated[Mapping[UUID, int], Slot(early=False, editable=False)] = {}


class UndoFlow(AtOnceFlow):
    """Fills a cart that was emptied, as far as everything is still to be had."""

    name: ClassVar[str] = "store.undo"
    form: ClassVar[type[UndoForm]] = UndoForm

    async def complete(self, form: UndoForm) -> Outcome:
        desk = self._desk
        if not form.lines:
            return self._last()
        wanted = {VariantId(variant): quantity for variant, quantity in form.lines.items()}
        shown = await desk.carts.restore(desk.me, wanted)
        if not shown.lines:
            return Outcome(EMPTY)
        told: Params = {"lines": cart_lines(desk, shown.lines)}
        parts = (Worded("store.undo.done", told), total_of(desk, shown))
        return Outcome(saying(*parts, choices=after_change(desk)))

    def _last(self) -> Outcome:
        """Take the offer to undo that is still on the screen, where it was said in words."""
        every = (one for menu in reversed(self._desk.context.menus) for one in commands(menu))
        offered = next((one for one in every if one.task == self.name), None)
        return Outcome(then=offered) if offered else Outcome(Prompt("store.undo.nothing"))
