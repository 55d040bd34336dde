"""Putting things in the cart: by name, by number in a list, or what was spoken of last."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, ClassVar, Final
from uuid import UUID

from annotated_types import Ge
from msgspec import structs

from sokoni.capabilities.store.apart import apart
from sokoni.capabilities.store.asking import Asked
from sokoni.capabilities.store.desk import ADD, start
from sokoni.capabilities.store.flows.putting_in import Done, PuttingIn
from sokoni.capabilities.store.matching import (
    lines_found,
    named_just,
    offered_so,
    options_meant,
    products_meant,
    says,
)
from sokoni.capabilities.store.models.catalogue import ProductId, VariantId
from sokoni.capabilities.store.reading import AskedReader, NthReader
from sokoni.capabilities.store.service.cards import VariantCard
from sokoni.capabilities.store.service.carted import CartLine
from sokoni.capabilities.store.wording import still_open
from sokoni.dialogue.flow import Outcome
from sokoni.dialogue.form import Form, Slot
from sokoni.messaging.prompts import Start, Worded

_MOST_TRIED: Final = 12
"""Nobody is asked about more things of one message."""


class AddForm(Form):
    """Put products in the cart: which, and how many."""

    nth: Annotated[int | None, NthReader(), Slot(editable=False, nth=True)] = None
    """Which of the list that was shown last."""
    asked: Annotated[tuple[Asked, ...], AskedReader(), Slot(editable=False)] = ()
    product: Annotated[UUID | None, Slot(early=False, editable=False)] = None
    variant: Annotated[UUID | None, Slot(early=False, editable=False)] = None
    chosen: Annotated[Mapping[str, str], Slot(early=False, editable=False)] = {}
    """Values of the product's options that were picked so far."""
    quantity: Annotated[int | None, Ge(1), Slot(early=False, editable=False)] = None
    meant: Annotated[str, Slot(early=False, editable=False)] = ""
    """The words that a question was asked about, which this answers."""
    followed: Annotated[bool, Slot(early=False, editable=False)] = False
    """More of the same message is put in right after this."""
    follows: Annotated[bool, Slot(early=False, editable=False)] = False


class AddFlow(PuttingIn):
    """Puts in what is clear, and asks which where several things may be meant."""

    name: ClassVar[str] = ADD
    form: ClassVar[type[AddForm]] = AddForm

    async def complete(self, form: AddForm) -> Outcome:
        answer = await self._answer(form)
        if answer is not None:
            return Outcome(then=answer)
        done = Done()
        if form.product is not None or form.nth is not None:
            await self._picked(done, form)
        elif form.asked:
            every = await apart(self._desk, _counting(form))
            await self._asked(done, every[:_MOST_TRIED])
        else:
            await self._one(done, Asked(""))
        if form.product is None and not form.follows:
            self._still_open(done, [one.words for one in form.asked])
        return await self._told(done, followed=form.followed)

    async def _answer(self, form: AddForm) -> Start | None:
        """Return the choice among several that words and a number mean: "2 of the white ones"."""
        desk = self._desk
        if form.product is not None or len(form.asked) != 1 or not desk.unanswered():
            return None
        asked = form.asked[0]
        meant = await offered_so(desk, asked.words)
        if len(meant) != 1:
            return None
        choice = desk.offered()[meant[0].id]
        counted = asked.quantity is not None and await self._just_so(asked) is None
        many = {"quantity": asked.quantity} if counted else {}
        return structs.replace(choice, slots={**choice.slots, **start("add", many).slots})

    def _still_open(self, done: Done, words: Sequence[str]) -> None:
        """Name what was asked about before and is not in the cart, since nobody answered.

        `words`: what is asked for now.
        """
        asked = {one.casefold() for one in words}
        left = [one for one in self._desk.unanswered() if one.casefold() not in asked]
        if left:
            done.told.append(still_open(left))

    async def _picked(self, done: Done, form: AddForm) -> None:
        """Put in what was picked from what was shown."""
        desk = self._desk
        product_id = ProductId(form.product) if form.product else desk.listed(form.nth or 0)
        card = await desk.showcase.product(product_id) if product_id else None
        if card is None:
            key = "store.product.gone" if product_id else "store.product.no_such"
            done.told.append(Worded(key))
            return
        quantity = form.quantity or next((one.quantity for one in form.asked if one.quantity), 1)
        if form.variant is not None:
            fitting: Sequence[VariantCard] = [
                one for one in card.variants if one.id == form.variant
            ]
            await self._variant(done, fitting, quantity)
        else:
            said = " ".join(one.words for one in form.asked)
            await self._product(done, card, quantity, {**options_meant(card, said), **form.chosen})

    async def _asked(self, done: Done, every: Sequence[Asked]) -> None:
        """Put in one thing after the other, up to the first that is not clear."""
        whole = await self._as_one(every)
        every = [whole] if whole else await self._named_with_numbers(every)
        for place, one in enumerate(every):
            await self._one(done, one)
            if done.question is not None:
                done.rest += every[place + 1 :]
                return

    async def _named_with_numbers(self, every: Sequence[Asked]) -> Sequence[Asked]:
        """Join what was parted in a name: "2 eggs, 6" are two of "Eggs, 6"."""
        joined: list[Asked] = []
        for one in every:
            before = joined[-1] if joined else None
            if before is not None and before.words and not one.words and one.quantity:
                name = f"{before.words}, {one.quantity}"
                if await named_just(self._desk, name) is not None:
                    joined[-1] = replace(before, words=name)
                    continue
            joined.append(one)
        return joined

    async def _as_one(self, every: Sequence[Asked]) -> Asked | None:
        """Return "salt and vinegar crisps" as the one thing that it is, named with both."""
        first, *others = every
        if not others or first.odd or not all(one.words for one in every):
            return None
        if any(one.quantity is not None or one.odd for one in others):
            return None
        said = " and ".join(one.words for one in every)
        meant = await products_meant(self._desk, said)
        named = [card for card in meant.cards if all(says(one.words, card) for one in every)]
        if not named or meant.instead:
            return None
        return Asked(named[0].name if len(named) == 1 else said, first.quantity)


def _counting(form: AddForm) -> Sequence[Asked]:
    """Return what is asked for; the answer to "how many?" says how many of the one thing."""
    if form.quantity is None or len(form.asked) > 1:
        return form.asked
    return [replace(one, quantity=form.quantity) for one in form.asked]


class MoreForm(Form):
    """Put in more of what is in the cart already, or was spoken of last."""

    asked: Annotated[tuple[Asked, ...], AskedReader(), Slot(editable=False)] = ()


class MoreFlow(PuttingIn):
    """Adds to what is there: "2 more" is of the last thing, "2 more coffees" of the coffee."""

    name: ClassVar[str] = "store.more"
    form: ClassVar[type[MoreForm]] = MoreForm

    async def complete(self, form: MoreForm) -> Outcome:
        done = Done()
        every = await apart(self._desk, form.asked) or (Asked("", 1),)
        for asked in every:
            line = await self._line(asked.words) if asked.words else None
            if line is None:
                await self._one(done, asked)
            else:
                cards = await self._desk.showcase.variants([VariantId(line.id)])
                await self._variant(done, list(cards.values()), asked.quantity or 1)
        return await self._told(done)

    async def _line(self, said: str) -> CartLine | None:
        shown = await self._desk.carts.show(self._desk.me)
        meant = await lines_found(self._desk, shown.lines, said)
        return meant[0] if len(meant) == 1 else None
