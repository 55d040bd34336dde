"""Putting things in the cart: by name, by number in a list, or what was spoken of last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, ClassVar, Final
from uuid import UUID

from annotated_types import Ge
from typing_extensions import override

from sokoni.capabilities.store.asking import Asked
from sokoni.capabilities.store.desk import ADD, start
from sokoni.capabilities.store.flows.choosing import (
    how_many,
    like,
    which,
    which_option,
    with_rest,
)
from sokoni.capabilities.store.flows.kinds import AtOnceFlow
from sokoni.capabilities.store.matching import (
    MOST,
    Matches,
    lines_found,
    options_meant,
    products_meant,
    says,
)
from sokoni.capabilities.store.models.catalogue import ProductId, VariantId
from sokoni.capabilities.store.reading import AskedReader, NthReader
from sokoni.capabilities.store.service.cards import ProductCard, VariantCard
from sokoni.capabilities.store.service.carted import CartLine
from sokoni.capabilities.store.service.carts import NotEnoughError, NotSoldError
from sokoni.capabilities.store.wording import (
    BROWSE,
    after_change,
    counted,
    priced,
    saying,
    several,
    total_of,
)
from sokoni.dialogue.flow import Outcome
from sokoni.dialogue.form import Form, Slot
from sokoni.messaging.prompts import Choice, Param, Prompt, Worded

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


@dataclass(slots=True)
class _Done:
    """What came of a message so far."""

    lines: list[CartLine] = field(default_factory=list)
    told: list[Param] = field(default_factory=list)
    """What could not be done, and why."""
    question: Prompt | None = None
    rest: list[Asked] = field(default_factory=list)
    """What comes once the question is answered."""
    choices: tuple[Choice, ...] = ()


class AddFlow(AtOnceFlow):
    """Puts in what is clear, and asks which where several things may be meant."""

    name: ClassVar[str] = ADD
    form: ClassVar[type[AddForm]] = AddForm

    async def complete(self, form: AddForm) -> Outcome:
        done = _Done()
        if form.product is not None or form.nth is not None:
            await self._picked(done, form)
        elif form.asked:
            await self._asked(done, _counting(form)[:_MOST_TRIED])
        else:
            await self._one(done, Asked(""))
        if form.product is None and not form.follows:
            self._still_open(done)
        return await self._told(done, followed=form.followed)

    def _still_open(self, done: _Done) -> None:
        """Name what was asked about before and is not in the cart, since nobody answered."""
        left = self._desk.unanswered()
        if left:
            done.told.append(Worded("store.add.still_open", {"what": ", ".join(left)}))

    async def _picked(self, done: _Done, form: AddForm) -> None:
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

    async def _asked(self, done: _Done, every: Sequence[Asked]) -> None:
        """Put in one thing after the other, up to the first that is not clear."""
        whole = await self._as_one(every)
        for place, one in enumerate([whole] if whole else every):
            await self._one(done, one)
            if done.question is not None:
                done.rest += every[place + 1 :] if whole is None else ()
                return

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

    async def _one(self, done: _Done, asked: Asked) -> None:
        quantity = asked.quantity if asked.quantity is not None else 1
        if asked.odd or quantity < 1:
            done.question = how_many(asked)
            return
        if not asked.words:
            await self._in_focus(done, quantity)
            return
        meant = await products_meant(self._desk, asked.words)
        if meant.sole is not None:
            chosen = options_meant(meant.sole, asked.words)
            await self._product(done, meant.sole, quantity, chosen)
        elif meant.cards:
            done.question = which(self._desk, asked, quantity, meant)
        else:
            done.told.append(Worded("store.add.none", {"what": asked.words}))

    async def _in_focus(self, done: _Done, quantity: int) -> None:
        """Put in so many of what was spoken of last (CV-16)."""
        desk = self._desk
        looked_at = desk.looked_at()
        focus = await desk.focus()
        listed = desk.listed_last()
        if looked_at is None and listed:
            meant = Matches(await desk.showcase.products(listed[:MOST]))
            done.question = which(self._desk, Asked("", quantity), quantity, meant)
            return
        if looked_at is None and focus is not None:
            card = (await desk.showcase.variants([focus])).get(focus)
            await self._variant(done, [card] if card and card.sold else [], quantity)
            return
        card_shown = await desk.showcase.product(looked_at) if looked_at else None
        if card_shown is None:
            done.told.append(Worded("store.add.what"))
            done.choices = (BROWSE,)
            return
        variants = [one for one in card_shown.variants if one.id == focus]
        if variants:
            await self._variant(done, variants, quantity)
        else:
            await self._product(done, card_shown, quantity, {})

    async def _product(
        self, done: _Done, card: ProductCard, quantity: int, chosen: Mapping[str, str]
    ) -> None:
        """Put in the variant that is chosen, or ask for the next option."""
        fitting = card.choosing(chosen)
        if all(one.is_out for one in fitting):
            named = ", ".join((card.name, *chosen.values()))
            done.told.append(Worded("store.add.out", {"name": named}))
            done.question = like(card, quantity, chosen)
        elif len(fitting) == 1:
            await self._variant(done, fitting, quantity)
        else:
            done.question = which_option(card, fitting, quantity, chosen)

    async def _variant(self, done: _Done, fitting: Sequence[VariantCard], quantity: int) -> None:
        desk = self._desk
        if not fitting:
            done.told.append(Worded("store.product.gone"))
            return
        variant = fitting[0]
        try:
            line = await desk.carts.add(
                desk.me, variant.id, quantity, conversation_id=desk.context.conversation_id
            )
        except NotSoldError:
            done.told.append(Worded("store.add.out", {"name": variant.name}))
        except NotEnoughError as error:
            self._too_few(done, variant, error)
        else:
            done.lines = [one for one in done.lines if one.id != line.id] + [line]

    def _too_few(self, done: _Done, variant: VariantCard, error: NotEnoughError) -> None:
        """Say how many there are, and offer the rest of them."""
        there = error.line.quantity if not error.line.saved else 0
        more = error.left - there
        told: dict[str, Param] = {"name": variant.name, "left": error.left}
        if more < 1:
            key = "store.add.all_in_cart" if there else "store.add.out"
            done.told.append(Worded(key, told if there else {"name": variant.name}))
            return
        done.told.append(Worded("store.add.short", told))
        which = {"product": str(variant.product_id), "variant": str(variant.id)}
        command = start("add", {**which, "quantity": more})
        label = Worded("store.choice.take", {"number": more})
        done.choices = (Choice("take", label, command=command, means="yes"),)

    # --- telling ------------------------------------------------------------------------------

    async def _told(self, done: _Done, *, followed: bool = False) -> Outcome:
        """Say in one message what is in the cart now, what was not possible, and what is asked."""
        desk = self._desk
        parts: list[Param] = []
        if len(done.lines) == 1:
            parts.append(Worded("store.add.done", {"line": counted(desk, done.lines[0])}))
        elif done.lines:
            parts.append(
                Worded(
                    "store.add.several",
                    {"lines": several(priced(desk, one) for one in done.lines)},
                )
            )
        if done.lines:
            parts.append(total_of(desk, await desk.carts.show(desk.me)))
        parts += done.told
        if done.question is None:
            after = after_change(desk) if done.lines else (BROWSE,)
            choices = done.choices or (() if followed else after)
            return Outcome(saying(*parts, choices=choices))
        question = done.question
        choices = tuple(with_rest(one, done.rest) for one in question.choices)
        parts.append(Worded(question.key, question.params))
        return Outcome(saying(*parts, choices=choices), asks=True)


def _counting(form: AddForm) -> Sequence[Asked]:
    """Return what is asked for; the answer to "how many?" says how many of the one thing."""
    if form.quantity is None or len(form.asked) > 1:
        return form.asked
    return [replace(one, quantity=form.quantity) for one in form.asked]


class MoreForm(Form):
    """Put in more of what is in the cart already, or was spoken of last."""

    asked: Annotated[tuple[Asked, ...], AskedReader(), Slot(editable=False)] = ()


class MoreFlow(AddFlow):
    """Adds to what is there: "2 more" is of the last thing, "2 more coffees" of the coffee."""

    name: ClassVar[str] = "store.more"
    form: ClassVar[type[MoreForm]] = MoreForm  # type: ignore[assignment]

    @override
    async def complete(self, form: MoreForm) -> Outcome:  # type: ignore[override]
        done = _Done()
        every = form.asked or (Asked("", 1),)
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
