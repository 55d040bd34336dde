"""One product: what it is, what it costs, whether there is any, in which sizes and colours."""

from typing import Annotated, ClassVar
from uuid import UUID

from sokoni.capabilities.store.asking import bare_name
from sokoni.capabilities.store.desk import start
from sokoni.capabilities.store.flows.kinds import AtOnceFlow
from sokoni.capabilities.store.flows.pointing import pointed_at
from sokoni.capabilities.store.matching import options_meant, products_meant
from sokoni.capabilities.store.models.catalogue import ProductId
from sokoni.capabilities.store.reading import LeftReader, NthReader
from sokoni.capabilities.store.service.cards import ProductCard
from sokoni.capabilities.store.wording import BROWSE, card_of, variant_of
from sokoni.dialogue.flow import Outcome
from sokoni.dialogue.form import Form, Slot
from sokoni.messaging.prompts import Prompt


class ProductForm(Form):
    """See one product: its price, picture, description, sizes and whether it is in stock."""

    nth: Annotated[int | None, NthReader(), Slot(editable=False, nth=True)] = None
    """Which of the list that was shown last."""
    words: Annotated[str, LeftReader(), Slot(editable=False)] = ""
    product: Annotated[UUID | None, Slot(early=False, editable=False)] = None


class ProductFlow(AtOnceFlow):
    """Shows the card of the product that is meant."""

    name: ClassVar[str] = "store.product"
    form: ClassVar[type[ProductForm]] = ProductForm

    async def complete(self, form: ProductForm) -> Outcome:
        said = bare_name(form.words)
        if form.product is not None:
            card = await self._desk.showcase.product(ProductId(form.product))
            return await self._shown(card, said)
        if form.nth is not None:
            return await self._nth(form.nth, said)
        pointed = await pointed_at(self._desk, form.words)
        if pointed is not None:
            return Outcome(then=pointed)
        if said:
            meant = await products_meant(self._desk, said)
            if meant.sole is None:
                return Outcome(then=start("search", {"words": said}))
            return await self._shown(meant.sole, said)
        return await self._in_focus()

    async def _nth(self, nth: int, said: str) -> Outcome:
        product_id = self._desk.listed(nth)
        if product_id is None:
            return Outcome(Prompt("store.product.no_such", {}, (BROWSE,)))
        return await self._shown(await self._desk.showcase.product(product_id), said)

    async def _in_focus(self) -> Outcome:
        """Show what was spoken of last."""
        card = await self._desk.product_in_focus()
        return Outcome(then=start("browse")) if card is None else await self._shown(card, "")

    async def _shown(self, card: ProductCard | None, said: str) -> Outcome:
        desk = self._desk
        if card is None:
            return Outcome(Prompt("store.product.gone", {}, (BROWSE,)))
        chosen = options_meant(card, said)
        fitting = card.choosing(chosen) if chosen else ()
        if chosen and all(one.is_out for one in fitting):
            known = {"product": str(card.id), "chosen": dict(chosen)}
            return Outcome(then=start("add", known))
        if len(fitting) == 1 and len(card.variants) > 1:
            await desk.carts.look_at(desk.me, fitting[0].id, desk.context.conversation_id)
            return Outcome(variant_of(desk, card, fitting[0]))
        if card.sole is not None:
            await desk.carts.look_at(desk.me, card.sole.id, desk.context.conversation_id)
        return Outcome(card_of(desk, card, chosen))
