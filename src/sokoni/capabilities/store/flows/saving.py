"""Things kept for later, and put back in the cart."""

from typing import Annotated, ClassVar
from uuid import UUID

from typing_extensions import override

from sokoni.capabilities.store.asking import Asked
from sokoni.capabilities.store.desk import start
from sokoni.capabilities.store.flows.cart import LineFlow
from sokoni.capabilities.store.flows.kinds import AtOnceFlow
from sokoni.capabilities.store.matching import lines_meant
from sokoni.capabilities.store.models.catalogue import VariantId
from sokoni.capabilities.store.reading import AskedReader, NthReader
from sokoni.capabilities.store.service.carted import CartLine, CartShown
from sokoni.capabilities.store.service.carts import NotEnoughError, NotSoldError
from sokoni.capabilities.store.wording import (
    BROWSE,
    after_change,
    counted,
    saying,
    total_of,
)
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form, Slot
from sokoni.messaging.prompts import Amount, Choice, Param, Params, Prompt, Worded


class SaveForm(Form):
    """Keep something of the cart for later."""

    nth: Annotated[int | None, NthReader(), Slot(editable=False, nth=True)] = None
    asked: Annotated[tuple[Asked, ...], AskedReader(), Slot(editable=False)] = ()
    line: Annotated[UUID | None, Slot(early=False, editable=False)] = None


class SaveFlow(LineFlow):
    """Puts lines aside; what is not in the cart yet is put there first."""

    name: ClassVar[str] = "store.save"
    form: ClassVar[type[SaveForm]] = SaveForm

    async def complete(self, form: SaveForm) -> Outcome:
        desk = self._desk
        shown = await desk.carts.show(desk.me)
        if form.line is not None:
            return Outcome(await self._saved(shown, [VariantId(form.line)]))
        lines: list[VariantId] = []
        missing: list[Param] = []
        for asked in form.asked or (Asked(""),):
            meant = await self.meant(shown, asked.words, None if asked.words else form.nth)
            if len(meant) > 1:
                return Outcome(self.which(meant, "save", {}), asks=True)
            lines += [one.id for one in meant]
            if not meant:
                missing.append(self.missing(asked.words))
        return Outcome(await self._saved(shown, lines, *missing))

    async def _saved(self, shown: CartShown, lines: list[VariantId], *told: Param) -> Prompt:
        """Put them aside and say so."""
        desk, parts = self._desk, list(told)
        for variant_id in lines:
            line = shown.line(variant_id)
            if line is not None and await desk.carts.save(desk.me, variant_id):
                parts.append(Worded("store.save.done", {"name": line.name(desk.language)}))
        return await self.after(*(parts or [self.missing("")]))


class SavedForm(Form):
    """See what was kept for later, or put it back in the cart."""

    asked: Annotated[tuple[Asked, ...], AskedReader(), Slot(editable=False)] = ()
    line: Annotated[UUID | None, Slot(early=False, editable=False)] = None


class SavedFlow(AtOnceFlow):
    """Lists what was kept; what is picked goes back into the cart."""

    name: ClassVar[str] = "store.saved"
    form: ClassVar[type[SavedForm]] = SavedForm

    @override
    async def results(self, form: SavedForm, window: Window) -> Results | None:
        desk = self._desk
        if form.line is not None:
            return None
        saved = (await desk.carts.show(desk.me)).saved
        said = " ".join(one.words for one in form.asked)
        meant = lines_meant(saved, said) if said else saved
        items = [
            Choice(
                one.id.hex,
                one.name(desk.language),
                Worded("store.saved.line", _saved_words(one)),
                start("saved", {"line": str(one.id)}),
            )
            for one in meant or saved
        ]
        return Results(Prompt("store.saved.shown"), window.of(items), sole=bool(said and meant))

    async def complete(self, form: SavedForm) -> Outcome:
        if form.line is None:
            return Outcome(Prompt("store.saved.none", {}, (BROWSE,)))
        desk = self._desk
        try:
            line = await desk.carts.bring_back(desk.me, VariantId(form.line))
        except (NotEnoughError, NotSoldError):
            return Outcome(Prompt("store.saved.out", {}, (BROWSE,)))
        if line is None:
            return Outcome(Prompt("store.saved.none", {}, (BROWSE,)))
        shown = await desk.carts.show(desk.me)
        done = Worded("store.add.done", {"line": counted(desk, line)})
        return Outcome(saying(done, total_of(desk, shown), choices=after_change(desk)))


def _saved_words(line: CartLine) -> Params:
    return {"count": line.quantity, "price": Amount.of(line.total)}
